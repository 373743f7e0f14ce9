package io.itrgateway.redis;

import io.itrgateway.HushedLogs;

/** Hushes what this room logs, and what is said of calls whose keys cannot be claimed. */
final class HushedAll extends HushedLogs {

    HushedAll() {
        super("io.itrgateway.redis", "io.itrgateway.idempotency");
    }
}
