package io.itrgateway.transport;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where and how to connect.
 *
 * @param connectTimeout until the connection is open
 * @param answerTimeout from the start of an exchange to the last byte of its answer
 * @param proxy on the way; empty for none
 */
@Singleton
public record ConnectionSettings(
        URI baseUrl, Duration connectTimeout, Duration answerTimeout, Optional<ProxyAddress> proxy)
        implements Settings {

    private static final String BASE_URL = "deepvue.base-url";
    private static final URI PRODUCTION = URI.create("https://production.deepvue.tech");
    private static final String SHOULD_BE =
            "an http or https URL without user, query and fragment, such as https://production.deepvue.tech";
    private static final Pattern UNDERSCORE_IN_HOST = Pattern.compile("^\\s*https?://[^/]*_");
    private static final String SHOULD_BE_A_HOST_NAME = "a URL whose host is made of letters, digits, dots and dashes";
    private static final Pattern PORT = Pattern.compile("^\\s*https?://[^/]+:(\\d+)(?:/|\\s*$)");
    private static final Pattern MAY_HOLD_A_SECRET = Pattern.compile("[@?#]");
    private static final String ALLOW_HTTP = "deepvue.allow-http";
    private static final Pattern API_VERSION = Pattern.compile(".*(/v\\d+)(/(authorize|verification).*)?");

    @Inject
    public ConnectionSettings(DeepvueConfig config, ProxySettings proxies, ConfigurationFaults faults) {
        this(baseUrl(config, faults), config, proxies, faults);
    }

    private ConnectionSettings(URI baseUrl, DeepvueConfig config, ProxySettings proxies, ConfigurationFaults faults) {
        this(
                baseUrl,
                faults.readDuration(
                        "deepvue.connect-timeout",
                        config.connectTimeout(),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(1)),
                faults.readDuration("deepvue.timeout", config.timeout(), Duration.ofMillis(50), Duration.ofMinutes(10)),
                proxies.proxyTo(baseUrl, faults));
    }

    private static Optional<Boolean> trueOrFalse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static URI baseUrl(DeepvueConfig config, ConfigurationFaults faults) {
        String text = config.baseUrl();
        boolean allowsHttp =
                faults.read(ALLOW_HTTP, config.allowHttp(), "true or false", false, ConnectionSettings::trueOrFalse);
        if (MAY_HOLD_A_SECRET.matcher(text).find()) {
            faults.unfit(BASE_URL, "holds a user, a query or a fragment", SHOULD_BE);
            return PRODUCTION;
        }
        String shouldBe = UNDERSCORE_IN_HOST.matcher(text).find()
                ? SHOULD_BE_A_HOST_NAME
                : hasPortOutOfRange(text) ? "a URL whose port is from 1 to 65535" : SHOULD_BE;
        URI url = faults.read(BASE_URL, text, shouldBe, PRODUCTION, ConnectionSettings::usable);
        var version = API_VERSION.matcher(url.getPath());
        if (version.matches()) {
            faults.wrong(
                    BASE_URL,
                    text,
                    "the URL without %s and what follows, such as https://production.deepvue.tech"
                            .formatted(version.group(1)));
        }
        if ("http".equalsIgnoreCase(url.getScheme()) && !Loopback.includes(url.getHost()) && !allowsHttp) {
            faults.wrong(
                    BASE_URL,
                    text,
                    "an https URL: passwords and keys would be sent in the clear, unless DEEPVUE_ALLOW_HTTP=true allows it");
        }
        return url;
    }

    private static boolean hasPortOutOfRange(String text) {
        var port = PORT.matcher(text);
        return port.find() && (port.group(1).length() > 5 || !isPort(Integer.parseInt(port.group(1))));
    }

    static boolean isPort(int number) {
        return number >= 1 && number <= 65_535;
    }

    private static Optional<URI> usable(String text) {
        var url = URI.create(text.replaceFirst("/+$", ""));
        boolean web = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
        boolean port = url.getPort() == -1 || isPort(url.getPort());
        return Optional.of(url)
                .filter(candidate -> web
                        && port
                        && candidate.getHost() != null
                        && !candidate.getRawAuthority().endsWith(":")
                        && !candidate.getRawPath().contains("//"));
    }
}
