package io.itrgateway.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** One of the services that are compared, the process it runs in at the moment, and all that was measured on it. */
final class Contender implements AutoCloseable {

    /** Starts the service again and waits for its first answer. */
    @FunctionalInterface
    interface Starter {
        ChildProcess start() throws IOException, InterruptedException;
    }

    private final String name;
    private final Starter starter;
    private final List<Duration> toFirstAnswer = new ArrayList<>();
    private final List<Load> saturated = new ArrayList<>();
    private final List<Load> driven = new ArrayList<>();
    private final Map<ReadCall, List<Load>> reads = new HashMap<>();
    private final List<Double> residentMebibytes = new ArrayList<>();
    private final List<Double> allocatedKibibytes = new ArrayList<>();
    private ChildProcess process;

    Contender(String name, Starter starter) {
        this.name = name;
        this.starter = starter;
    }

    String name() {
        return name;
    }

    /** Ends the process that runs, if any, and starts another. */
    Duration restart() throws IOException, InterruptedException {
        close();
        process = starter.start();
        toFirstAnswer.add(process.toFirstAnswer());
        return process.toFirstAnswer();
    }

    /** Load that only warms up: it enters no figure. */
    Load warmUp(LoadGenerator generator, int calls) throws InterruptedException {
        return generator.warmUp(process, calls);
    }

    Load saturate(LoadGenerator generator, Duration window) throws IOException, InterruptedException {
        return keep(saturated, generator.saturate(process, window));
    }

    Load saturate(LoadGenerator generator, ReadCall read, Duration window) throws InterruptedException {
        var load = generator.saturate(process, read, window);
        reads.computeIfAbsent(read, first -> new ArrayList<>()).add(load);
        return load;
    }

    Load drive(LoadGenerator generator, int callsPerSecond, Duration window) throws IOException, InterruptedException {
        return keep(driven, generator.drive(process, callsPerSecond, window));
    }

    /** Counts what so many calls, one after the other on each connection, allocate. */
    Load countAllocation(LoadGenerator generator, int calls) throws IOException, InterruptedException {
        var before = process.allocatedBytes();
        var load = generator.warmUp(process, calls);
        var after = process.allocatedBytes();
        allocatedKibibytes.add(
                before.isPresent() && after.isPresent()
                        ? (after.getAsDouble() - before.getAsDouble()) / 1024 / load.answered()
                        : Double.NaN);
        return load;
    }

    double[] secondsToFirstAnswer() {
        return toFirstAnswer.stream()
                .mapToDouble(duration -> duration.toNanos() / 1e9)
                .toArray();
    }

    double[] ofSaturated(ToDoubleFunction<Load> figure) {
        return saturated.stream().mapToDouble(figure).toArray();
    }

    double[] ofReads(ReadCall read, ToDoubleFunction<Load> figure) {
        return reads.get(read).stream().mapToDouble(figure).toArray();
    }

    double[] ofDriven(ToDoubleFunction<Load> figure) {
        return driven.stream().mapToDouble(figure).toArray();
    }

    /** At the end of each round; NaN where the platform does not tell. */
    double[] residentMebibytes() {
        return residentMebibytes.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** By call; NaN where the process does not tell. */
    double[] allocatedKibibytes() {
        return allocatedKibibytes.stream().mapToDouble(Double::doubleValue).toArray();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }

    private Load keep(List<Load> loads, Load load) throws IOException {
        loads.add(load);
        residentMebibytes.add(process.residentMebibytes().orElse(Double.NaN));
        return load;
    }
}
