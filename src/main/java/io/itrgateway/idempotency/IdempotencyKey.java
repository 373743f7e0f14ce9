package io.itrgateway.idempotency;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import java.util.List;
import java.util.Optional;

/**
 * The caller's identifier of one call, the same for each repeat. It is never shown, since callers may derive it from a PAN.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07">The Idempotency-Key header
 *     field, draft 07</a>; the quoted form is the string of RFC 8941, section 3.3.3
 */
public final class IdempotencyKey {

    private static final int MOST_CHARS = 255;

    /** What could be taken for an escape, a parameter or a second key if it stood outside of quotes. */
    private static final String NOT_BARE = "\"\\,;";

    private final Secret text;

    private IdempotencyKey(String text) {
        this.text = Secret.of(text);
    }

    /**
     * The key of the header lines, quoted or bare; the two forms of one text are one key. Empty without the header.
     *
     * @throws GatewayException {@link ProblemKind#MALFORMED_REQUEST}, whose detail does not quote the lines
     */
    public static Optional<IdempotencyKey> of(List<String> headerLines) {
        if (headerLines.isEmpty()) {
            return Optional.empty();
        }
        if (headerLines.size() > 1) {
            throw malformed("is there more than once; send one");
        }
        String line = headerLines.get(0).strip();
        String text = line.startsWith("\"") ? unquoted(line) : bare(line);
        if (text.isEmpty()) {
            throw malformed("is empty; it holds 1 to %d characters".formatted(MOST_CHARS));
        }
        if (text.length() > MOST_CHARS) {
            throw malformed("is too long; it holds 1 to %d characters".formatted(MOST_CHARS));
        }
        return Optional.of(new IdempotencyKey(text));
    }

    private static String bare(String line) {
        if (!line.chars().allMatch(c -> c > ' ' && c <= '~' && NOT_BARE.indexOf(c) < 0)) {
            throw malformed(
                    "holds a character that it may not; without quotes these are visible ASCII characters other than"
                            + " quotation marks, backslashes, commas and semicolons");
        }
        return line;
    }

    private static String unquoted(String line) {
        var text = new StringBuilder(line.length());
        for (int i = 1; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                if (i < line.length() - 1) {
                    throw malformed("has something behind its closing quotation mark");
                }
                return text.toString();
            }
            if (c == '\\') {
                c = ++i < line.length() ? line.charAt(i) : 0;
                if (c != '"' && c != '\\') {
                    throw malformed("has a backslash that is not before a quotation mark or a backslash");
                }
            }
            if (c < ' ' || c > '~') {
                throw malformed("holds a character that is not printable ASCII");
            }
            text.append(c);
        }
        throw malformed("has no closing quotation mark");
    }

    private static GatewayException malformed(String how) {
        return GatewayException.of(ProblemKind.MALFORMED_REQUEST, "The header Idempotency-Key " + how + ".");
    }

    Secret text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IdempotencyKey that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
