package io.itrgateway.redis;

import io.itrgateway.HushedLogs;

/** Hushes what this room logs. */
final class Hushed extends HushedLogs {

    Hushed() {
        super("io.itrgateway.redis", "io.vertx.redis", "io.vertx.core.impl.ContextImpl");
    }
}
