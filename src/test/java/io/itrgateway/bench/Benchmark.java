package io.itrgateway.bench;

import io.itrgateway.sandbox.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the packaged gateway and the {@link BareProxy} in turn, in one run on one machine, and prints one table.
 *
 * <p>In this order: both are started {@code bench.rounds} times for the time to the first answer, and the last ones stay;
 * each is warmed up; then come the rounds of the closed loop, gateway and proxy by turns, those in which allocations are counted,
 * those of the open loop, by turns too and both at the same rate, and closed loops of reads of 1 KiB and of 1 MiB. What the processes
 * print is kept in {@code target/bench}, the figures of each round in {@code target/bench/results.json}, and
 * the medians as bars in {@code target/bench/chart.svg}.
 *
 * <p>System properties:
 * <ul>
 *   <li>{@code bench.seconds}: length of each measured window; 5
 *   <li>{@code bench.rounds}: starts, closed loops and open loops of each service; 3
 *   <li>{@code bench.warmup}: calls to each service before its first round, sent for a minute at most; 150000
 *   <li>{@code bench.connections}: connections to the service; 64
 *   <li>{@code bench.rate}: calls per second of the open loop; half of what the gateway answered in the closed loop,
 *       because each call costs all four processes more when it does not come in a crowd
 *   <li>{@code bench.delay}: milliseconds that the stub upstream takes to answer; 0
 *   <li>{@code bench.waiting}: callers who wait at once, for the memory that they take; 10000, 0 for none
 *   <li>{@code bench.peers}: others to be measured in the same rounds, {@code nginx}, {@code node} or both with a comma between; none
 *   <li>{@code bench.starts}: {@code true} for nothing but {@link Starts} of a jar that was built with {@code -Paot}
 *   <li>{@code bench.java}: home of the JDK that runs the services and the stub; the one that runs the benchmark
 *   <li>{@code bench.jvm}: flags for the JVMs of the gateway and the proxy; none
 *   <li>{@code bench.service}: the packaged gateway, a jar or an executable; {@code target/quarkus-app/quarkus-run.jar}
 * </ul>
 *
 * <p>The four processes share the cores, so the calls per second are those of the whole machine and move with whatever
 * else it does. The CPU time of a call is the service's own and moves less; its ratio to the proxy's moves least.
 */
final class Benchmark {

    private static final Path HERE = Path.of("").toAbsolutePath();

    private static final double SHARE_OF_SATURATION = 0.5;

    /** So many that those between the last one that is counted and the end of the load do not matter. */
    private static final int CALLS_WHOSE_ALLOCATIONS_ARE_COUNTED = 20_000;

    /** Fewer answers than this part of the calls that were due: the service does not keep up. */
    private static final double KEEPS_UP = 0.98;

    /** The measures of {@code chart.svg}. */
    private static final List<String> CHARTED = List.of("CPU us a call", "p99 ms");

    private static final List<ReadCall> READS = List.of(ReadCall.SMALL, ReadCall.LARGE);

    private final Settings settings;
    private final LoadGenerator generator;
    private final Path outputs;
    private final List<String> warnings = new ArrayList<>();

    private Benchmark(Settings settings, LoadGenerator generator, Path outputs) {
        this.settings = settings;
        this.generator = generator;
        this.outputs = outputs;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Locale.setDefault(Locale.ROOT);
        var settings = Settings.ofSystemProperties();
        if (!Files.exists(settings.service())) {
            throw new IllegalStateException(settings.service() + " is missing: package the service first");
        }
        var outputs = Files.createDirectories(Path.of("target", "bench"));
        try (var generator = LoadGenerator.of(settings.connections())) {
            var benchmark = new Benchmark(settings, generator, outputs);
            if (Boolean.getBoolean("bench.starts")) {
                benchmark.compareStarts();
            } else {
                benchmark.run();
            }
        }
    }

    private void compareStarts() throws IOException, InterruptedException {
        try (var stub = startStub()) {
            print(Starts.compare(
                    flags -> startGateway(stub.port(), Map.of(), flags),
                    settings.service(),
                    outputs,
                    settings.rounds()));
        }
    }

    private void run() throws IOException, InterruptedException {
        try (var stub = startStub();
                var gateway = new Contender(Table.OWN, () -> startGateway(stub.port(), Map.of()));
                var proxy = new Contender("bare proxy", () -> startProxy(stub.port()))) {
            List<Contender> byTurns = new ArrayList<>(List.of(gateway, proxy));
            settings.peers()
                    .forEach(peer -> byTurns.add(new Contender(peer.label(), () -> startPeer(peer, stub.port()))));
            start(byTurns);
            warmUp(byTurns);
            saturate(byTurns);
            countAllocations(byTurns);
            var callsPerSecond = settings.openLoopRate().orElseGet(() -> shareOfSaturation(gateway));
            drive(byTurns, callsPerSecond);
            read(byTurns);

            print("");
            describeRun(callsPerSecond);
            var table = table(byTurns, callsPerSecond);
            print(table.toString());
            table.writeJson(outputs.resolve("results.json"));
            table.writeChart(outputs.resolve("chart.svg"), CHARTED);
            byTurns.forEach(Contender::close);
            warnings.forEach(Benchmark::print);
            print("The stub upstream answered %,d calls with 200 in all.".formatted(createdBy(stub)));
            if (settings.waitingCallers() > 0) {
                print(waiting(stub.port()));
            }
        }
    }

