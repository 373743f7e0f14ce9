package io.itrgateway.startup;

import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.ShownValue;
import io.itrgateway.config.Variables;
import io.smallrye.config.SmallRyeConfig;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Names settings about scripts in browsers that let no script call. Quarkus takes them without a line in the log. */
final class CorsOrigins {

    private static final String ENABLED = "quarkus.http.cors.enabled";
    private static final String ORIGINS = "quarkus.http.cors.origins";
    private static final String EXPOSED_HEADERS = "quarkus.http.cors.exposed-headers";

    /** As browsers send it, without the port that belongs to the scheme; or what Quarkus takes for a regular expression. */
    private static final Pattern ORIGIN = Pattern.compile(
            "null|/.*/|(?!http://.*:80$|https://.*:443$)[a-z][a-z0-9+.-]*://(?:[^/?#@\\sA-Z*:\\[]+|\\[[0-9a-f:.]+])(?::[0-9]{1,5})?");

    private CorsOrigins() {}

    /** A line each. */
    static List<String> warnings(SmallRyeConfig config) {
        if (!GivenSettings.isTrue(String.valueOf(config.getConfigValue(ENABLED).getValue()))) {
            return Stream.of(ORIGINS, EXPOSED_HEADERS)
                    .filter(property ->
                            config.getOptionalValue(property, String.class).isPresent())
                    .map(property -> "%s has no effect, since %s is not true"
                            .formatted(Variables.nameOf(property), Variables.nameOf(ENABLED)))
                    .toList();
        }
        List<String> origins = config.getOptionalValues(ORIGINS, String.class).orElse(List.of()).stream()
                .map(String::strip) // as Quarkus does
                .toList();
        if (origins.isEmpty()) {
            return List.of("%s is true, and %s is not set: scripts of all other origins get 403"
                    .formatted(Variables.nameOf(ENABLED), Variables.nameOf(ORIGINS)));
        }
        return origins.stream()
                .filter(origin -> !(origins.size() == 1 && origin.equals("*")))
                .filter(origin -> !ORIGIN.matcher(origin).matches())
                .map(origin ->
                        "%s lists %s, which is no origin that a browser sends; it should be scheme://host, with a port if it is not that of the scheme, in small letters, or a regular expression between slashes"
                                .formatted(Variables.nameOf(ORIGINS), ShownValue.of(origin)))
                .toList();
    }
}
