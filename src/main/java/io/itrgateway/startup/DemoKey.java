package io.itrgateway.startup;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The key of the sandbox, which is printed in the documentation and in {@code docker/compose.yaml}: not for a service in front of Deepvue itself. */
final class DemoKey {

    private static final String KEY = "demo";
    private static final String DEEPVUE = "deepvue.tech";

    private DemoKey() {}

    /**
     * @param callerOf the name of the caller with a key
     * @param baseUrl of Deepvue; null if it is not set
     */
    static List<String> warnings(Function<String, Optional<String>> callerOf, String baseUrl) {
        return callerOf.apply(KEY).isPresent() && isDeepvues(baseUrl)
                ? List.of(
                        "GATEWAY_API_KEYS accepts the key of the sandbox, demo, which is public: anyone who reaches this service can call"
                                + " Deepvue with its account")
                : List.of();
    }

    private static boolean isDeepvues(String baseUrl) {
        try {
            String host = baseUrl == null ? null : URI.create(baseUrl.strip()).getHost();
            return host != null && ("." + host.toLowerCase(Locale.ROOT)).endsWith("." + DEEPVUE);
        } catch (IllegalArgumentException notAUrl) {
            return false; // a fault of its own
        }
    }
}
