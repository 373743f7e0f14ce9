package io.itrgateway.config;

import io.smallrye.config.EnvConfigSource;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Gives the configuration this service's own variables as they are: with the content of the files that {@code NAME_FILE} names, and with
 * every {@code $} protected from SmallRye Config, which would read an expression or an escape into it.
 *
 * <p>Found as a service. It is a kind of {@link EnvConfigSource}, since the values of those are the only ones, beside system properties, that
 * Quarkus does not record into what it builds.
 */
public final class LiteralEnvironment extends EnvConfigSource {

    private static final long serialVersionUID = 1L;

    /** Above the environment as it is, below system properties. */
    private static final int PRIORITY = 310;

    public LiteralEnvironment() {
        this(Environment.read());
    }

    LiteralEnvironment(Environment environment) {
        super(escaped(environment.values()), PRIORITY);
    }

    private static Map<String, String> escaped(Map<String, String> values) {
        return values.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> escape(entry.getValue())));
    }

    /** What a property has to hold so that its value is this text, whatever it contains. */
    public static String escape(String text) {
        return text.replace("$", "\\$");
    }

    @Override
    public String getName() {
        return LiteralEnvironment.class.getSimpleName();
    }
}
