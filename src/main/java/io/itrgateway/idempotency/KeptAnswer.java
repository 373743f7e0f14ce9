package io.itrgateway.idempotency;

/**
 * What a call that did not fail answers.
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
