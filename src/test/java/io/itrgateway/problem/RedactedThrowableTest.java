package io.itrgateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RedactedThrowableTest {

    private static final String QUOTED = "Unexpected character after \"password\": \"correct horse\"";

    @Test
    void noMessageOfTheFailureIsLeft() {
        assertThat(logged(new IllegalStateException(QUOTED))).doesNotContain("correct horse");
    }

    @Test
    void noMessageOfItsCausesIsLeft() {
        var failure = new IllegalStateException(
                "outer " + QUOTED, new IOException("middle " + QUOTED, new IllegalArgumentException(QUOTED)));

        assertThat(logged(failure)).doesNotContain("correct horse", "outer", "middle");
    }

    @Test
    void noMessageOfWhatWasSuppressedIsLeft() {
        var failure = new IllegalStateException(QUOTED);
        failure.addSuppressed(new IOException("while closing: " + QUOTED));

        assertThat(logged(failure)).doesNotContain("correct horse", "while closing");
    }

    @Test
    void aMessageThatIsMadeWhenAskedForIsNotAskedFor() {
        var failure = new IllegalStateException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                return QUOTED;
            }

            @Override
            public String toString() {
                return QUOTED;
            }
        };

        assertThat(logged(failure)).doesNotContain("correct horse");
    }

    @Test
    void aMessageWithoutForeignTextIsLeft() {
        assertThat(logged(new OwnWords())).contains("OwnWords: no room");
    }

    @Test
    void theClassesAreLeft() {
        var failure = new IllegalStateException(QUOTED, new IOException(QUOTED));

        assertThat(logged(failure)).contains("java.lang.IllegalStateException", "Caused by: ", "java.io.IOException");
    }

    @Test
    void thePlacesAreLeft() {
        var failure = new IllegalStateException(QUOTED, new IOException(QUOTED));

        var wordless = new RedactedThrowable(failure);

        assertThat(wordless.getStackTrace()).isEqualTo(failure.getStackTrace());
        assertThat(wordless.getCause().getStackTrace())
                .isEqualTo(failure.getCause().getStackTrace());
    }

    @Test
    void causesThatGoRoundInACircleComeToAnEnd() {
        var first = new IllegalStateException(QUOTED);
        first.initCause(new IOException(QUOTED, first));

        assertThat(causes(new RedactedThrowable(first))).hasSizeLessThan(20);
    }

    @Test
    void causesThatGoVeryDeepAreCutOff() {
        Throwable failure = new IOException(QUOTED);
        for (int depth = 0; depth < 100_000; depth++) {
            failure = new IllegalStateException(null, failure);
        }

        assertThat(causes(new RedactedThrowable(failure))).hasSizeLessThan(20);
    }

    @Test
    void aFailureWithNoStackTraceIsTakenAsItIs() {
        var wordless = new RedactedThrowable(GatewayException.of(ProblemKind.OVERLOADED, QUOTED));

        assertThat(wordless.getStackTrace()).isEmpty();
        assertThat(logged(wordless)).doesNotContain("correct horse");
    }

    private static final class OwnWords extends Exception implements RedactedThrowable.Harmless {
        private static final long serialVersionUID = 1L;

        OwnWords() {
            super("no room");
        }
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }

    /** As a log would print it. */
    private static String logged(Throwable failure) {
        var text = new StringWriter();
        new RedactedThrowable(failure).printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
