package io.itrgateway.problem;

/**
 * A failure as it may be logged: class names and stack frames of it and its causes, without their messages. Messages of
 * libraries quote what they were given: a JSON parser the body, a client the headers.
 */
public final class RedactedThrowable extends Exception {

    private static final long serialVersionUID = 1L;

    private static final int DEEPEST_CAUSE = 8;

    public RedactedThrowable(Throwable failure) {
        this(failure, DEEPEST_CAUSE);
    }

    private RedactedThrowable(Throwable failure, int causesLeft) {
        super(
                failure.getClass().getName(),
                failure.getCause() == null || causesLeft == 0
                        ? null
                        : new RedactedThrowable(failure.getCause(), causesLeft - 1),
                false,
                true);
        setStackTrace(failure.getStackTrace());
    }
}
