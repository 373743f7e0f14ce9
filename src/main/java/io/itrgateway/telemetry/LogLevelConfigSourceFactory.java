package io.itrgateway.telemetry;

import io.itrgateway.config.GivenSettings;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Makes the level of all logs the one of the categories that would quote what they were given, too, where it is above INFO. They have a level of
 * their own in {@code application.properties}, so that DEBUG does not reach them; without this, ERROR would not reach them either.
 */
public final class LogLevelConfigSourceFactory implements ConfigSourceFactory {

    private static final String ROOT = "quarkus.log.level";

    /** What {@code application.properties} names in place of a level. */
    private static final String ABOVE_INFO = "itr-gateway.log-level.above-info";

    private static final Set<String> LEVELS_ABOVE_INFO = Set.of("WARN", "WARNING", "ERROR", "SEVERE", "FATAL", "OFF");

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        Map<String, String> settings = GivenSettings.valueOf(ROOT, context)
                .filter(LogLevelConfigSourceFactory::isAboveInfo)
                .map(level -> Map.of(ABOVE_INFO, level))
                .orElse(Map.of());
        return List.of(new PropertiesConfigSource(
                settings, LogLevelConfigSourceFactory.class.getSimpleName(), Integer.MAX_VALUE));
    }

    private static boolean isAboveInfo(String level) {
        return LEVELS_ABOVE_INFO.contains(level.strip().toUpperCase(Locale.ROOT));
    }
}
