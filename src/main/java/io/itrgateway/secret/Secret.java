package io.itrgateway.secret;

import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Text that may be used but not shown: a portal password, a portal user name (usually a PAN), a client secret, a token.
 *
 * <p>It has no getter, so a JSON mapper finds nothing to write, and no text form, so a log line, an exception message or a
 * span gets {@value #SHOWN}. To see where secrets leave this type, search for callers of {@link #reveal()}.
 */
public final class Secret {

    /** What stands for every secret wherever text is asked of it. */
    public static final String SHOWN = "***";

    /** Shorter texts are not replaced by {@link #hide}: it would replace every "a" of a message. */
    private static final int SHORTEST_HIDDEN_CHARS = 4;

    private static final Comparator<Secret> LONGEST_FIRST =
            Comparator.comparing((Secret secret) -> secret.value.length()).reversed();

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

    /**
     * The given text with every occurrence of one of the secrets replaced by {@value #SHOWN}, in capitals or not. Longer secrets
     * go first, so that one which contains another leaves no rest.
     */
    public static String hide(Collection<Secret> secrets, String text) {
        if (!mayHoldOneOf(secrets, text)) {
            return text;
        }
        String hidden = text;
        for (Secret secret : secrets.stream().sorted(LONGEST_FIRST).toList()) {
            hidden = secret.hideIn(hidden);
        }
        return hidden;
    }

    /** Spares the sorting and the patterns for the texts that come with every call. */
    private static boolean mayHoldOneOf(Collection<Secret> secrets, String text) {
        for (Secret secret : secrets) {
            if (secret.mayBeIn(text)) {
                return true;
            }
        }
        return false;
    }

    private String hideIn(String text) {
        return !mayBeIn(text)
                ? text
                : Pattern.compile(value, Pattern.LITERAL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                        .matcher(text)
                        .replaceAll(SHOWN);
    }

    /** Spares the pattern, which takes long to make, for the texts that come with every call: short, ASCII, and without a secret. */
    private boolean mayBeIn(String text) {
        if (value.length() < SHORTEST_HIDDEN_CHARS) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > '~' || text.regionMatches(true, i, value, 0, value.length())) {
                return true;
            }
        }
        return false;
    }

    /** Compares in a time that depends on the lengths only. */
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Secret that) || value.length() != that.value.length()) {
            return false;
        }
        int difference = 0;
        for (int i = 0; i < value.length(); i++) {
            difference |= value.charAt(i) ^ that.value.charAt(i);
        }
        return difference == 0;
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
