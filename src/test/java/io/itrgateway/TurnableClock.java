package io.itrgateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test turns it. Any thread may turn it and read it. */
public final class TurnableClock extends Clock {

    private final AtomicReference<Instant> now;
    private final ZoneId zone;

    public TurnableClock(Instant start) {
        this(new AtomicReference<>(start), ZoneOffset.UTC);
    }

    private TurnableClock(AtomicReference<Instant> now, ZoneId zone) {
        this.now = now;
        this.zone = zone;
    }

    /** Turns it on by that much; a negative duration sets it back. */
    public void turn(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
    }

    public void turnTo(Instant instant) {
        now.set(instant);
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** The same hands on another dial: turning one turns both. */
    @Override
    public Clock withZone(ZoneId other) {
        return new TurnableClock(now, other);
    }
}
