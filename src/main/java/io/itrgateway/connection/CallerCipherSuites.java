package io.itrgateway.connection;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import java.util.List;

/**
 * The cipher suites offered to callers where an operator sets none: those with forward secrecy and authenticated encryption. The JDK's own
 * default has CBC and RSA key exchange, too.
 *
 * <p>An interceptor, since the name of the property depends on that of the TLS configuration, and a configuration source that names it would
 * make an empty TLS configuration of a name that an operator misspelt.
 */
@Priority(Priorities.LIBRARY)
public final class CallerCipherSuites implements ConfigSourceInterceptor {

    private static final long serialVersionUID = 1;

    private static final List<String> SUITES = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    private static final String NAME_OF_CONFIGURATION = "quarkus.http.tls-configuration-name";
    private static final String WITHOUT_REGISTRY = "quarkus.http.ssl.cipher-suites";
    private static final String REGISTRY = "quarkus.tls.";
    private static final String SUFFIX = ".cipher-suites";

    @Override
    public ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        if (!name.endsWith(SUFFIX) || isSet(value) || !isTowardsCallers(context, name)) {
            return value;
        }
        return ConfigValue.builder()
                .withName(name)
                .withValue(String.join(",", SUITES))
                .withRawValue(String.join(",", SUITES))
                .withConfigSourceName(CallerCipherSuites.class.getSimpleName())
                .build();
    }

    private static boolean isTowardsCallers(ConfigSourceInterceptorContext context, String name) {
        if (name.equals(WITHOUT_REGISTRY)) {
            return true;
        }
        ConfigValue configuration = context.proceed(NAME_OF_CONFIGURATION);
        String named = isSet(configuration) ? configuration.getValue() : "";
        return name.equals(REGISTRY + named + SUFFIX)
                || name.equals(REGISTRY + '"' + named + '"' + SUFFIX)
                || named.isEmpty() && name.equals(REGISTRY + SUFFIX.substring(1));
    }

    private static boolean isSet(ConfigValue value) {
        return value != null && value.getValue() != null && !value.getValue().isBlank();
    }
}
