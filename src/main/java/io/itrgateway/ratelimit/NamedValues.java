package io.itrgateway.ratelimit;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Entries;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads settings of single callers: a list of {@code name:value}, each name once. */
final class NamedValues {

    /** A configured name, or the identity of a token. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}|oidc(?:-client)?:[^,;\\s]{1,255}");

    private NamedValues() {}

    /**
     * @param shouldBe the form of the list, in words
     * @param value empty for a text that is none
     */
    static <T> Map<String, T> read(
            String property,
            Optional<String> list,
            String shouldBe,
            Function<String, Optional<T>> value,
            ConfigurationFaults faults) {
        return list.map(text ->
                        faults.read(property, text, shouldBe, Map.<String, T>of(), entries -> parse(entries, value)))
                .orElse(Map.of());
    }

    private static <T> Optional<Map<String, T>> parse(String text, Function<String, Optional<T>> value) {
        Map<String, T> values = new HashMap<>();
        for (String entry : Entries.of(text)) {
            if (entry.isBlank()) {
                continue;
            }
            // The last colon: the name of a caller with a token has one of its own.
            int colon = entry.lastIndexOf(':');
            String name = colon < 0 ? "" : entry.substring(0, colon).strip();
            var parsed = value.apply(entry.substring(colon + 1).strip());
            if (!NAME.matcher(name).matches() || parsed.isEmpty() || values.put(name, parsed.get()) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(Map.copyOf(values));
    }
}
