package io.itrgateway.drill;

import io.itrgateway.operation.Operations;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RedisServer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs the drill and prints one table. Ends with 1 if a call was lost or answered about another client, a registration sent twice, a call
 * refused by the upstream, or if there was more than one authorize.
 *
 * <p>System property {@code drill.form}: {@code short}, some two minutes, or {@code full}, some seven; {@code full} if it is not set.
 *
 * <p>Utilisation is of the window that binds, the minute's: how many of its calls reached the upstream in a phase, the moments without
 * service included.
 */
final class Drill {

    private static final int REPLICAS = 3;
    private static final int CALLERS = 60;
    private static final int WARM_UP_CALLS = 1_000;
    private static final int PER_SECOND = 17;
    private static final int PER_MINUTE = 1_000;

    private static final Duration LONGEST_END = Duration.ofMinutes(1);

    private final boolean isShort;
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final RedisServer redis = new RedisServer();
    private final EnforcingUpstream upstream;
    private final Callers callers;
    private final List<Replica> replicas = new ArrayList<>();

    private record Replica(PackagedService process, int port) {}

    /** What has been counted so far. */
    private record Counts(
            int calls, int accepted, int answered, int registered, int refused, int authorizes, int cutOff) {
        private Counts since(Counts before) {
            return new Counts(
                    calls - before.calls,
                    accepted - before.accepted,
                    answered - before.answered,
                    registered - before.registered,
                    refused - before.refused,
                    authorizes - before.authorizes,
                    cutOff - before.cutOff);
        }
    }

