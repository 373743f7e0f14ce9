package io.itrgateway.edge;

import io.quarkus.security.runtime.QuarkusPrincipal;
import java.security.Principal;

/**
 * Who is calling, as limits, turns and idempotency keys tell callers apart: the configured name of whoever came with a key;
 * {@value #TOKEN_PREFIX} and the principal's name of whoever came with a token. No configured name has a colon, so no token can
 * carry the name of somebody with a key.
 */
public final class Caller {

    static final String TOKEN_PREFIX = "oidc:";

    private Caller() {}

    /** The name of an authenticated caller; not for labels of metrics, since there is no end of tokens. */
    public static String nameOf(Principal principal) {
        return principal instanceof Holder ? principal.getName() : TOKEN_PREFIX + principal.getName();
    }

    /** The principal of whoever came with a key. */
    static final class Holder extends QuarkusPrincipal {
        Holder(String name) {
            super(name);
        }
    }
}
