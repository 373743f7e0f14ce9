package io.itrgateway.idempotency;

/**
 * The answer of a call that did not fail.
 *
 * @param status of HTTP
 * @param body as it goes to the caller; nobody changes it
 */
public record KeptAnswer(int status, byte[] body) {

    @Override
    public String toString() {
        return "KeptAnswer[status=" + status + "]";
    }
}
