package io.itrgateway.token;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.itrgateway.transport.DeepvueConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** @param encoding of the fields of authorize */
@Singleton
record AuthorizeSettings(Encoding encoding) implements Settings {

    /** How the fields of authorize travel. */
    enum Encoding {
        /** {@code application/x-www-form-urlencoded}. */
        FORM,
        /** {@code multipart/form-data}. */
        MULTIPART
    }

    @Inject
    AuthorizeSettings(DeepvueConfig config, ConfigurationFaults faults) {
        this(faults.readOneOf("deepvue.authorize-encoding", config.authorizeEncoding(), Encoding.FORM));
    }
}
