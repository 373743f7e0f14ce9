package io.itrgateway;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/** A clock behind whose readings something happens before their readers go on, as another thread may do it. */
public final class OvertakenClock extends Clock {

    private final Clock clock;
    private final Runnable afterReading;

    public OvertakenClock(Clock clock, Runnable afterReading) {
        this.clock = clock;
        this.afterReading = afterReading;
    }

    @Override
    public Instant instant() {
        Instant now = clock.instant();
        afterReading.run();
        return now;
    }

    @Override
    public ZoneId getZone() {
        return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new OvertakenClock(clock.withZone(other), afterReading);
    }
}
