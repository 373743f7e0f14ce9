package io.itrgateway.ops;

import io.itrgateway.config.Variables;
import io.itrgateway.idempotency.IdempotencySettings;
import io.itrgateway.operation.RelaySettings;
import io.itrgateway.operation.RelayedOperations;
import io.itrgateway.transport.GuardSettings;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Judges the settings that bound memory by the heap there is: each is enforced by itself, whatever the others are, and a process whose heap is
 * full ends.
 */
@Singleton
class MemoryLimits {

    private static final long MIB = 1024 * 1024;

    private static final String REMEDY = "lower it, or give the process a larger heap (-Xmx)";

    private final Map<String, Long> limits = new TreeMap<>();

    MemoryLimits(
            GuardSettings upstream, IdempotencySettings idempotency, RelaySettings relay, RelayedOperations relayed) {
        limits.put("gateway.idempotency-memory", idempotency.memoryBytes());
        limits.put("gateway.max-answer-bytes", upstream.maxAnswerBytes());
        if (!relayed.isEmpty()) {
            limits.put("gateway.relay-memory", relay.memoryBytes());
        }
    }

    /** What is more than there is, a line each. */
    List<String> warnings() {
        return warnings(Runtime.getRuntime().maxMemory(), limits);
    }

    /**
     * @param heapBytes the largest heap
     * @param limits bytes by property
     */
    static List<String> warnings(long heapBytes, Map<String, Long> limits) {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(limits).forEach((property, bytes) -> {
            if (bytes > heapBytes) {
                lines.add("%s allows %d MiB, more than the heap of %d MiB has; %s"
                        .formatted(Variables.nameOf(property), bytes / MIB, heapBytes / MIB, REMEDY));
            }
        });
        long sum = limits.values().stream().mapToLong(bytes -> bytes).sum();
        if (lines.isEmpty() && sum > heapBytes - heapBytes / 4) {
            lines.add("%s together allow %d MiB, more than three quarters of the heap of %d MiB; %s"
                    .formatted(
                            limits.keySet().stream()
                                    .map(Variables::nameOf)
                                    .sorted()
                                    .collect(Collectors.joining(", ")),
                            sum / MIB,
                            heapBytes / MIB,
                            REMEDY.replace("it,", "them,")));
        }
        return List.copyOf(lines);
    }
}
