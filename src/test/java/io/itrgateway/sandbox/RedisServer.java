package io.itrgateway.sandbox;

import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Redis of its own for a test, on a free port of this machine and with nothing in it: {@code redis-server} or {@code valkey-server},
 * whichever the machine has.
 */
public final class RedisServer implements AutoCloseable {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static final List<String> BINARIES = List.of("redis-server", "valkey-server");

    /** Makes every key older: what would have ended meanwhile is gone. */
    private static final String AGE = "for _, key in ipairs(redis.call('KEYS', '*')) do "
            + "local left = redis.call('PTTL', key) "
            + "if left > tonumber(ARGV[1]) then redis.call('PEXPIRE', key, left - tonumber(ARGV[1])) "
            + "elseif left >= 0 then redis.call('DEL', key) end end return 1";

    private final Vertx vertx = Vertx.vertx();
    private final int port;
    private final List<String> options;
    private Path directory;
    private Process process;
    private Redis client;

    /** @param options further ones, as on the command line: {@code --requirepass}, … */
    public RedisServer(String... options) {
        this.port = FreePort.next();
        this.options = List.of(options);
        startEmpty();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
    }

    /** Whether this machine has one. */
    public static boolean isHere() {
        return found().isPresent();
    }

    private static String binary() {
        return found().orElseThrow(() -> new IllegalStateException(
                "there is no redis-server on the PATH; on Debian and Ubuntu: apt-get install redis-server"));
    }

    private static Optional<String> found() {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .flatMap(directory -> BINARIES.stream().map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private void start() {
        List<String> command = new ArrayList<>(List.of(
                binary(),
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--save",
                "",
                "--appendonly",
                "no",
                "--daemonize",
                "no"));
        command.addAll(options);
        try {
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(LONG).ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(command.get(0) + " ended: are its options known to it?");
            }
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            }
        });
    }

    /** A sentinel with that configuration, which it writes to. */
    public static Process sentinel(Path configuration) throws IOException {
        return new ProcessBuilder(binary(), configuration.toString(), "--sentinel")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    public int port() {
        return port;
    }

    /** Its address, without user and password. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** The answer to one command, which may be null. */
    public Response command(Command command, Object... arguments) {
        Request request = Request.cmd(command);
        for (Object argument : arguments) {
            request.arg(argument.toString());
        }
        return client().send(request).toCompletionStage().toCompletableFuture().join();
    }

    private Redis client() {
        if (client == null) {
            client = Redis.createClient(vertx, url());
        }
        return client;
    }

    /** Every key there is. */
    public List<String> keys() {
        List<String> keys = new ArrayList<>();
        command(Command.KEYS, "*").forEach(key -> keys.add(key.toString()));
        return keys;
    }

    /** Lets that much of the life of every key pass. */
    public void pass(Duration time) {
        command(Command.EVAL, AGE, 0, time.toMillis());
    }

    /** Forgets everything, as if it were new. */
    public void empty() {
        command(Command.FLUSHALL);
    }

    /** It answers nothing any more, but its connections stay open. */
    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** It is gone: connections break, and new ones are refused. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** After {@link #kill()}: it is there again, at the same address and with nothing in it. */
    public void startEmpty() {
        try {
            directory = Files.createTempDirectory("redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /** After {@link #kill()}: it is there again, at the same address and with what is on its disk. */
    public void startAgain() {
        start();
    }

    @Override
    public void close() {
        kill();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
