package io.itrgateway.problem;

/**
 * A failure as it may be logged: class names and stack frames of it and its causes, without their messages unless they are {@link Harmless}.
 * Messages of libraries quote what they were given: a JSON parser the body, a client the headers.
 */
public final class RedactedThrowable extends Exception {

    private static final long serialVersionUID = 1L;

    private static final int DEEPEST_CAUSE = 8;

    /** A failure whose message is made of this service's own words alone, so that it may be logged. */
    public interface Harmless {
        String getMessage();
    }

    public RedactedThrowable(Throwable failure) {
        this(failure, DEEPEST_CAUSE);
    }

    private RedactedThrowable(Throwable failure, int causesLeft) {
        super(
                words(failure),
                failure.getCause() == null || causesLeft == 0
                        ? null
                        : new RedactedThrowable(failure.getCause(), causesLeft - 1),
                false,
                true);
        setStackTrace(failure.getStackTrace());
    }

    private static String words(Throwable failure) {
        String name = failure.getClass().getName();
        return failure instanceof Harmless harmless ? name + ": " + harmless.getMessage() : name;
    }
}