    private Drill(boolean isShort) {
        this.isShort = isShort;
        this.upstream = new EnforcingUpstream(vertx, PER_SECOND, PER_MINUTE);
        this.callers = new Callers(vertx);
    }

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        var drill = new Drill(System.getProperty("drill.form", "full").equals("short"));
        int status;
        try {
            status = drill.run();
        } finally {
            drill.close();
        }
        System.exit(status);
    }

    // ---- one event loop ---------------------------------------------------------------------------------------------

    /** There is one thread, on which all counts are read and changed. */
    private <T> T onLoop(Callable<T> task) throws Exception {
        var result = new CompletableFuture<T>();
        vertx.runOnContext(now -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(1, TimeUnit.MINUTES);
    }

    private void onLoop(Runnable task) throws Exception {
        onLoop(() -> {
            task.run();
            return null;
        });
    }

    // ---- the course -------------------------------------------------------------------------------------------------

    private int run() throws Exception {
        System.out.printf(
                "%d replicas, %d callers, plan %d/%d/50000, %s form%n%n",
                REPLICAS, CALLERS, PER_SECOND, PER_MINUTE, isShort ? "short" : "full");
        System.out.println(
                "phase                                 seconds  accepted  answered  cut off  registered  refused  authorizes  used");
        startAll();
        onLoop(() -> callers.warmUp(upstream.port(), WARM_UP_CALLS))
                .toCompletionStage()
                .toCompletableFuture()
                .get(1, TimeUnit.MINUTES);
        phase("all start at once, with load", seconds(75, 15), () -> onLoop(() -> callers.start(CALLERS)));
        phase("one is killed (SIGKILL), and started", seconds(45, 15), () -> {
            kill(0);
            pass(seconds(10, 5));
            replace(0);
        });
        phase("Redis hangs (SIGSTOP)", seconds(20, 8), redis::pause);
        phase("Redis goes on", seconds(40, 12), redis::resume);
        phase("Redis is gone", seconds(5, 3), redis::kill);
        phase("Redis is back, and empty", seconds(40, 12), redis::startEmpty);
        phase("all are restarted, one by one", seconds(75, 20), this::restartAll);
        phase("nothing happens", seconds(60, 10), () -> {});
        phase("the last calls end", Duration.ZERO, this::end);
        return judge();
    }

    private Duration seconds(int full, int brief) {
        return Duration.ofSeconds(isShort ? brief : full);
    }

    private interface Event {
        void happen() throws Exception;
    }

    private void phase(String name, Duration length, Event event) throws Exception {
        Counts before = counts();
        long began = System.nanoTime();
        event.happen();
        pass(length.minusNanos(System.nanoTime() - began));
        print(name, System.nanoTime() - began, counts().since(before));
    }

    private static void pass(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, time.toNanos()));
    }

    private Counts counts() throws Exception {
        return onLoop(() -> new Counts(
                upstream.calls,
                callers.accepted,
                callers.answered,
                upstream.registered,
                upstream.refused,
                upstream.authorizes,
                callers.cutOff));
    }

    private static void print(String name, long nanos, Counts counts) {
        double seconds = nanos / 1e9;
        System.out.printf(
                "%-38s%7.1f%10d%10d%9d%12d%9d%12d%5.0f%%%n",
                name,
                seconds,
                counts.accepted(),
                counts.answered(),
                counts.cutOff(),
                counts.registered(),
                counts.refused(),
                counts.authorizes(),
                100 * counts.calls() / (seconds * PER_MINUTE / 60));
    }

    private void startAll() throws Exception {
        List<PackagedService> processes = new ArrayList<>();
        for (int replica = 0; replica < REPLICAS; replica++) {
            processes.add(start());
        }
        for (PackagedService process : processes) {
            var replica = new Replica(process, process.port());
            replicas.add(replica);
            onLoop(() -> callers.putIntoService(replica.port()));
        }
    }

    private PackagedService start() throws Exception {
        Map<String, String> environment = new HashMap<>(upstream.environment());
        environment.put("GATEWAY_REDIS_URL", redis.url());
        environment.put("GATEWAY_MAX_WAIT", "10s");
        environment.put("DEEPVUE_TIMEOUT", "5s");
        environment.put("JAVA_TOOL_OPTIONS", "-Xmx192m -XX:+UseSerialGC");
        return PackagedService.start(environment);
    }

    private void kill(int number) throws Exception {
        Replica replica = replicas.get(number);
        replica.process().kill();
        onLoop(() -> callers.takeOut(replica.port()));
    }

    private void replace(int number) throws Exception {
        PackagedService process = start();
        var replica = new Replica(process, process.port());
        put(replicas.get(number));
        replicas.set(number, replica);
        onLoop(() -> callers.putIntoService(replica.port()));
    }

    /** What it has printed is kept in target/drill. */
    private static void put(Replica gone) throws IOException {
        Path outputs = Files.createDirectories(Path.of("target", "drill"));
        Files.writeString(
                outputs.resolve("replica-at-" + gone.port() + ".log"),
                gone.process().output());
        gone.process().close();
    }

    /** As an orchestrator does it: first out of service, then SIGTERM, then a new one. */
    private void restartAll() throws Exception {
        for (int number = 0; number < REPLICAS; number++) {
            Replica old = replicas.get(number);
            onLoop(() -> callers.takeOut(old.port()));
            pass(Duration.ofMillis(500));
            old.process().terminate();
            old.process().exitCode();
            replace(number);
        }
    }

    private void end() throws Exception {
        onLoop(callers::stop);
        long began = System.nanoTime();
        while (onLoop(() -> callers.calling) > 0 && System.nanoTime() - began < LONGEST_END.toNanos()) {
            pass(Duration.ofMillis(100));
        }
    }

    // ---- the judgement ----------------------------------------------------------------------------------------------

    private int judge() throws Exception {
        Counts all = counts();
        int left = onLoop(() -> callers.calling);
        List<String> twice = onLoop(upstream::registeredTwice);
        List<String> invited = onLoop(callers::invited);
        long never = onLoop(() -> callers.registered().stream()
                .filter(person -> upstream.registrationsOf(person) == 0)
                .count());
        int told = onLoop(() -> callers.registered().size());
        int unknown = onLoop(() -> callers.unknown().size());
        System.out.printf(
                "%n%d persons were said to be registered, %d of them never were. %d were registered twice.%n",
                told, never, twice.size());
        System.out.printf(
                "SIGKILL cut off %d calls. What became of %d persons is unknown; with a key it was asked several times.%n",
                all.cutOff(), unknown);
        System.out.printf("Successes by operation: %s%n", onLoop(callers::done));
        System.out.printf("Answers that were no success, by code: %s%n", onLoop(callers::problems));
        System.out.printf(
                "Most calls at the upstream in any second %d, in any minute %d.%n",
                onLoop(() -> upstream.mostInASecond), onLoop(() -> upstream.mostInAMinute));
        onLoop(() -> upstream.refusals.forEach(
                ago -> System.out.printf("Refused; the calls of its second came so many ms before: %s%n", ago)));
        List<String> faults = new ArrayList<>();
        fault(faults, left > 0, left + " callers have no answer");
        fault(faults, all.accepted() != all.answered() + all.cutOff(), "calls are neither answered nor cut off");
        fault(faults, all.refused() > 0, "the upstream refused " + all.refused());
        fault(faults, onLoop(() -> upstream.unauthorized) > 0, "the upstream refused the account");
        fault(faults, all.authorizes() != 1, all.authorizes() + " authorizes");
        fault(faults, !twice.isEmpty(), "registered twice: " + twice);
        fault(faults, !invited.isEmpty(), "told to repeat though the outcome is unknown: " + invited);
        List<String> mixedUp = onLoop(callers::mixedUp);
        fault(faults, !mixedUp.isEmpty(), "answered about another client: " + mixedUp);
        List<String> givenUp = onLoop(callers::givenUp);
        fault(faults, !givenUp.isEmpty(), "fetches and reads that may not be repeated: " + givenUp);
        int operations = onLoop(() -> callers.done().size());
        fault(faults, operations < Operations.ALL.size(), "only %d operations succeeded".formatted(operations));
        fault(faults, never > 0, never + " persons were said to be registered and are not");
        System.out.println(
                faults.isEmpty() ? "\nThe drill is passed." : "\nThe drill FAILED: " + String.join("; ", faults));
        return faults.isEmpty() ? 0 : 1;
    }

    private static void fault(List<String> faults, boolean is, String what) {
        if (is) {
            faults.add(what);
        }
    }

    private void close() throws Exception {
        for (Replica replica : replicas) {
            put(replica);
        }
        redis.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
