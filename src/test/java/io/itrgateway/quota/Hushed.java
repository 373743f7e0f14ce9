package io.itrgateway.quota;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Keeps the log silent of the thousands of refusals that a test of this room brings about, and of nothing after it. */
final class Hushed implements BeforeAllCallback, AfterAllCallback {

    private final Logger logger = Logger.getLogger("io.itrgateway.quota");
    private Level level;

    @Override
    public void beforeAll(ExtensionContext test) {
        level = logger.getLevel();
        logger.setLevel(Level.OFF);
    }

    @Override
    public void afterAll(ExtensionContext test) {
        logger.setLevel(level);
    }
}
