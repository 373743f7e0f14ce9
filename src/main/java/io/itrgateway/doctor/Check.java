package io.itrgateway.doctor;

import java.util.Locale;

/** The checks, in the order in which they are reported. */
enum Check {
    CONFIGURATION,
    DNS,
    TLS,
    AUTHORIZE,
    EXPIRY,
    CLOCK,
    ISSUER,
    REDIS,
    PERSISTENCE,
    EVICTION,
    REPLICAS;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
