package io.itrgateway.sandbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * An upstream that answers byte for byte what a test scripts, and keeps its connections open as an HTTP/1.1 server does. Without a
 * script for its user name, a registration gets an envelope of its own.
 *
 * <p>As a test resource it gives the service under test one connection for registrations, so that calls follow each other on it.
 */
public class ScriptedUpstream implements QuarkusTestResourceLifecycleManager {

    /** The key of a second caller. */
    public static final String NEIGHBOUR_KEY = "neighbour";

    private static final String NEIGHBOUR =
            "neighbour:968ccf654c356f62f975bb400498d62afd2728c16873286db07087ff4608f3c7";

    /** What happens on a connection after a request was read from it. */
    @FunctionalInterface
    public interface Script {
        void answer(Connection connection) throws IOException;
    }

    private static final String TOKEN = "{\"access_token\":\"scripted-upstream-token\",\"expiry\":\"24hrs\"}";
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");
    private static final Pattern USERNAME = Pattern.compile("\"username\":\"([^\"]*)\"");
    private static final int PATIENCE_MILLIS = 60_000;

    private static final ConcurrentMap<String, Script> SCRIPTS = new ConcurrentHashMap<>();
    private static final Queue<Script> AUTHORIZE_SCRIPTS = new ConcurrentLinkedQueue<>();
    private static final ConcurrentMap<String, Integer> CONNECTIONS = new ConcurrentHashMap<>();

    private final AtomicInteger connections = new AtomicInteger();
    private ServerSocket server;

    @Override
    public Map<String, String> start() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            new Thread(this::accept, "scripted-upstream").start();
            Path account = Files.createTempFile("scripted-account", ".properties");
            account.toFile().deleteOnExit();
            Files.writeString(
                    account,
                    "deepvue.client-id=scripted%ndeepvue.client-secret=%s%ngateway.api-keys=%s%n"
                            .formatted(Sandbox.CLIENT_SECRET, Sandbox.API_KEYS + "," + NEIGHBOUR));
            return Map.of(
                    "deepvue.base-url", "http://127.0.0.1:" + server.getLocalPort(),
                    "gateway.max-answer-bytes", "16777216",
                    "deepvue.connect-timeout", "60s",
                    "deepvue.timeout", "60s",
                    "gateway.max-in-flight", "1",
                    "gateway.max-wait", "60s",
                    "gateway.breaker-attempts", "10000",
                    "gateway.hold-back", "0s",
                    "smallrye.config.locations", account.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next registration of that user name is answered so. */
    public static void answers(String username, Script script) {
        SCRIPTS.put(username, script);
    }

    /** The next authorize is answered so. */
    public static void answersAuthorize(Script script) {
        AUTHORIZE_SCRIPTS.add(script);
    }

    /** The connection on which the last registration of that user name came. */
    public static int connectionOf(String username) {
        return CONNECTIONS.get(username);
    }

    /** A success that names the user whose answer it is. */
    public static String envelope(String username) {
        return "{\"code\":200,\"transaction_id\":\"txn_%1$s\",\"data\":{\"itr_client_id\":\"itr_%1$s\"}}"
                .formatted(username);
    }

    /** An answer with its length. */
    public static String answer(String status, String body) {
        return "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, body.length(), body);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                int number = connections.incrementAndGet();
                new Thread(() -> serve(socket, number), "scripted-upstream-" + number).start();
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static void serve(Socket socket, int number) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            var connection = new Connection(socket);
            for (String request = connection.request(); !request.isEmpty(); request = connection.request()) {
                script(request, number).answer(connection);
            }
        } catch (IOException closed) {
            // By either side; what that means is for the test to say.
        }
    }

    private static Script script(String request, int number) {
        if (request.startsWith("POST " + Sandbox.AUTHORIZE)) {
            Script next = AUTHORIZE_SCRIPTS.poll();
            return next != null ? next : connection -> connection.send(answer("200 OK", TOKEN));
        }
        var username = USERNAME.matcher(request);
        String name = username.find() ? username.group(1) : "";
        CONNECTIONS.put(name, number);
        Script scripted = SCRIPTS.remove(name);
        return scripted != null ? scripted : connection -> connection.send(answer("200 OK", envelope(name)));
    }

    /** One connection of the service to this upstream. */
    public static final class Connection {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        /** Sends these characters, one byte each, as one packet. */
        public void send(String text) throws IOException {
            out.write(text.getBytes(ISO_8859_1));
            out.flush();
        }

        /** Returns when the service has closed the connection, or fails. */
        public void awaitClose() throws IOException {
            while (in.read() != -1) {
                // Nothing is expected any more.
            }
        }

        public void close() throws IOException {
            socket.close();
        }

        /** Head and body of the next request; empty at the end of the connection. */
        private String request() throws IOException {
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next == -1) {
                    return "";
                }
                head.append((char) next);
            }
            var length = LENGTH.matcher(head);
            int bytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
            return head + new String(in.readNBytes(bytes), ISO_8859_1);
        }
    }
}
