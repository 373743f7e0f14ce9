package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.quarkus.security.runtime.QuarkusPrincipal;
import java.security.Principal;

/**
 * Who is calling, as limits, turns and idempotency keys tell callers apart: the configured name where it came with a key; the name that
 * {@link TokenCallerNames} has found where it came with a token.
 */
public final class Caller {

    private Caller() {}

    /**
     * The name of an authenticated caller; not for labels of metrics, since there is no end of tokens. Fails with
     * {@link ProblemKind#UNAUTHENTICATED} for a principal without a usable name: several of them would be one caller.
     */
    public static String nameOf(Principal principal) {
        if (principal instanceof Known) {
            return principal.getName();
        }
        String name = principal == null ? null : principal.getName();
        if (name == null || !TokenCallerNames.isUsable(name)) {
            throw GatewayException.of(ProblemKind.UNAUTHENTICATED);
        }
        return TokenCallerNames.USER + name;
    }

    /** The principal of a caller whose name was found here. */
    static final class Known extends QuarkusPrincipal {
        Known(String name) {
            super(name);
        }
    }
}
