package io.itrgateway.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A server in a process of its own, whose time to the first answer, CPU time and memory can be read. */
final class ChildProcess implements AutoCloseable {

    private static final Duration LONGEST_START = Duration.ofSeconds(60);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);
    private static final Duration PAUSE_BETWEEN_PROBES = Duration.ofMillis(10);
    private static final HttpClient PROBE = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();

    /** In the line of a thread; the units are binary. */
    private static final Pattern ALLOCATED = Pattern.compile(" allocated=([0-9.]+)([BKMG]) ");

    private static final Map<String, Long> UNITS = Map.of("B", 1L, "K", 1L << 10, "M", 1L << 20, "G", 1L << 30);

    private final String name;
    private final int port;
    private final Process process;
    private final Path output;
    private final Duration toFirstAnswer;

    private ChildProcess(String name, int port, Process process, Path output, Duration toFirstAnswer) {
        this.name = name;
        this.port = port;
        this.process = process;
        this.output = output;
        this.toFirstAnswer = toFirstAnswer;
    }

    /**
     * Starts the process and waits for its first 200 to the given request.
     * It inherits the environment, but for what configures the gateway.
     *
     * @param directory in which it runs
     * @param output file of what the process prints
     * @throws IllegalStateException if it ends first, or gives no 200 within a minute; shows the end of its output
     */
    static ChildProcess start(
            String name,
            Path directory,
            List<String> command,
            Map<String, String> environment,
            HttpRequest first,
            Path output)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(variable -> variable.matches("(DEEPVUE|GATEWAY|QUARKUS)_.*"));
        builder.environment().putAll(environment);

        var startedNanos = System.nanoTime();
        var process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        while (!answers(first)) {
            var waited = Duration.ofNanos(System.nanoTime() - startedNanos);
            if (!process.isAlive() || waited.compareTo(LONGEST_START) > 0) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException("%s did not answer %s with 200; the end of %s:%n%s"
                        .formatted(name, first.uri(), output, endOf(output)));
            }
            Thread.sleep(PAUSE_BETWEEN_PROBES.toMillis());
        }
        return new ChildProcess(
                name, first.uri().getPort(), process, output, Duration.ofNanos(System.nanoTime() - startedNanos));
    }

    /** The body of the answer to a GET. */
    static String read(URI address) throws IOException, InterruptedException {
        return PROBE.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body();
    }

    int port() {
        return port;
    }

    /** From the start of the process to its first 200. */
    Duration toFirstAnswer() {
        return toFirstAnswer;
    }

    /** User and system time of this process so far; on Linux in steps of 10 ms, as in {@code /proc/<pid>/stat}. */
    Duration cpuTime() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException(name + " has ended; see " + output));
    }

    /** Resident memory in MiB; empty where neither {@code /proc} nor {@code ps} knows it. */
    OptionalDouble residentMebibytes() throws IOException {
        var status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (Files.exists(status)) {
            try (var lines = Files.lines(status)) {
                return lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                        .findFirst();
            }
        }
        try {
            var ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(process.pid())).start();
            try (var said = ps.inputReader()) {
                return OptionalDouble.of(Long.parseLong(said.readLine().strip()) / 1024.0);
            }
        } catch (IOException noPs) {
            return OptionalDouble.empty();
        }
    }

    /** What the threads that live have allocated so far, as the JDK's own tool tells it; empty where the process is none of a JDK. */
    OptionalDouble allocatedBytes() throws IOException {
        // The tool's signal would end a process that is no JVM.
        var tool = process.info()
                .command()
                .map(Path::of)
                .filter(executable -> executable.endsWith("java"))
                .map(java -> java.resolveSibling("jcmd"));
        if (tool.isEmpty() || !Files.isExecutable(tool.get())) {
            return OptionalDouble.empty();
        }
        var command = new ProcessBuilder(tool.get().toString(), Long.toString(process.pid()), "Thread.print", "-e");
        try (var said = command.start().inputReader()) {
            return OptionalDouble.of(said.lines()
                    .flatMap(line -> ALLOCATED.matcher(line).results())
                    .mapToDouble(found -> Double.parseDouble(found.group(1)) * UNITS.get(found.group(2)))
                    .sum());
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        process.destroyForcibly();
    }

    private static boolean answers(HttpRequest request) throws IOException, InterruptedException {
        try {
            return PROBE.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static String endOf(Path output) throws IOException {
        var lines = Files.readAllLines(output);
        return String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }
}
