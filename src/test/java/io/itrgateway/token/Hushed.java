package io.itrgateway.token;

import io.itrgateway.HushedLogs;

/** Hushes what this room logs. */
final class Hushed extends HushedLogs {

    Hushed() {
        super("io.itrgateway.token", "com.github.benmanes.caffeine");
    }
}
