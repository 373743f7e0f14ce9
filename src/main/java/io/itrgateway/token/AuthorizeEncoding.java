package io.itrgateway.token;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.transport.DeepvueConfig;
import java.util.Arrays;
import java.util.Locale;

/** How the fields of authorize travel. */
public enum AuthorizeEncoding {
    /** {@code application/x-www-form-urlencoded}. */
    FORM,
    /** {@code multipart/form-data}. */
    MULTIPART;

    public static AuthorizeEncoding from(DeepvueConfig config, ConfigurationFaults faults) {
        return faults.read(
                "deepvue.authorize-encoding",
                config.authorizeEncoding(),
                "form or multipart",
                FORM,
                text -> Arrays.stream(values())
                        .filter(encoding ->
                                encoding.name().toLowerCase(Locale.ROOT).equals(text))
                        .findFirst());
    }
}
