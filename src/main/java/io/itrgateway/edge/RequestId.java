package io.itrgateway.edge;

import io.vertx.core.MultiMap;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes and judges request ids. A new one is a ULID: 26 characters, sortable by time, 80 random bits.
 *
 * @see <a href="https://github.com/ulid/spec">ULID</a>
 */
final class RequestId {

    static final String HEADER = "X-Request-Id";

    private static final int LONGEST_CHARS = 128;
    private static final int ULID_CHARS = 26;
    private static final int TIME_CHARS = 10;
    private static final char[] CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();

    private final Clock clock;

    RequestId(Clock clock) {
        this.clock = clock;
    }

    /** The caller's id if it may stand in a header and a log; else a new one. An id that shows the caller's key or token may not. */
    String acceptOrCreate(MultiMap headers) {
        String offered = headers.get(HEADER);
        return offered != null && isVisibleAscii(offered) && !PresentedSecrets.areIn(offered, headers)
                ? offered
                : create();
    }

    private static boolean isVisibleAscii(String text) {
        if (text.isEmpty() || text.length() > LONGEST_CHARS) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }

    private String create() {
        var id = new char[ULID_CHARS];
        long time = clock.millis();
        for (int i = TIME_CHARS - 1; i >= 0; i--) {
            id[i] = CROCKFORD[(int) (time & 31)];
            time >>>= 5;
        }
        // Ids need to be unlike each other, not unguessable.
        long high = ThreadLocalRandom.current().nextLong();
        long low = ThreadLocalRandom.current().nextLong();
        for (int i = TIME_CHARS; i < TIME_CHARS + 8; i++, high >>>= 5, low >>>= 5) {
            id[i] = CROCKFORD[(int) (high & 31)];
            id[i + 8] = CROCKFORD[(int) (low & 31)];
        }
        return new String(id);
    }
}
