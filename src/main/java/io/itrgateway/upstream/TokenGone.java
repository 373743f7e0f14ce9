package io.itrgateway.upstream;

/** The token was refused for another call, or expired, while the call waited for its turn: it waits again, with another. */
final class TokenGone extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TokenGone() {
        super(null, null, false, false);
    }
}