    /** In a process of its own, so that what it did before is not in its figures. */
    private String waiting(int upstreamPort) throws IOException, InterruptedException {
        var plan = Map.of("DEEPVUE_PLAN", WaitingCallers.CALLS_PER_SECOND + "/0/0", "GATEWAY_MAX_WAIT", "5m");
        try (var gateway = startGateway(upstreamPort, plan)) {
            return new WaitingCallers(gateway, settings.waitingCallers())
                    .measure()
                    .describe();
        }
    }

    private void start(List<Contender> byTurns) throws IOException, InterruptedException {
        for (var round = 1; round <= settings.rounds(); round++) {
            for (var contender : byTurns) {
                var took = contender.restart();
                print("start %d, %s: first answer after %,d ms".formatted(round, contender.name(), took.toMillis()));
            }
        }
    }

    private void warmUp(List<Contender> byTurns) throws InterruptedException {
        for (var contender : byTurns) {
            report("warm-up", contender, contender.warmUp(generator, settings.warmUpCalls()));
        }
    }

    private void saturate(List<Contender> byTurns) throws IOException, InterruptedException {
        for (var round = 1; round <= settings.rounds(); round++) {
            for (var contender : byTurns) {
                report("closed loop " + round, contender, contender.saturate(generator, settings.window()));
            }
        }
    }

    private void countAllocations(List<Contender> byTurns) throws IOException, InterruptedException {
        for (var round = 1; round <= settings.rounds(); round++) {
            for (var contender : byTurns) {
                report(
                        "allocations " + round,
                        contender,
                        contender.countAllocation(generator, CALLS_WHOSE_ALLOCATIONS_ARE_COUNTED));
            }
        }
    }

    private void drive(List<Contender> byTurns, int callsPerSecond) throws IOException, InterruptedException {
        for (var round = 1; round <= settings.rounds(); round++) {
            for (var contender : byTurns) {
                var load = contender.drive(generator, callsPerSecond, settings.window());
                report("open loop " + round, contender, load);
                if (load.faults().isEmpty() && load.callsPerSecond() < callsPerSecond * KEEPS_UP) {
                    warn("open loop %d, %s: IT DOES NOT KEEP UP, its latencies are those of a growing queue"
                            .formatted(round, contender.name()));
                }
            }
        }
    }

    private void read(List<Contender> byTurns) throws InterruptedException {
        for (var round = 1; round <= settings.rounds(); round++) {
            for (var read : READS) {
                for (var contender : byTurns) {
                    report(
                            read.name() + " " + round,
                            contender,
                            contender.saturate(generator, read, settings.window()));
                }
            }
        }
    }

    private static int shareOfSaturation(Contender gateway) {
        var most = Table.median(gateway.ofSaturated(Load::callsPerSecond));
        return (int) Math.max(1, Math.round(most * SHARE_OF_SATURATION));
    }

    private void report(String stage, Contender contender, Load load) {
        print("%s, %s: %,.0f calls/s, %.1f us CPU a call"
                .formatted(stage, contender.name(), load.callsPerSecond(), load.serviceCpuMicrosPerCall()));
        if (!load.faults().isEmpty()) {
            warn("%s, %s: NOT EVERY CALL WAS ANSWERED WITH 200, its figures mean nothing: %s"
                    .formatted(stage, contender.name(), load.describeFaults()));
        }
    }

    /** Says it at once, and again under the table. */
    private void warn(String words) {
        var line = "!!! " + words;
        print(line);
        warnings.add(line);
    }

    private void describeRun(int callsPerSecond) throws IOException {
        print("service      " + settings.service());
        print("JDK          " + settings.javaVersion());
        print("JVM flags    " + (settings.jvmFlags().isEmpty() ? "none" : String.join(" ", settings.jvmFlags())));
        print("machine      %s %s, %d cores, shared by service, stub upstream and load generator"
                .formatted(
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        Runtime.getRuntime().availableProcessors()));
        print("load         %d connections, %d rounds of %d s each after %,d calls of warm-up, upstream delay %d ms"
                .formatted(
                        settings.connections(),
                        settings.rounds(),
                        settings.window().toSeconds(),
                        settings.warmUpCalls(),
                        settings.upstreamDelay().toMillis()));
        print("open loop    %,d calls/s, %s"
                .formatted(
                        callsPerSecond,
                        settings.openLoopRate().isPresent()
                                ? "as asked for"
                                : "half of what the gateway answered in the closed loop"));
        print("");
    }

