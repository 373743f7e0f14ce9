package io.itrgateway.redis;

import io.itrgateway.HushedLogs;

/** Hushes what the room of the token logs. */
final class HushedTokens extends HushedLogs {

    HushedTokens() {
        super("io.itrgateway.token", "com.github.benmanes.caffeine");
    }
}
