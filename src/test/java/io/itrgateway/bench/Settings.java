package io.itrgateway.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The settings of a run of the benchmark; {@link Benchmark} lists the properties. A blank property counts as absent.
 *
 * @param service the packaged service: a jar, or an executable
 * @param javaHome the JDK that runs the services and the stub
 * @param jvmFlags flags of the gateway's and the proxy's JVM alike
 * @param openLoopRate calls per second of the open loop; empty: a share of the gateway's own saturation
 */
record Settings(
        Path service,
        Path javaHome,
        List<String> jvmFlags,
        Duration window,
        int warmUpCalls,
        int rounds,
        int connections,
        OptionalInt openLoopRate,
        Duration upstreamDelay,
        int waitingCallers,
        List<Peer> peers) {

    static Settings ofSystemProperties() {
        return new Settings(
                Path.of(text("bench.service", "target/quarkus-app/quarkus-run.jar")),
                Path.of(text("bench.java", System.getProperty("java.home"))),
                Stream.of(text("bench.jvm", "").split("\\s+"))
                        .filter(flag -> !flag.isEmpty())
                        .toList(),
                Duration.ofSeconds(atLeast(1, "bench.seconds", 5)),
                atLeast(1, "bench.warmup", 150_000),
                atLeast(1, "bench.rounds", 3),
                atLeast(1, "bench.connections", 64),
                text("bench.rate", "").isEmpty() ? OptionalInt.empty() : OptionalInt.of(atLeast(1, "bench.rate", 1)),
                Duration.ofMillis(atLeast(0, "bench.delay", 0)),
                atLeast(0, "bench.waiting", 10_000),
                Stream.of(text("bench.peers", "").split(","))
                        .map(String::strip)
                        .filter(label -> !label.isEmpty())
                        .map(Peer::of)
                        .toList());
    }

    /** The executable of {@link #javaHome()}. */
    String java() {
        return javaHome.resolve("bin").resolve("java").toString();
    }

    /** The first line of what the services' JDK says about itself. */
    String javaVersion() throws IOException {
        var asked =
                new ProcessBuilder(java(), "-version").redirectErrorStream(true).start();
        try (var said = asked.inputReader()) {
            return String.join(", ", said.lines().toList());
        }
    }

    boolean serviceIsJar() {
        return service.toString().endsWith(".jar");
    }

    private static String text(String property, String otherwise) {
        var value = System.getProperty(property, "").strip();
        return value.isEmpty() ? otherwise : value;
    }

    private static int atLeast(int least, String property, int otherwise) {
        var value = text(property, Integer.toString(otherwise));
        try {
            var number = Integer.parseInt(value);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // the same answer as to a number that is too small
        }
        throw new IllegalArgumentException(
                "%s is %s; it should be a whole number of at least %d".formatted(property, value, least));
    }
}
