package io.itrgateway.sandbox;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;
import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import io.itrgateway.browser.Browser;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test needs beside a JDK. Where it is missing the test is skipped, and one line says so; where {@code CI=true} it is run all the same, and
 * fails.
 */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(Needs.Condition.class)
public @interface Needs {

    /** What may be missing on a machine with nothing but a JDK. */
    enum Tool {
        REDIS(RedisServer::isHere, "a redis-server or valkey-server on the PATH"),
        BROWSER(Browser::isHere, "a Chromium on the PATH, or in GATEWAY_CHROMIUM");

        private final BooleanSupplier isHere;
        private final String words;

        Tool(BooleanSupplier isHere, String words) {
            this.isHere = isHere;
            this.words = words;
        }
    }

    Tool[] value();

    /** Decides, and gives the notice. */
    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            boolean mustRun = "true".equals(System.getenv("CI"));
            return context.getElement()
                    .flatMap(element -> findAnnotation(element, Needs.class))
                    .flatMap(needs -> Arrays.stream(needs.value())
                            .filter(tool -> !mustRun && !tool.isHere.getAsBoolean())
                            .findFirst())
                    .map(Condition::skipped)
                    .orElse(enabled("nothing is missing"));
        }

        private static ConditionEvaluationResult skipped(Tool missing) {
            // Not in a field: each test profile loads this class again.
            if (System.getProperties().putIfAbsent("notice." + missing, "given") == null) {
                System.err.println("NOTICE: tests that need " + missing.words + " are skipped");
            }
            return disabled("needs " + missing.words);
        }
    }
}
