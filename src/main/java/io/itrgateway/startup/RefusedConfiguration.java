package io.itrgateway.startup;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.Set;

/** Ends a start whose faults have been logged, a line each. Its message is fit to be shown. */
public final class RefusedConfiguration extends ConfigurationException {

    private static final long serialVersionUID = 1L;

    RefusedConfiguration(int faults) {
        super("Wrong configuration, %d fault(s), see above".formatted(faults), Set.of());
    }
}
