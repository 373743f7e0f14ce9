package io.itrgateway.edge;

import io.vertx.core.MultiMap;
import java.util.UUID;

/** Makes and judges request ids. A new one is a random UUID. */
final class RequestId {

    static final String HEADER = "X-Request-Id";

    private static final int LONGEST_CHARS = 128;

    private RequestId() {}

    /** The caller's id if it may stand in a header and a log; else a new one. An id that shows the caller's key or token may not. */
    static String acceptOrCreate(MultiMap headers) {
        String offered = headers.get(HEADER);
        return offered != null && isVisibleAscii(offered) && !PresentedSecrets.areIn(offered, headers)
                ? offered
                : UUID.randomUUID().toString();
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
}
