package io.itrgateway.config;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Leaves the text of a setting as it is, also where it is empty: SmallRye Config's own converter would end the start there, before the other faults
 * are known.
 */
@RegisterForReflection
public final class AnyText implements Converter<String> {

    private static final long serialVersionUID = 1L;

    @Override
    public String convert(String value) {
        return value;
    }
}
