package io.itrgateway.edge;

import io.itrgateway.problem.ConfigurationFaults;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The callers that are known by a key: their names, and the SHA-256 digests of their keys. */
public final class CallerKeys {

    static final String PROPERTY = "gateway.api-keys";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern SHA256_HEX = Pattern.compile("[0-9a-fA-F]{64}");

    private record Entry(String name, byte[] digest) {}

    private final List<Entry> entries;

    private CallerKeys(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * Reads {@code GATEWAY_API_KEYS}; entries that are wrong are noted, by number since a key may stand where the name should, and
     * left out. A name may have several keys.
     */
    public static CallerKeys from(EdgeConfig config, ConfigurationFaults faults) {
        List<Entry> entries = new ArrayList<>();
        var digests = new HashSet<String>();
        int number = 0;
        for (String text : config.apiKeys().map(String::strip).orElse("").split(",")) {
            number++;
            if (text.isBlank()) {
                continue;
            }
            String[] parts = text.strip().split(":", -1);
            if (parts.length != 2 || !NAME.matcher(parts[0]).matches()) {
                faults.unfit(
                        PROPERTY,
                        "has an entry, number %d, without a proper name".formatted(number),
                        "name:sha256-hex, with a name of letters, digits, dots, dashes and underscores, at most 64");
            } else if (!SHA256_HEX.matcher(parts[1]).matches()) {
                faults.unfit(
                        PROPERTY,
                        "has an entry, number %d, without a SHA-256 digest".formatted(number),
                        "64 hexadecimal digits, such as printf %s \"$KEY\" | sha256sum prints");
            } else if (HexFormat.of().formatHex(sha256("")).equalsIgnoreCase(parts[1])) {
                faults.unfit(
                        PROPERTY,
                        "has an entry, number %d, with the digest of no key at all".formatted(number),
                        "the digest of a key, such as printf %s \"$KEY\" | sha256sum prints where KEY is set");
            } else if (!digests.add(parts[1].toLowerCase(Locale.ROOT))) {
                faults.unfit(
                        PROPERTY,
                        "has an entry, number %d, whose digest stands there already".formatted(number),
                        "a key of its own for each entry");
            } else {
                entries.add(new Entry(parts[0], HexFormat.of().parseHex(parts[1])));
            }
        }
        return new CallerKeys(entries);
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The name of the caller with that key. Takes the same time for every key: no entry is skipped, none compared in part. */
    public Optional<String> nameOf(String key) {
        byte[] presented = sha256(key);
        String name = null;
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.digest, presented)) {
                name = entry.name;
            }
        }
        return Optional.ofNullable(name);
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
