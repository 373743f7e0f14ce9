package io.itrgateway.transport;

import io.itrgateway.problem.ConfigurationFaults;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Where and how to connect.
 *
 * @param connectTimeout until the connection is open
 * @param answerTimeout from the start of an exchange to the last byte of its answer
 */
public record ConnectionSettings(URI baseUrl, Duration connectTimeout, Duration answerTimeout) {

    public static ConnectionSettings from(DeepvueConfig config, ConfigurationFaults faults) {
        var baseUrl = faults.read(
                "deepvue.base-url",
                config.baseUrl(),
                "an http or https URL without user, query and fragment, such as https://production.deepvue.tech",
                URI.create("https://production.deepvue.tech"),
                ConnectionSettings::usable);
        var connect = faults.readDuration(
                "deepvue.connect-timeout", config.connectTimeout(), Duration.ofMillis(10), Duration.ofMinutes(1));
        var answer =
                faults.readDuration("deepvue.timeout", config.timeout(), Duration.ofMillis(50), Duration.ofMinutes(10));
        return new ConnectionSettings(baseUrl, connect, answer);
    }

    private static Optional<URI> usable(String text) {
        var url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
        return Optional.of(url)
                .filter(candidate -> web
                        && candidate.getHost() != null
                        && candidate.getUserInfo() == null
                        && candidate.getQuery() == null
                        && candidate.getFragment() == null);
    }
}