    private static Table table(List<Contender> contenders, int callsPerSecond) {
        var table = new Table(contenders);
        table.heading("Closed loop: registration, the most it answers");
        table.row("calls/s", 0, one -> one.ofSaturated(Load::callsPerSecond));
        table.row("CPU us a call", 1, one -> one.ofSaturated(Load::serviceCpuMicrosPerCall));
        table.row("KiB allocated a call", 1, Contender::allocatedKibibytes);
        table.heading("Open loop: %,d calls/s, latency from the intended start".formatted(callsPerSecond));
        table.row("calls/s answered", 0, one -> one.ofDriven(Load::callsPerSecond));
        table.row("p50 ms", 2, one -> one.ofDriven(load -> load.latencyMillis(50)));
        table.row("p99 ms", 2, one -> one.ofDriven(load -> load.latencyMillis(99)));
        table.row("CPU us a call", 1, one -> one.ofDriven(Load::serviceCpuMicrosPerCall));
        for (var read : READS) {
            table.heading("Closed loop: %s".formatted(read.name()));
            table.row("calls/s", 0, one -> one.ofReads(read, Load::callsPerSecond));
            table.row("CPU us a call", 1, one -> one.ofReads(read, Load::serviceCpuMicrosPerCall));
        }
        table.heading("Process");
        table.row("RSS MiB after a round", 0, Contender::residentMebibytes);
        table.row("s from exec to the first 200", 2, Contender::secondsToFirstAnswer);
        return table;
    }

    private ChildProcess startStub() throws IOException, InterruptedException {
        var port = FreePort.next();
        var delayMillis = Long.toString(settings.upstreamDelay().toMillis());
        return ChildProcess.start(
                "stub upstream",
                HERE,
                ownClass(List.of(), StubUpstream.class, Integer.toString(port), delayMillis),
                Map.of(),
                HttpRequest.newBuilder(local(port, StubUpstream.COUNT_PATH)).build(),
                outputs.resolve("stub-upstream.log"));
    }

    private ChildProcess startGateway(int upstreamPort, Map<String, String> plan)
            throws IOException, InterruptedException {
        return startGateway(upstreamPort, plan, settings.jvmFlags());
    }

    private ChildProcess startGateway(int upstreamPort, Map<String, String> plan, List<String> jvmFlags)
            throws IOException, InterruptedException {
        var port = FreePort.next();
        var service = settings.service().toAbsolutePath();
        var command = new ArrayList<String>();
        if (settings.serviceIsJar()) {
            command.add(settings.java());
            command.addAll(jvmFlags);
            // By its name alone, as in the image: an AOT cache is for that.
            command.addAll(List.of("-jar", service.getFileName().toString()));
        } else {
            command.add(service.toString());
        }
        var environment = new HashMap<>(plan);
        environment.putAll(Map.of(
                "QUARKUS_HTTP_PORT",
                Integer.toString(port),
                "QUARKUS_HTTP_HOST",
                "127.0.0.1",
                "DEEPVUE_BASE_URL",
                "http://127.0.0.1:" + upstreamPort,
                "DEEPVUE_CLIENT_ID",
                StubUpstream.CLIENT_ID,
                "DEEPVUE_CLIENT_SECRET",
                StubUpstream.CLIENT_SECRET,
                "GATEWAY_API_KEYS",
                "bench:" + sha256Hex(CreateClientCall.CALLER_KEY)));
        return ChildProcess.start(
                "gateway",
                service.getParent(),
                command,
                environment,
                createClient(port),
                outputs.resolve("gateway.log"));
    }

    private ChildProcess startProxy(int upstreamPort) throws IOException, InterruptedException {
        var port = FreePort.next();
        return ChildProcess.start(
                "bare proxy",
                HERE,
                ownClass(settings.jvmFlags(), BareProxy.class, Integer.toString(port), Integer.toString(upstreamPort)),
                Map.of(),
                createClient(port),
                outputs.resolve("bare-proxy.log"));
    }

    private ChildProcess startPeer(Peer peer, int upstreamPort) throws IOException, InterruptedException {
        var port = FreePort.next();
        return ChildProcess.start(
                peer.label(),
                HERE,
                peer.command(outputs, port, upstreamPort),
                Map.of(),
                createClient(port),
                outputs.resolve(peer.label() + ".log"));
    }

    private List<String> ownClass(List<String> jvmFlags, Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(settings.java());
        command.addAll(jvmFlags);
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static long createdBy(ChildProcess stub) throws IOException, InterruptedException {
        return Long.parseLong(ChildProcess.read(local(stub.port(), StubUpstream.COUNT_PATH)));
    }

    private static HttpRequest createClient(int port) {
        var request = HttpRequest.newBuilder(local(port, CreateClientCall.PATH))
                .POST(BodyPublishers.ofString(CreateClientCall.BODY));
        CreateClientCall.HEADERS.forEach(request::header);
        return request.build();
    }

    private static URI local(int port, String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(port, path));
    }

    private static String sha256Hex(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static void print(String line) {
        System.out.println(line);
    }
}
