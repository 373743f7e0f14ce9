package io.itrgateway.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Decides which values of settings messages may quote. A secret may have been given in place of any of them, so that only what has the form of a
 * number, a time, a word, an address or a path is quoted; of anything else the length is all that is said.
 */
public final class ShownValue {

    private static final int LONGEST_CHARS = 120;

    private static final String WORD = "(?:[A-Z]?[a-z]{1,12}|[A-Z]{1,12})";
    private static final String NUMBER =
            "[-+]?[0-9]{1,13}(?:(?: ?[-.,_/:] ?| )[0-9]{1,7}){0,3}(?:[eE][-+]?[0-9]{1,3}| ?[A-Za-z%]{0,3}| [a-z]{1,12})";
    private static final String NAME = "[a-z0-9]{1,15}(?:[-_][a-z0-9]{1,15}){0,3}";
    private static final String SEGMENTS = "(?:/(?:[a-z0-9]{1,15}(?:[-_.][a-z0-9]{1,15}){0,3}|[*]))";

    /** None of them matches a long run of letters and digits. */
    private static final List<Pattern> FORMS = List.of(
            Pattern.compile(WORD),
            Pattern.compile(NUMBER),
            // A time as Java writes it: PT1M30S.
            Pattern.compile("-?P(?:[0-9]{1,9}D)?(?:T(?:[0-9.]{1,9}[HMS]){1,3})?"),
            // And as people do: 1m30s.
            Pattern.compile("(?:[0-9]{1,6} ?(?:d|h|m|min|s|sec|ms) ?){2,4}"),
            // What belongs to a name: acme:5/100/2000, acme=3, and localhost:8080.
            Pattern.compile("(?:oidc(?:-client)?:)?[A-Za-z0-9]{1,12}(?:[._-][A-Za-z0-9]{1,12}){0,3} ?[:=] ?%s"
                    .formatted(NUMBER)),
            // Addresses and networks: 10.0.0.0/8.
            Pattern.compile("[0-9]{1,3}(?:[.][0-9]{1,3}){3}(?::[0-9]{1,5})?(?:/[0-9]{1,3})?"),
            // URLs and hosts without a user and without a query.
            Pattern.compile(
                    "[a-z]{2,8}:?/{1,3}%1$s(?:[.]%1$s){0,5}(?::[0-9]{1,5})?%2$s{0,6}/*".formatted(NAME, SEGMENTS)),
            Pattern.compile("(?:%s[.]){2,5}[a-z]{2,12}(?::[0-9]{1,5})?%s{0,6}/*".formatted(NAME, SEGMENTS)),
            // Files, and relayed operations: reads:GET /v1/verification/ifsc/*.
            Pattern.compile("(?:[.]{1,2}/)?(?:%1$s/){0,6}%1$s[.](?:properties|ya?ml|json|log|txt|pem|crt|key|p12)"
                    .formatted(NAME)),
            Pattern.compile("(?:[a-z]{1,8}:)?(?:%s )?%s{1,8}".formatted(WORD, SEGMENTS)),
            // Protocols and cipher suites.
            Pattern.compile("(?:TLS|SSL|DTLS|AES|CHACHA20|ECDHE|DHE|DH|RSA|DES|RC4)(?:[-_]?v?[A-Z0-9.]{0,9}){0,9}"));

    /** Left by a shell or an editor. */
    static final Pattern BEFORE_A_NAME = Pattern.compile("^(?:[\"'\\s]|export\\s)+");

    /**
     * A name and what stands behind it: a character that no name has, such as the no-break space or the wide {@code =} of a page from which a line was copied,
     * and a value. Profiles at the beginning may be separated by commas, and a part in quotation marks may hold any character.
     */
    private static final Pattern NAME_AND_MORE = Pattern.compile(
            "^((?:%[\\p{L}\\p{N}_,-]+\\.)?+(?:\\.\"[^\"]+\"(?=\\.)|\\.|[\\p{L}\\p{N}_%$\"'\\[\\]-]++)*+)"
                    + "[^\\p{L}\\p{N}_.%$\"'\\[\\]-]\\s*\\S.*",
            Pattern.DOTALL);

    private static final Pattern LOOK_ALIKE = Pattern.compile("[[\\p{Cf}\\p{Z}\\p{Pd}\\p{Pi}\\p{Pf}]&&[^\\x00-\\x7F]]");

    private ShownValue() {}

    /** The value in quotation marks, on one line, or how long it is. */
    public static String of(String value) {
        return mayBeShown(value)
                ? "\"%s\"".formatted(oneLine(value))
                : "a text of %d characters%s (not shown, since it may be a secret)"
                        .formatted(value.length(), lookAlike(value));
    }

    /** The first character that only looks like one of those that are typed, or is not seen at all, since the value does not show it. */
    private static String lookAlike(String value) {
        return LOOK_ALIKE
                .matcher(value)
                .results()
                .findFirst()
                .map(found -> ", number %d of which is U+%04X"
                        .formatted(found.start() + 1, found.group().codePointAt(0)))
                .orElse("");
    }

    private static boolean mayBeShown(String value) {
        return value.length() <= LONGEST_CHARS
                && (isPath(value) || Entries.of(value).stream().allMatch(ShownValue::hasForm));
    }

    private static boolean hasForm(String text) {
        return text.isEmpty()
                || FORMS.stream().anyMatch(form -> form.matcher(text).matches());
    }

    /** Whether a text can be nothing but a path: a secret that stands in place of one does not begin with a directory of this machine. */
    static boolean isPath(String text) {
        try {
            Path path = Path.of(text.strip());
            return path.isAbsolute()
                    && path.getNameCount() > 0
                    && Files.isDirectory(path.getRoot().resolve(path.getName(0)));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** A text without control characters. */
    static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /** A name on one line and not endless, without what stands behind it, which may be a secret. */
    public static String ofName(String name) {
        String rest = BEFORE_A_NAME.matcher(name).replaceFirst("");
        String before = name.substring(0, name.length() - rest.length());
        String oneLine = oneLine(before + NAME_AND_MORE.matcher(rest).replaceFirst("$1…"));
        return oneLine.length() <= LONGEST_CHARS ? oneLine : oneLine.substring(0, LONGEST_CHARS) + "…";
    }
}
