package io.itrgateway.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP proxy that does what a test tells it to. Every host name leads to this machine, so that a test can use names that only
 * the proxy knows; the port stays.
 */
public final class ScriptedProxy implements AutoCloseable {

    private static final Pattern TARGET =
            Pattern.compile("^(?:CONNECT |[A-Z]+ http://)([^/ ]*?):([0-9]+)[/ ][\\s\\S]*");
    private static final int HANGS = -1;
    private static final int PASSES = 0;

    private final ServerSocket listener;
    private final Queue<String> heads = new ConcurrentLinkedQueue<>();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private volatile int status = PASSES;
    private volatile String login = "";

    public ScriptedProxy() {
        try {
            listener = new ServerSocket(0, 128, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        inBackground(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From now on it asks for this user and password. */
    public ScriptedProxy asksFor(String user, String password) {
        byte[] text = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        login = "Basic " + Base64.getEncoder().encodeToString(text);
        return this;
    }

    public void letsPass() {
        status = PASSES;
    }

    /** From now on every new connection is refused with that status. */
    public void refuses(int status) {
        this.status = status;
    }

    /** From now on no new request is answered. */
    public void hangs() {
        status = HANGS;
    }

    /** Closes every connection that it has. */
    public void hangUp() {
        open.forEach(ScriptedProxy::close);
        open.clear();
    }

    /** The first request head of each connection. */
    public List<String> heads() {
        return List.copyOf(heads);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                inBackground(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try {
            String head = head(client.getInputStream());
            heads.add(head);
            if (status == HANGS) {
                return;
            }
            int refusal = status != PASSES ? status : head.contains(login) ? PASSES : 407;
            if (refusal != PASSES) {
                write(client, "HTTP/1.1 " + refusal + " No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
                client.close();
                return;
            }
            pass(client, head);
        } catch (IOException e) {
            close(client);
        }
    }

    private void pass(Socket client, String head) throws IOException {
        Matcher target = TARGET.matcher(head);
        if (!target.matches()) {
            throw new IOException("no proxy request");
        }
        var upstream = new Socket("127.0.0.1", Integer.parseInt(target.group(2)));
        open.add(upstream);
        if (head.startsWith("CONNECT ")) {
            write(client, "HTTP/1.1 200 Connection established\r\n\r\n");
        } else {
            write(upstream, head);
        }
        inBackground(() -> copy(upstream, client));
        copy(client, upstream);
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // either side has gone: so goes the other
        }
        close(from);
        close(to);
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.lastIndexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("half a head");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static void write(Socket to, String text) throws IOException {
        OutputStream out = to.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void inBackground(Runnable work) {
        var thread = new Thread(work, "scripted-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        hangUp();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
