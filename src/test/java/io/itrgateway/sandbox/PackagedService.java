package io.itrgateway.sandbox;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.restassured.response.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The packaged service in a process of its own, started as an operator starts it: with environment variables only. */
public final class PackagedService implements AutoCloseable {

    /** Generous: what is tested with it is what happens, on a machine that may be busy. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private static final Pattern LISTENING = Pattern.compile("Listening on: http://[^ \"]*:([0-9]+)");
    private static final Pattern LISTENING_TLS = Pattern.compile("Listening on: .*https://[^ \"]*:([0-9]+)");

    private final Process process;
    private final Path output;

    private PackagedService(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it on a free port, and does not wait for anything. */
    public static PackagedService start(Map<String, String> environment) throws IOException {
        return start(builder(command(), environment));
    }

    /**
     * The same for a jar of this runtime, in the directory of the jar and by its name alone, as in the image.
     *
     * @param flags of its JVM
     */
    public static PackagedService start(Path javaHome, List<String> flags, Path jar, Map<String, String> environment)
            throws IOException {
        List<String> command =
                new ArrayList<>(List.of(javaHome.resolve("bin").resolve("java").toString()));
        command.addAll(flags);
        command.addAll(List.of("-jar", jar.getFileName().toString()));
        return start(builder(command, environment).directory(jar.getParent().toFile()));
    }

    /** Starts it with a pipe as its output, which has to be read or is full. */
    public static Process startWithPipe(Map<String, String> environment) throws IOException {
        return builder(command(), environment).redirectErrorStream(true).start();
    }

    private static PackagedService start(ProcessBuilder builder) throws IOException {
        Path output = Files.createTempFile("packaged-service", ".log");
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        return new PackagedService(builder.start(), output);
    }

    /**
     * How a process that ends by itself has ended.
     *
     * @param out what it printed on its standard output
     * @param err what it printed on the other one
     */
    public record Ended(int exitCode, String out, String err) {}

    /** Starts it with these words on its command line, and waits for its end. */
    public static Ended run(Map<String, String> environment, String... words) throws IOException, InterruptedException {
        Path out = Files.createTempFile("packaged-service", ".out");
        Path err = Files.createTempFile("packaged-service", ".err");
        try {
            List<String> command = new ArrayList<>(command());
            command.addAll(List.of(words));
            Process process = builder(command, environment)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean ended = process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly().onExit().join();
            if (!ended) {
                throw new IllegalStateException("it did not end by itself:%n%s".formatted(Files.readString(out)));
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
        var builder = new ProcessBuilder(command);
        builder.environment()
                .keySet()
                .removeIf(name -> name.matches("(DEEPVUE|GATEWAY|OTEL|QUARKUS)_.*|(?i:(HTTPS?|NO)_PROXY)"));
        builder.environment().put("QUARKUS_HTTP_PORT", "0");
        builder.environment().put("QUARKUS_HTTP_SSL_PORT", "0");
        // Easier to read, where a test fails.
        builder.environment().put("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "false");
        // On a busy machine, loading classes for a first call takes longer than the 2 s after which Vert.x logs a WARN
        // with a stack trace.
        builder.environment().put("QUARKUS_VERTX_MAX_EVENT_LOOP_EXECUTE_TIME", "10m");
        builder.environment().putAll(environment);
        return builder;
    }

    /** Whether it is a binary of a native build, and no JVM. */
    public static boolean isNative() {
        return Files.isExecutable(binary());
    }

    private static Path binary() {
        return Path.of(System.getProperty("native.image.path", "none"));
    }

    /** The binary of a native build if there is one, else the jar, with the arguments of the JVM that other integration tests give it. */
    private static List<String> command() {
        if (isNative()) {
            return List.of(binary().toString());
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String arguments = System.getProperty("quarkus.test.arg-line", "");
        if (!arguments.isEmpty()) {
            command.addAll(List.of(arguments.split(" ")));
        }
        command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
        return command;
    }

    /** Waits until it listens, and says where. */
    public int port() {
        return port(LISTENING);
    }

    /** The same for TLS. */
    public int tlsPort() {
        return port(LISTENING_TLS);
    }

    private int port(Pattern says) {
        await().atMost(LONG).until(() -> says.matcher(output()).find() || !process.isAlive());
        var listening = says.matcher(output());
        if (!listening.find()) {
            throw new IllegalStateException("the service did not start:%n%s".formatted(output()));
        }
        return Integer.parseInt(listening.group(1));
    }

    /** Where it listens, if that line says so. */
    public static OptionalInt portIn(String line) {
        var listening = LISTENING.matcher(line);
        return listening.find() ? OptionalInt.of(Integer.parseInt(listening.group(1))) : OptionalInt.empty();
    }

    /** Registers a person with that Idempotency-Key. */
    public Response register(String key) {
        return register(Map.of("Idempotency-Key", key));
    }

    public Response register(Map<String, String> headers) {
        return given().port(port())
                .header("x-api-key", Sandbox.API_KEY)
                .headers(headers)
                .contentType("application/json")
                .body(Person.ASHA.json())
                .post(Sandbox.CREATE_CLIENT);
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGSTOP; returns when it stands still. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
        await().atMost(LONG).until(() -> {
            var ps = new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(process.pid())).start();
            return new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).startsWith("T");
        });
    }

    /** Sends SIGCONT. */
    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IllegalStateException("no SIG" + name + " to " + process.pid());
        }
    }

    /** Has its JVM collect what is no longer reachable; returns when that is done. */
    public void collectGarbage() throws IOException, InterruptedException {
        var jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.run")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (jcmd.waitFor() != 0) {
            throw new IllegalStateException("no collection in " + process.pid());
        }
    }

    /** Sends SIGKILL. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the service did not end by itself:%n%s".formatted(output()));
        }
        return process.exitValue();
    }

    /** What it has printed so far. */
    public String output() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.delete(output);
    }
}
