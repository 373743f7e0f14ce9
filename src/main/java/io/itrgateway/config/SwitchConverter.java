package io.itrgateway.config;

import jakarta.annotation.Priority;
import java.util.Locale;
import java.util.Set;
import org.eclipse.microprofile.config.spi.Converter;

/** Reads settings that are true or false, also those of Quarkus. SmallRye Config would read any other word as false. */
@Priority(1000)
public final class SwitchConverter implements Converter<Boolean> {

    private static final long serialVersionUID = 1L;

    /** The message of the failure; the value is not in it. */
    public static final String NEITHER = "neither true nor false";

    private static final Set<String> FALSE = Set.of("false", "no", "n", "off", "0");

    /** @return null for an empty text, which counts as not set */
    @Override
    public Boolean convert(String text) {
        String word = text.strip();
        if (word.isEmpty()) {
            return null;
        }
        if (isOff(word)) {
            return false;
        }
        if (GivenSettings.isTrue(word)) {
            return true;
        }
        throw new IllegalArgumentException(NEITHER);
    }

    /** Whether a text means false; any other may mean true or nothing. */
    public static boolean isOff(String text) {
        return FALSE.contains(text.strip().toLowerCase(Locale.ROOT));
    }
}
