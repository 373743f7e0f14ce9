package io.itrgateway.idempotency;

/**
 * The answer of a call that did not fail.
 *
 * @param status of HTTP
 * @param isComplete whether it is the end of what was asked for, and may be kept; never with a status other than 200
 * @param body as sent to the caller; never modified
 */
public record KeptAnswer(int status, byte[] body, boolean isComplete) {

    private static final int COMPLETE_STATUS = 200;

    public KeptAnswer {
        isComplete &= status == COMPLETE_STATUS;
    }

    /** A complete one, if the status says so. */
    public KeptAnswer(int status, byte[] body) {
        this(status, body, true);
    }

    @Override
    public String toString() {
        return "KeptAnswer[status=" + status + "]";
    }
}
