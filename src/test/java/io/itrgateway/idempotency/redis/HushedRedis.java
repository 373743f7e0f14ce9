package io.itrgateway.idempotency.redis;

import io.itrgateway.HushedLogs;

/** Keeps silent what is logged about a Redis that is away, and about calls that are refused meanwhile. */
final class HushedRedis extends HushedLogs {

    HushedRedis() {
        super("io.itrgateway.redis", "io.itrgateway.idempotency", "io.vertx.redis", "io.vertx.core.impl.ContextImpl");
    }
}
