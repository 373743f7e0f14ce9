package io.itrgateway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times and CPU times to the first answer of one jar by turns: as it is, with an AppCDS archive, and with the AOT cache that lies beside it. */
final class Starts {

    /** Starts the gateway with further flags of the JVM. */
    @FunctionalInterface
    interface Starter {
        ChildProcess start(List<String> flags) throws IOException, InterruptedException;
    }

    private static final String PLAIN = "plain";

    private final Starter starter;
    private final Map<String, List<String>> flags = new LinkedHashMap<>();
    private final Map<String, double[]> wallMillis = new LinkedHashMap<>();
    private final Map<String, double[]> cpuMillis = new LinkedHashMap<>();

    private Starts(Starter starter) {
        this.starter = starter;
    }

    /**
     * Measures and describes them.
     *
     * @param service the packaged jar, built with the profile {@code aot}
     * @param outputs where the AppCDS archive is put
     */
    static String compare(Starter starter, Path service, Path outputs, int rounds)
            throws IOException, InterruptedException {
        Path cache = service.resolveSibling("app.aot").toAbsolutePath();
        if (!Files.exists(cache)) {
            throw new IllegalStateException(cache + " is missing: package the service with -Paot");
        }
        Path archive = outputs.resolve("app-cds.jsa").toAbsolutePath();
        var starts = new Starts(starter);
        starts.start(List.of("-XX:ArchiveClassesAtExit=" + archive));
        starts.flags.put(PLAIN, List.of());
        starts.flags.put("AppCDS", List.of("-XX:SharedArchiveFile=" + archive));
        starts.flags.put("AOT cache", List.of("-XX:AOTCache=" + cache));
        starts.measure(rounds);
        return starts.describe();
    }

    private void measure(int rounds) throws IOException, InterruptedException {
        for (var round = 0; round < rounds; round++) {
            for (var form : flags.entrySet()) {
                var start = start(form.getValue());
                wallMillis.computeIfAbsent(form.getKey(), name -> new double[rounds])[round] = start.wallMillis();
                cpuMillis.computeIfAbsent(form.getKey(), name -> new double[rounds])[round] = start.cpuMillis();
            }
        }
    }

    private record Start(double wallMillis, double cpuMillis) {}

    private Start start(List<String> further) throws IOException, InterruptedException {
        List<String> all =
                new ArrayList<>(List.of("@" + Path.of("docker", "jvm.options").toAbsolutePath()));
        all.addAll(further);
        try (var gateway = starter.start(all)) {
            return new Start(
                    gateway.toFirstAnswer().toMillis(), gateway.cpuTime().toMillis());
        }
    }

    private String describe() {
        return describe("First answer", wallMillis) + System.lineSeparator() + describe("CPU until then", cpuMillis);
    }

    private static String describe(String what, Map<String, double[]> milliseconds) {
        var plain = Table.median(milliseconds.get(PLAIN));
        var text = new StringBuilder(what + ", median of the starts in ms, and how many times less than the plain jar");
        milliseconds.forEach((name, each) -> text.append("%n  %-10s %8.0f %6.1f   %s"
                .formatted(name, Table.median(each), plain / Table.median(each), Table.rounds(each, 0))));
        return text.toString();
    }
}
