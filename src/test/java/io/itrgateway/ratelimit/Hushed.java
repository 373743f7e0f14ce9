package io.itrgateway.ratelimit;

import io.itrgateway.HushedLogs;

/** Hushes what this room logs. */
final class Hushed extends HushedLogs {

    Hushed() {
        super("io.itrgateway.ratelimit");
    }
}
