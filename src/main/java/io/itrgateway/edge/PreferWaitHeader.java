package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How long the caller will wait in all, from {@code Prefer: wait=N} (RFC 7240, whole seconds).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7240#section-4.3">RFC 7240, the wait preference</a>
 */
public final class PreferWaitHeader {

    private static final Pattern SECONDS = Pattern.compile("([0-9]{1,9})|\"([0-9]{1,9})\"");

    private PreferWaitHeader() {}

    /**
     * The wait that the header lines ask for; the first one counts, as the RFC says. Other preferences are ignored.
     *
     * @throws GatewayException {@link ProblemKind#MALFORMED_REQUEST} for a wait that is no whole number of seconds
     */
    public static Optional<Duration> of(List<String> preferLines) {
        for (String line : preferLines) {
            for (String preference : FieldValue.split(line, ',')) {
                String[] nameAndValue = FieldValue.split(preference, ';').get(0).split("=", 2);
                if (nameAndValue[0].strip().equalsIgnoreCase("wait")) {
                    return Optional.of(seconds(nameAndValue.length == 2 ? nameAndValue[1].strip() : ""));
                }
            }
        }
        return Optional.empty();
    }

    private static Duration seconds(String value) {
        var matcher = SECONDS.matcher(value);
        if (!matcher.matches()) {
            throw GatewayException.of(
                    ProblemKind.MALFORMED_REQUEST,
                    "The header Prefer has a wait that is not a whole number of seconds.");
        }
        return Duration.ofSeconds(Long.parseLong(matcher.group(1) == null ? matcher.group(2) : matcher.group(1)));
    }
}
