package io.itrgateway.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * Text that may be used but not shown: a portal password, a portal user name (usually a PAN), a client secret, a token.
 *
 * <p>It has no getter, so a JSON mapper finds nothing to write, and no text form, so a log line, an exception message or a
 * span gets {@value #SHOWN}. To see where secrets leave this type, search for callers of {@link #reveal()}.
 */
public final class Secret {

    /** What stands for every secret wherever text is asked of it. */
    public static final String SHOWN = "***";

    /** Shorter texts are left alone by {@link #hideIn}: replacing every "a" of a message helps nobody. */
    private static final int SHORTEST_HIDDEN_CHARS = 4;

    private final String value;

    private Secret(String value) {
        this.value = Objects.requireNonNull(value);
    }

    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The text itself; called only where a header, a wire body or a digest is made of it. */
    public String reveal() {
        return value;
    }

    /** The given text with every occurrence of this secret replaced by {@value #SHOWN}. */
    public String hideIn(String text) {
        return value.length() < SHORTEST_HIDDEN_CHARS ? text : text.replace(value, SHOWN);
    }

    /** Compares in a time that depends on the lengths only. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), that.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return SHOWN;
    }
}
