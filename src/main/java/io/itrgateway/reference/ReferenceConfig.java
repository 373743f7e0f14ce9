package io.itrgateway.reference;

import io.itrgateway.config.ConfigurationFaults;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Arrays;
import java.util.Locale;

/** The key of the reference page, as text. */
@ConfigMapping(prefix = "gateway")
public interface ReferenceConfig {

    /**
     * Whether there is a reference page: {@code off}, {@code on}, or {@code sandbox}, which also fills in the key and the user names of
     * docker/sandbox. In dev mode {@code sandbox}.
     */
    @WithDefault("off")
    String reference();

    /** Notes what is wrong with it. */
    static void check(ReferenceConfig config, ConfigurationFaults faults) {
        shown(config, faults);
    }

    /** {@link #reference()} as a choice. */
    static Shown shown(ReferenceConfig config, ConfigurationFaults faults) {
        return faults.read(
                "gateway.reference",
                config.reference(),
                "off, on or sandbox",
                Shown.OFF,
                text -> Arrays.stream(Shown.values())
                        .filter(shown -> shown.name().equals(text.toUpperCase(Locale.ROOT)))
                        .findFirst());
    }

    /** What there is to see. */
    enum Shown {
        OFF,
        ON,
        /** With the demo key and the magic user names of the sandbox filled in. */
        SANDBOX
    }
}
