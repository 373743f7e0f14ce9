package io.itrgateway.edge;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Entries;
import io.itrgateway.config.Settings;
import io.smallrye.config.ConfigMapping;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The callers that are known by a key: their names, and the SHA-256 digests of their keys. */
@Singleton
public final class CallerKeys implements Settings {

    /** The keys of the edge, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /**
         * Who may call: comma-separated {@code name:sha256-hex}, where the digest is that of the key the caller sends in
         * {@code x-api-key}. Without it, and without OIDC, the service does not start in production.
         */
        Optional<String> apiKeys();
    }

    public static final String PROPERTY = "gateway.api-keys";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private record Entry(String name, KeyDigest digest) {}

    private final boolean isSet;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * Reads {@code GATEWAY_API_KEYS}; entries that are wrong are noted, by number since a key may stand where the name should, and
     * left out. A name may have several keys.
     */
    CallerKeys(Config config, ConfigurationFaults faults) {
        isSet = config.apiKeys().isPresent();
        Map<KeyDigest, Integer> numbers = new HashMap<>();
        int number = 0;
        for (String text : Entries.of(config.apiKeys().orElse(""))) {
            number++;
            if (text.isBlank()) {
                continue;
            }
            String[] parts = text.strip().split("\\s*:\\s*", -1);
            Optional<KeyDigest> digest = KeyDigest.parse(parts[parts.length - 1]);
            if (parts.length != 2) {
                faults.unfit(
                        PROPERTY,
                        "has an entry, number %d, with %s"
                                .formatted(number, parts.length == 1 ? "no colon" : "more than one colon"),
                        "name:sha256-hex; entries are separated by commas");
            } else if (!NAME.matcher(parts[0]).matches()) {
                faults.unfit(
                        PROPERTY,
                        "has an entry, number %d, without a proper name".formatted(number),
                        "name:sha256-hex, with a name of letters, digits, dots, dashes and underscores, at most 64; entries are separated by commas");
            } else if (digest.isEmpty()) {
                faults.unfit(
                        PROPERTY,
                        "has an entry, number %d, without a SHA-256 digest".formatted(number),
                        KeyDigest.SHOULD_BE);
            } else if (digest.get().isOfNothing()) {
                faults.unfit(
                        PROPERTY,
                        "has an entry, number %d, with the digest of no key at all".formatted(number),
                        KeyDigest.SHOULD_BE_OF_A_KEY);
            } else if (numbers.putIfAbsent(digest.get(), number) != null) {
                faults.unfit(
                        PROPERTY,
                        "has an entry, number %d, that repeats the key of number %d"
                                .formatted(number, numbers.get(digest.get())),
                        "another key for each entry");
            } else {
                entries.add(new Entry(parts[0], digest.get()));
            }
        }
    }

    /** Whether there is a list, with callers or without. */
    public boolean isSet() {
        return isSet;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    public boolean names(String caller) {
        return entries.stream().anyMatch(entry -> entry.name.equals(caller));
    }

    /** Whether a caller has the key of that digest. For settings only: how long it takes depends on the digest. */
    public boolean has(KeyDigest digest) {
        return entries.stream().anyMatch(entry -> entry.digest.equals(digest));
    }

    /** The name of the caller with that key, as it came in its header. Takes the same time for every key: no entry is skipped, none compared in part. */
    public Optional<String> nameOf(String key) {
        KeyDigest presented = KeyDigest.ofHeader(key);
        String name = null;
        for (Entry entry : entries) {
            if (entry.digest.equals(presented)) {
                name = entry.name;
            }
        }
        return Optional.ofNullable(name);
    }
}
