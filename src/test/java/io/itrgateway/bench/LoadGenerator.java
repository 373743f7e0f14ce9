package io.itrgateway.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Sends {@link CreateClientCall} or a {@link ReadCall} to one service over a fixed number of kept connections, in one of two ways.
 *
 * <p>{@link #saturate}, the closed loop: each connection sends its next call when the last one is answered. It finds the
 * most that the service answers; its latencies say nothing, because a slow answer holds back the calls behind it.
 *
 * <p>{@link #drive}, the open loop: calls start by a timetable that does not ask how the service is doing, and a latency
 * counts from the time in the timetable. So neither a stall of the service, nor a wait for a free connection, nor a
 * generator that is late can hide (no coordinated omission).
 *
 * <p>Why not a ready-made tool: this must run wherever the project builds, with nothing but Java 17 or newer. Of those on
 * Maven Central Hyperfoil fits best, but up to 0.28 it counts a latency from the moment of sending, without the wait for a
 * connection, and starts calls in whole milliseconds; from 0.29 on it is right, and needs Java 21.
 *
 * @see <a href="https://github.com/Hyperfoil/Hyperfoil/pull/696">Hyperfoil's change</a>
 */
final class LoadGenerator implements AutoCloseable {

    /** Load before each window that is not counted: connections open, queues fill. */
    private static final Duration LEAD_IN = Duration.ofSeconds(1);

    /** How often the timetables are looked at, if nothing else happens. */
    private static final Duration TICK = Duration.ofNanos(250_000);

    private static final Duration LONGEST_WARM_UP = Duration.ofMinutes(1);

    /** How long the last calls of a run may take; those without an answer by then are faults. */
    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(10);

    private static final Buffer BODY = Buffer.buffer(CreateClientCall.BODY);

    private final int connections;
    private final Vertx vertx;
    private final List<Lane> lanes;

    private LoadGenerator(int connections, Vertx vertx, List<Lane> lanes) {
        this.connections = connections;
        this.vertx = vertx;
        this.lanes = lanes;
    }

    /** A generator with half of the machine's cores as event loops, which share the connections evenly. */
    static LoadGenerator of(int connections) {
        var laneCount = Math.min(connections, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(laneCount));
        var lanes = IntStream.range(0, laneCount)
                .mapToObj(number -> new Lane((connections + number) / laneCount))
                .toList();
        for (var lane : lanes) {
            vertx.deployVerticle(lane).toCompletionStage().toCompletableFuture().join();
        }
        return new LoadGenerator(connections, vertx, lanes);
    }

    /**
     * Sends as many calls as the service answers, until it has answered so many with 200, but for a minute at most.
     * A JVM warms up by calls, not by seconds.
     */
    Load warmUp(ChildProcess service, int calls) throws InterruptedException {
        return closedLoop(service).measureCalls(calls);
    }

    /** Sends as many calls as the service answers, and returns what the window saw. */
    Load saturate(ChildProcess service, Duration window) throws InterruptedException {
        return closedLoop(service).measure(window);
    }

    /** The same with reads. */
    Load saturate(ChildProcess service, ReadCall read, Duration window) throws InterruptedException {
        return closedLoop(new Run(service, Optional.of(read))).measure(window);
    }

    /** Starts calls at a constant rate, and returns what the window saw. */
    Load drive(ChildProcess service, int callsPerSecond, Duration window) throws InterruptedException {
        var run = new Run(service, Optional.empty());
        var firstNanos = System.nanoTime();
        var timetables = IntStream.range(0, lanes.size())
                .mapToObj(number ->
                        new Timetable(run, lanes.get(number), firstNanos, callsPerSecond, number, lanes.size()))
                .toList();
        new Thread(() -> tick(run, timetables), "timetables").start();
        return run.measure(window);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Run closedLoop(ChildProcess service) {
        return closedLoop(new Run(service, Optional.empty()));
    }

    private Run closedLoop(Run run) {
        for (var connection = 0; connection < connections; connection++) {
            var lane = lanes.get(connection % lanes.size());
            run.started.increment();
            lane.soon(() -> lane.callOverAndOver(run));
        }
        return run;
    }

    private static void tick(Run run, List<Timetable> timetables) {
        while (run.sending) {
            timetables.forEach(timetable -> timetable.lane.soon(timetable::startDue));
            LockSupport.parkNanos(TICK.toNanos());
        }
    }

    /**
     * The calls of one lane at a constant rate. It is looked at with each answer and with each tick, rather than once for
     * each call, which would cost more than the call; a call that starts late for it counts from its time all the same.
     * Only the lane's own thread touches it.
     */
    private static final class Timetable {

        private final Run run;
        private final Lane lane;
        private final long firstNanos;
        private final int callsPerSecond;
        private final int step;
        private long number;

        /** Takes every {@code step}th call of the whole rate, from the given one on. */
        private Timetable(Run run, Lane lane, long firstNanos, int callsPerSecond, int number, int step) {
            this.run = run;
            this.lane = lane;
            this.firstNanos = firstNanos;
            this.callsPerSecond = callsPerSecond;
            this.number = number;
            this.step = step;
        }

        private void startDue() {
            while (run.sending && nextNanos() - System.nanoTime() <= 0) {
                var intendedNanos = nextNanos();
                number += step;
                run.started.increment();
                lane.call(run, intendedNanos).onComplete(ended -> startDue());
            }
        }

        private long nextNanos() {
            return firstNanos + number * 1_000_000_000L / callsPerSecond;
        }
    }

    /** One event loop and its share of the connections. */
    private static final class Lane extends AbstractVerticle {

        private final int share;
        private HttpClient client;

        private Lane(int share) {
            this.share = share;
        }

        @Override
        public void start() {
            client = vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(share));
        }

        private void soon(Runnable work) {
            context.runOnContext(now -> work.run());
        }

        private void callOverAndOver(Run run) {
            call(run, System.nanoTime()).onComplete(ended -> {
                if (run.sending) {
                    run.started.increment();
                    callOverAndOver(run);
                }
            });
        }

        /** A call that finds no free connection waits for one; the wait is part of its latency. */
        private Future<Integer> call(Run run, long intendedNanos) {
            return client.request(run.nextRequest())
                    .compose(request -> run.read.isPresent() ? request.send() : request.send(BODY))
                    .compose(response -> response.end().map(response.statusCode()))
                    .onComplete(answer -> run.ended(answer, intendedNanos));
        }
    }

    /** Lead-in, window and drain of one load; the event loops write it, the thread that asked for it waits and reads. */
    private static final class Run {

        private final ChildProcess service;
        private final Optional<ReadCall> read;
        private final RequestOptions request;
        private final AtomicLong reads = new AtomicLong();
        private final LongAdder started = new LongAdder();
        private final LongAdder ended = new LongAdder();
        private final LongAdder succeeded = new LongAdder();
        private final ConcurrentHistogram latencyNanos = new ConcurrentHistogram(3);
        private final Map<String, LongAdder> faults = new ConcurrentHashMap<>();
        private volatile boolean sending = true;
        private volatile boolean measuring;
        private volatile long opensNanos;
        private volatile long closesNanos;
        private long succeededBefore;
        private Duration cpuBefore = Duration.ZERO;

        /** @param read what is sent; {@link CreateClientCall} where it is empty */
        private Run(ChildProcess service, Optional<ReadCall> read) {
            this.service = service;
            this.read = read;
            request = new RequestOptions()
                    .setMethod(read.isPresent() ? HttpMethod.GET : HttpMethod.POST)
                    .setHost("127.0.0.1")
                    .setPort(service.port())
                    .setURI(CreateClientCall.PATH)
                    .setHeaders(MultiMap.caseInsensitiveMultiMap().addAll(CreateClientCall.HEADERS));
        }

        private RequestOptions nextRequest() {
            return read.map(call -> new RequestOptions(request).setURI(call.uri(reads.incrementAndGet())))
                    .orElse(request);
        }

        private void ended(AsyncResult<Integer> answer, long intendedNanos) {
            if (answer.failed()) {
                fault(answer.cause().getClass().getSimpleName());
            } else if (answer.result() != 200) {
                fault(answer.result().toString());
            } else {
                succeeded.increment();
                if (measuring && intendedNanos - opensNanos >= 0 && intendedNanos - closesNanos < 0) {
                    latencyNanos.recordValue(System.nanoTime() - intendedNanos);
                }
            }
            ended.increment();
        }

        private void fault(String what) {
            faults.computeIfAbsent(what, first -> new LongAdder()).increment();
        }

        private Load measure(Duration window) throws InterruptedException {
            Thread.sleep(LEAD_IN.toMillis());
            open(window);
            Thread.sleep(window.toMillis());
            return close();
        }

        private Load measureCalls(int calls) throws InterruptedException {
            open(LONGEST_WARM_UP);
            while (succeeded.sum() < calls && System.nanoTime() - closesNanos < 0) {
                Thread.sleep(10);
            }
            return close();
        }

        private void open(Duration window) {
            succeededBefore = succeeded.sum();
            cpuBefore = service.cpuTime();
            opensNanos = System.nanoTime();
            closesNanos = opensNanos + window.toNanos();
            measuring = true;
        }

        private Load close() throws InterruptedException {
            var window = Duration.ofNanos(System.nanoTime() - opensNanos);
            var cpu = service.cpuTime().minus(cpuBefore);
            var answered = succeeded.sum() - succeededBefore;
            sending = false;
            drain();
            return new Load(window, answered, cpu, latencyNanos.copy(), faultCounts());
        }

        private void drain() throws InterruptedException {
            var patience = System.nanoTime() + LONGEST_DRAIN.toNanos();
            while (ended.sum() != started.sum() && System.nanoTime() - patience < 0) {
                Thread.sleep(5);
            }
            var unanswered = started.sum() - ended.sum();
            if (unanswered != 0) {
                faults.computeIfAbsent("no answer", first -> new LongAdder()).add(unanswered);
            }
        }

        private Map<String, Long> faultCounts() {
            return faults.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, fault -> fault.getValue().sum()));
        }
    }
}
