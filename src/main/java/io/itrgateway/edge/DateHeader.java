package io.itrgateway.edge;

import io.netty.handler.codec.DateFormatter;
import io.vertx.core.http.HttpHeaders;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;

/** The value of {@code Date}, which an origin server with a clock has to send (RFC 9110, 6.6.1). It is formatted once a second. */
@Singleton
class DateHeader {

    private final Clock clock;
    private volatile Second latest = new Second(Long.MIN_VALUE, "");

    private record Second(long number, CharSequence text) {}

    DateHeader(Clock clock) {
        this.clock = clock;
    }

    CharSequence value() {
        long now = clock.instant().getEpochSecond();
        Second known = latest;
        if (known.number != now) {
            known = new Second(
                    now, HttpHeaders.createOptimized(DateFormatter.format(Date.from(Instant.ofEpochSecond(now)))));
            latest = known;
        }
        return known.text;
    }
}
