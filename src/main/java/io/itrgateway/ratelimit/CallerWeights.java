package io.itrgateway.ratelimit;

import io.itrgateway.config.ConfigurationFaults;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** How many turns single callers have for each one of the others, by name. */
final class CallerWeights {

    private static final String SHAPE =
            "name:weight, comma-separated, each name once, weights from 1 to 100, such as acme:3 (1 is that of all others)";

    private static final Pattern WEIGHT = Pattern.compile("[1-9][0-9]?|100");

    private CallerWeights() {}

    static Map<String, Integer> from(Optional<String> list, ConfigurationFaults faults) {
        return list.map(text -> faults.read(
                        "gateway.caller-weights",
                        text,
                        SHAPE,
                        Map.<String, Integer>of(),
                        entries -> NamedValues.parse(entries, CallerWeights::weight)))
                .orElse(Map.of());
    }

    private static Optional<Integer> weight(String text) {
        return Optional.of(text)
                .filter(digits -> WEIGHT.matcher(digits).matches())
                .map(Integer::valueOf);
    }
}
