package io.itrgateway.startup;

import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.Variables;
import io.itrgateway.connection.InboundLimits;
import io.itrgateway.idempotency.IdempotencySettings;
import io.itrgateway.operation.RelaySettings;
import io.itrgateway.operation.RelayedOperations;
import io.itrgateway.transport.GuardSettings;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

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
    List<String> warnings(Config config) {
        long heapBytes = Runtime.getRuntime().maxMemory();
        return Stream.concat(warnings(heapBytes, limits).stream(), connections(heapBytes, config).stream())
                .toList();
    }

    /** A number of connections that an operator has set and the heap does not allow. */
    static Optional<String> connections(long heapBytes, Config config) {
        var set = config.getConfigValue(InboundLimits.MAX_CONNECTIONS);
        long most = InboundLimits.mostConnections(heapBytes);
        return config.getOptionalValue(InboundLimits.MAX_CONNECTIONS, Integer.class)
                .filter(number -> number > most && GivenSettings.isOfOperators(set.getSourceOrdinal()))
                .map(number -> "%s is %d, but a heap of %d MiB allows %d connections; %s"
                        .formatted(
                                Variables.nameOf(InboundLimits.MAX_CONNECTIONS),
                                number,
                                heapBytes / MIB,
                                most,
                                REMEDY));
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
