package io.itrgateway.ratelimit.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.itrgateway.redis.Script;
import io.itrgateway.sandbox.RedisServer;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.BulkType;
import io.vertx.redis.client.impl.types.MultiType;
import io.vertx.redis.client.impl.types.NumberType;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Runs scripts one by one on the thread of the test: quick enough for minutes of a simulation. */
public final class BlockingRedis implements AutoCloseable {

    /** Redis answered with an error. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Set<String> known = new HashSet<>();

    public BlockingRedis(RedisServer server) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
            out = new BufferedOutputStream(socket.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Response run(Script script, List<String> keys, Object... arguments) {
        boolean isKnown = !known.add(script.sha1());
        List<String> command = new ArrayList<>(List.of(
                isKnown ? "EVALSHA" : "EVAL", isKnown ? script.sha1() : script.text(), Integer.toString(keys.size())));
        command.addAll(keys);
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        command.add("tag");
        try {
            out.write(("*" + command.size() + "\r\n").getBytes(UTF_8));
            for (String part : command) {
                byte[] bytes = part.getBytes(UTF_8);
                out.write(("$" + bytes.length + "\r\n").getBytes(UTF_8));
                out.write(bytes);
                out.write("\r\n".getBytes(UTF_8));
            }
            out.flush();
            return read().get(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Response read() throws IOException {
        String line = line();
        long number = line.charAt(0) == '-' ? 0 : Long.parseLong(line.substring(1));
        switch (line.charAt(0)) {
            case ':':
                return NumberType.create(number);
            case '$':
                if (number < 0) {
                    return null;
                }
                byte[] bytes = in.readNBytes((int) number);
                line();
                return BulkType.create(Buffer.buffer(bytes), false);
            case '*':
                MultiType array = MultiType.create(number, false);
                for (long i = 0; i < number; i++) {
                    array.add(read());
                }
                return array;
            default:
                throw new Refused(line);
        }
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.substring(0, line.length() - 1);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
