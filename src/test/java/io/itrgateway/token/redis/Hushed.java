package io.itrgateway.token.redis;

import io.itrgateway.HushedLogs;

/** Hushes what the token and the connection to Redis log. */
final class Hushed extends HushedLogs {

    Hushed() {
        super(
                "io.itrgateway.token",
                "com.github.benmanes.caffeine",
                "io.itrgateway.redis",
                "io.vertx.redis",
                "io.vertx.core.impl.ContextImpl");
    }
}
