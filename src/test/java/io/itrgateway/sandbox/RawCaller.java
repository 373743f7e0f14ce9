package io.itrgateway.sandbox;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A caller that writes bytes, and reads what comes back until the service ends the connection. */
public final class RawCaller implements AutoCloseable {

    /** Generous: what is tested with it is what happens, on a machine that may be busy. */
    private static final int LONG_MILLIS = 60_000;

    private final Socket socket;

    public RawCaller(int port) throws IOException {
        socket = new Socket("localhost", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(LONG_MILLIS);
    }

    /** Sends that on a new connection, and returns everything that is answered until the service ends it. */
    public static String exchange(int port, String request) throws IOException {
        try (var caller = new RawCaller(port)) {
            caller.send(request);
            return caller.everything();
        }
    }

    public void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Sends that again and again, with a little time between, until the connection is closed. */
    public void trickle(String text) {
        try {
            while (true) {
                send(text);
                Thread.sleep(50);
            }
        } catch (IOException e) {
            // the end
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends nothing any more, and goes on reading. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Breaks off the connection with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** What is answered until the service ends the connection; fails if it resets it. */
    public String everything() throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the service does not end the connection", e);
        }
    }

    /** What is answered up to and including that text. */
    public String until(String text) throws IOException {
        var answer = new StringBuilder();
        while (answer.indexOf(text) < 0) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                throw new AssertionError("the connection ended behind: " + answer);
            }
            answer.append((char) c);
        }
        return answer.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
