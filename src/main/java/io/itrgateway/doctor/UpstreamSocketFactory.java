package io.itrgateway.doctor;

import io.itrgateway.transport.Loopback;
import io.itrgateway.transport.ProxyAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens a connection to the upstream the way in which the service does: to each address in turn, or through the HTTP proxy. */
final class UpstreamSocketFactory {

    private static final int LONGEST_HEAD_BYTES = 16 * 1024;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})[ \r\n][\\s\\S]*");

    /** The proxy answered, and does not let this connection pass. */
    static final class RefusedByProxy extends IOException {
        private static final long serialVersionUID = 1L;

        private RefusedByProxy(String message) {
            super(message);
        }
    }

    private final Optional<ProxyAddress> proxy;
    private final long deadlineNanos;

    UpstreamSocketFactory(Optional<ProxyAddress> proxy, Duration longest) {
        this.proxy = proxy;
        this.deadlineNanos = System.nanoTime() + longest.toNanos();
    }

    /** Blocks. The socket has a timeout: what is left of the longest time. */
    Socket open(String host, int port) throws IOException {
        if (proxy.isEmpty()) {
            return connect(host, port);
        }
        Socket socket = connect(proxy.get().host(), proxy.get().port());
        try {
            requestTunnel(socket, (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port);
            socket.setSoTimeout(leftMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Socket connect(String host, int port) throws IOException {
        InetAddress[] addresses = Loopback.lookUp(host);
        IOException last = new IOException("no address");
        for (int i = 0; i < addresses.length; i++) {
            var socket = new Socket();
            try {
                // An address that does not answer must leave time for those after it.
                int millis = Math.max(1, leftMillis() / (addresses.length - i));
                socket.connect(new InetSocketAddress(addresses[i], port), millis);
                socket.setSoTimeout(leftMillis());
                return socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw last;
    }

    private void requestTunnel(Socket socket, String target) throws IOException {
        String login = proxy.flatMap(ProxyAddress::authorization)
                .map(value -> "Proxy-Authorization: " + value + "\r\n")
                .orElse("");
        String request = "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n".formatted(target, target, login);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        Matcher statusLine = STATUS_LINE.matcher(readHead(socket));
        if (!statusLine.matches()) {
            throw new RefusedByProxy("the proxy does not speak HTTP");
        }
        String status = statusLine.group(1);
        // Not every 2xx, although each would do (RFC 9110, 9.3.6): the client of the service takes this one only.
        if (!status.equals("200")) {
            throw new RefusedByProxy("the proxy refuses the connection with status " + status
                    + (status.equals("407") ? ": it asks for a user and a password, or for others than these" : ""));
        }
    }

    /** Byte by byte, since what follows the head belongs to the upstream. */
    private String readHead(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        var head = new StringBuilder();
        while (head.length() < LONGEST_HEAD_BYTES && head.lastIndexOf("\r\n\r\n") < 0) {
            socket.setSoTimeout(leftMillis());
            int next = in.read();
            if (next < 0) {
                throw new RefusedByProxy("the proxy ends the connection without an answer");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private int leftMillis() throws SocketTimeoutException {
        long left = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) left;
    }
}
