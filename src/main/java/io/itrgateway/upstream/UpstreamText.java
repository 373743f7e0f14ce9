package io.itrgateway.upstream;

import io.itrgateway.secret.Secret;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Text of the upstream as it may be shown to a caller or logged: without what was sent, on one line, and not endless. */
record UpstreamText(List<Secret> sent, boolean mayQuoteTheUnknown) {

    private static final int LONGEST_CHARS = 500;

    /** Texts of Deepvue's documentation: they are the same for every request. */
    private static final Set<String> DOCUMENTED =
            Set.of("Bad Request", "Not Found", "Unprocessable Entity", "Invalid Pan pattern", "Source Unavailable");

    /** The ids of Deepvue's documentation: longer than anything that identifies a person. */
    private static final Pattern DOCUMENTED_ID =
            Pattern.compile("(?:[a-z]{2,8}_)?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}");

    /** For a request all of whose values are known. */
    UpstreamText(List<Secret> sent) {
        this(sent, false);
    }

    /** For a request whose secrets are not known: shows only texts that cannot quote a part of it. */
    static UpstreamText ofUnknownRequest() {
        return new UpstreamText(List.of(), true);
    }

    /** A sentence about the request; empty if it may quote what must not be shown. */
    Optional<String> sentence(String text) {
        return mayQuoteTheUnknown && !DOCUMENTED.contains(text) ? Optional.empty() : Optional.of(shown(text));
    }

    /** An id of Deepvue's; empty if it may be something else. */
    Optional<String> id(String text) {
        return mayQuoteTheUnknown && !DOCUMENTED_ID.matcher(text).matches()
                ? Optional.empty()
                : Optional.of(shown(text));
    }

    String shown(String text) {
        return shown(text, LONGEST_CHARS);
    }

    String shown(String text, int mostChars) {
        String hidden = Secret.hide(sent, text);
        if (hidden.length() <= mostChars && isPlain(hidden)) {
            return hidden;
        }
        StringBuilder printable = new StringBuilder(Math.min(hidden.length(), mostChars));
        hidden.codePoints()
                .limit(mostChars)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? ' ' : c)
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
