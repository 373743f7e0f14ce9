package io.itrgateway.binding;

import io.itrgateway.config.ConfigurationFaults;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Arrays;
import java.util.Locale;

/** The setting of the binding of client ids to callers, as text. */
@ConfigMapping(prefix = "gateway")
public interface BindingConfig {

    /**
     * Which client ids a caller may use: {@code known}, all but those that another caller is known to have registered; {@code strict}, those
     * that it has registered itself; {@code off}, all.
     */
    @WithDefault("known")
    String clientBinding();

    /** {@link #clientBinding()} as a mode; the strictest one where it is none, and the start is refused. */
    static BindingMode mode(BindingConfig config, ConfigurationFaults faults) {
        return faults.read(
                "gateway.client-binding",
                config.clientBinding(),
                "off, known or strict",
                BindingMode.STRICT,
                text -> Arrays.stream(BindingMode.values())
                        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(text))
                        .findFirst());
    }
}
