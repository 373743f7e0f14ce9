package io.itrgateway.sandbox;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An {@code *IT} that is run against the native binary, where it may find what is missing there. On the JVM its {@code *QuarkusTest} has tested the
 * same classes; {@code -Dtwins=true} runs it against the jar, too.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(OnNativeBinary.Condition.class)
public @interface OnNativeBinary {

    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return PackagedService.isNative() || Boolean.getBoolean("twins")
                    ? enabled("there is a binary, or -Dtwins=true")
                    : disabled("there is no native binary");
        }
    }
}
