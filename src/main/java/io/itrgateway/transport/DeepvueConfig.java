package io.itrgateway.transport;

import io.itrgateway.config.AnyText;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The keys of the connection to Deepvue, as text; {@link Account} and {@link ConnectionSettings} judge them. */
@ConfigMapping(prefix = "deepvue")
public interface DeepvueConfig {

    /** Where Deepvue is: http or https, host, port if it is not the scheme's own. In dev and test the sandbox. */
    @WithDefault("https://production.deepvue.tech")
    @WithConverter(AnyText.class)
    String baseUrl();

    /** Whether {@link #baseUrl()} may be plain http towards another host: {@code true} or {@code false}. */
    @WithDefault("false")
    @WithConverter(AnyText.class)
    String allowHttp();

    /** The account's id; required in production. */
    Optional<String> clientId();

    /** The account's secret, which is also its {@code x-api-key}; required in production, never shown. */
    Optional<String> clientSecret();

    /** How the fields of authorize are sent: {@code form} (urlencoded) or {@code multipart}. */
    @WithDefault("form")
    @WithConverter(AnyText.class)
    String authorizeEncoding();

    /** Longest time until a connection is open, TLS included; 10 ms to 1 min. */
    @WithDefault("2s")
    @WithConverter(AnyText.class)
    String connectTimeout();

    /** Longest time from the start of a call to the last byte of its answer; 50 ms to 10 min. */
    @WithDefault("30s")
    @WithConverter(AnyText.class)
    String timeout();
}
