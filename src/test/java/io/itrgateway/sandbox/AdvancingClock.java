package io.itrgateway.sandbox;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

/** The clock of the application under test: that of the system, which a test may advance for itself. */
@Singleton
public class AdvancingClock {

    private static volatile Duration ahead = Duration.ZERO;

    /** From now on the clock is ahead of that of the system by that much. */
    public static void setAhead(Duration by) {
        ahead = by;
    }

    @Produces
    @Singleton
    Clock clock() {
        InstantSource source = () -> Instant.now().plus(ahead);
        return source.withZone(ZoneOffset.UTC);
    }
}
