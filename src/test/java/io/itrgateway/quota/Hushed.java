package io.itrgateway.quota;

import io.itrgateway.HushedLogs;

/** Hushes what this room logs. */
final class Hushed extends HushedLogs {

    Hushed() {
        super("io.itrgateway.quota");
    }
}
