package io.itrgateway;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Keeps the log silent of the thousands of failures that a test class brings about, and of nothing after it. */
public abstract class HushedLogs implements BeforeAllCallback, AfterAllCallback {

    private final List<Logger> loggers;
    private final Map<Logger, Level> levels = new HashMap<>();

    /** @param categories what is silent */
    protected HushedLogs(String... categories) {
        this.loggers = List.of(categories).stream().map(Logger::getLogger).toList();
    }

    @Override
    public void beforeAll(ExtensionContext test) {
        for (Logger logger : loggers) {
            levels.put(logger, logger.getLevel());
            logger.setLevel(Level.OFF);
        }
    }

    @Override
    public void afterAll(ExtensionContext test) {
        levels.forEach(Logger::setLevel);
    }
}
