package io.itrgateway.transport;

import io.itrgateway.config.ConfigurationFaults;
import java.util.Optional;

/** The keys of the connection as an operator set them; {@link #GOOD} has nothing wrong. */
record DeepvueKeys(
        String baseUrl,
        String allowHttp,
        Optional<String> clientId,
        Optional<String> clientSecret,
        String authorizeEncoding,
        String connectTimeout,
        String timeout)
        implements DeepvueConfig {

    static final DeepvueKeys GOOD = new DeepvueKeys(
            "https://production.deepvue.tech",
            "false",
            Optional.of("client-4711"),
            Optional.of("s3cret-of-the-account"),
            "form",
            "2s",
            "30s");

    /** What they come to without a proxy. */
    ConnectionSettings connection(ConfigurationFaults faults) {
        return new ConnectionSettings(
                this, new ProxySettings(name -> Optional.empty(), name -> Optional.empty()), faults);
    }

    DeepvueKeys withBaseUrl(String text) {
        return new DeepvueKeys(text, allowHttp, clientId, clientSecret, authorizeEncoding, connectTimeout, timeout);
    }

    DeepvueKeys withAccount(String id, String secret) {
        return new DeepvueKeys(
                baseUrl,
                allowHttp,
                Optional.ofNullable(id),
                Optional.ofNullable(secret),
                authorizeEncoding,
                connectTimeout,
                timeout);
    }

    DeepvueKeys withTimeouts(String connect, String answer) {
        return new DeepvueKeys(baseUrl, allowHttp, clientId, clientSecret, authorizeEncoding, connect, answer);
    }

    DeepvueKeys withAllowHttp(String allowed) {
        return new DeepvueKeys(baseUrl, allowed, clientId, clientSecret, authorizeEncoding, connectTimeout, timeout);
    }
}
