package io.itrgateway.ops;

import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.Sandbox;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A caller with one HTTP/1.1 connection and no kindness: repeats nothing, and sees every byte that comes. */
final class Http1Caller implements AutoCloseable {

    private static final Duration LONG = Duration.ofMinutes(2);

    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        boolean endsTheConnection() {
            return header("Connection").equalsIgnoreCase("close");
        }

        /** Whether the problem document says so. */
        boolean says(String code, String outcome) {
            return body.contains("\"code\":\"%s\"".formatted(code))
                    && body.contains("\"outcome\":\"%s\"".formatted(outcome));
        }
    }

    private final Socket socket;
    private final InputStream in;

    Http1Caller(int port) throws IOException {
        this(new Socket("localhost", port));
    }

    /** Over a connection that is open. */
    Http1Caller(Socket connected) throws IOException {
        socket = connected;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) LONG.toMillis());
        in = new BufferedInputStream(socket.getInputStream());
    }

    static byte[] registration(String username) {
        String body = new Person(username, Person.ASHA.password()).json();
        return """
                POST %s HTTP/1.1\r
                Host: localhost\r
                x-api-key: %s\r
                X-Request-Id: id-%s\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                %s""".formatted(Sandbox.CREATE_CLIENT, Sandbox.API_KEY, username, body.length(), body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] read(String clientId) {
        return "GET /v1/verification/itr/get-itr-details?itr_client_id=%s&itr_id=1 HTTP/1.1\r\nHost: localhost\r\nx-api-key: %s\r\n\r\n"
                .formatted(clientId, Sandbox.API_KEY)
                .getBytes(StandardCharsets.US_ASCII);
    }

    void send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    Answer get(String path) throws IOException {
        send("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path).getBytes(StandardCharsets.US_ASCII));
        return answer();
    }

    /** Whether any byte of an answer, or the end, comes; fails if the connection is reset. */
    boolean somethingComes() throws IOException {
        in.mark(1);
        boolean something = in.read() >= 0;
        in.reset();
        return something;
    }

    /** Reads one whole answer; fails if it is cut. */
    Answer answer() throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            String[] nameAndValue = line.split(":", 2);
            headers.put(nameAndValue[0].toLowerCase(Locale.ROOT), nameAndValue[1].strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("in the body");
        }
        return new Answer(
                Integer.parseInt(statusLine.split(" ")[1]), headers, new String(body, StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("in the head");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** Waits until the service closes the connection. */
    boolean endsHere() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
