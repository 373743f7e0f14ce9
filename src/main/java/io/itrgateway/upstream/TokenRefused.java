package io.itrgateway.upstream;

/** The upstream refused the token before it did anything: the one answer after which the call may be sent again. */
final class TokenRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TokenRefused() {
        super(null, null, false, false);
    }
}
