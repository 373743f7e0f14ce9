package io.itrgateway.binding.redis;

import io.itrgateway.HushedLogs;

/** Keeps silent what is logged about a Redis that is away. */
final class HushedRedis extends HushedLogs {

    HushedRedis() {
        super("io.itrgateway.redis", "io.vertx.redis", "io.vertx.core.impl.ContextImpl");
    }
}
