package io.itrgateway.idempotency;

import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Keeps the log silent of the thousands of failures that a test of this room brings about, and of nothing after it. */
final class Hushed implements BeforeAllCallback, AfterAllCallback {

    private final Map<Logger, Level> levels = new HashMap<>();

    @Override
    public void beforeAll(ExtensionContext test) {
        hush(Logger.getLogger("io.itrgateway.idempotency"));
    }

    private void hush(Logger logger) {
        levels.put(logger, logger.getLevel());
        logger.setLevel(Level.OFF);
    }

    @Override
    public void afterAll(ExtensionContext test) {
        levels.forEach(Logger::setLevel);
    }
}
