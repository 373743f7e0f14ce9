package io.itrgateway.edge;

import io.itrgateway.secret.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The SHA-256 digest of a key: what is configured of it, and all that is known of it here. */
public final class KeyDigest {

    /** What a digest should be, for the operator. */
    public static final String SHOULD_BE = "64 hexadecimal digits, such as printf %s \"$KEY\" | sha256sum prints";

    /** The same where it is the digest of nothing, as that command prints it where {@code KEY} is not set. */
    public static final String SHOULD_BE_OF_A_KEY =
            "the digest of a key, such as printf %s \"$KEY\" | sha256sum prints where KEY is set";

    /** With what sha256sum prints behind it. */
    private static final Pattern SHA256_HEX = Pattern.compile("([0-9a-fA-F]{64})(?:\\s+[*]?-)?");

    private final byte[] digest;

    private KeyDigest(byte[] digest) {
        this.digest = digest;
    }

    /** @return empty if the text is none */
    public static Optional<KeyDigest> parse(String hex) {
        return Optional.of(SHA256_HEX.matcher(hex))
                .filter(Matcher::matches)
                .map(digest -> new KeyDigest(HexFormat.of().parseHex(digest.group(1))));
    }

    /** @param field a key as a header field, of which Vert.x makes one character of each byte that came (ISO 8859-1) */
    static KeyDigest ofHeader(String field) {
        return of(field.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** @param key as it came, in whatever encoding */
    public static KeyDigest of(byte[] key) {
        return new KeyDigest(Sha256.start().digest(key));
    }

    /**
     * Whether it is the digest of no key at all, with which an empty key would be accepted; or of a line break alone, as {@code echo} prints
     * where the variable is not set.
     */
    public boolean isOfNothing() {
        return Stream.of("", "\n", "\r\n").anyMatch(nothing -> equals(ofHeader(nothing)));
    }

    /** Takes the same time wherever they differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof KeyDigest that && MessageDigest.isEqual(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }
}
