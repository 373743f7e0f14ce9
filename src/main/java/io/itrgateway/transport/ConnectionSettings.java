package io.itrgateway.transport;

import io.itrgateway.problem.ConfigurationFaults;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where and how to connect.
 *
 * @param connectTimeout until the connection is open
 * @param answerTimeout from the start of an exchange to the last byte of its answer
 */
public record ConnectionSettings(URI baseUrl, Duration connectTimeout, Duration answerTimeout) {

    private static final String BASE_URL = "deepvue.base-url";
    private static final URI PRODUCTION = URI.create("https://production.deepvue.tech");
    private static final String SHOULD_BE =
            "an http or https URL without user, query and fragment, such as https://production.deepvue.tech";
    private static final Pattern MAY_HOLD_A_SECRET = Pattern.compile("[@?#]");

    public static ConnectionSettings from(DeepvueConfig config, ConfigurationFaults faults) {
        var baseUrl = baseUrl(config.baseUrl(), faults);
        var connect = faults.readDuration(
                "deepvue.connect-timeout", config.connectTimeout(), Duration.ofMillis(10), Duration.ofMinutes(1));
        var answer =
                faults.readDuration("deepvue.timeout", config.timeout(), Duration.ofMillis(50), Duration.ofMinutes(10));
        return new ConnectionSettings(baseUrl, connect, answer);
    }

    private static URI baseUrl(String text, ConfigurationFaults faults) {
        if (MAY_HOLD_A_SECRET.matcher(text).find()) {
            faults.unfit(BASE_URL, "holds a user, a query or a fragment", SHOULD_BE);
            return PRODUCTION;
        }
        return faults.read(BASE_URL, text, SHOULD_BE, PRODUCTION, ConnectionSettings::usable);
    }

    private static Optional<URI> usable(String text) {
        var url = URI.create(text.replaceFirst("/+$", ""));
        boolean web = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
        boolean port = url.getPort() == -1 || url.getPort() >= 1 && url.getPort() <= 65_535;
        return Optional.of(url).filter(candidate -> web && port && candidate.getHost() != null);
    }
}
