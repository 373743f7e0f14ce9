package io.itrgateway.token;

import io.smallrye.mutiny.Uni;

/** Fetches a new token. */
interface Authorizer {

    /**
     * Asks the upstream for a token, once. Fails with {@link io.itrgateway.problem.GatewayException} of a kind whose outcome is
     * {@code not_processed}: whatever happens here, no registration has been sent.
     *
     * @param generation the number that the new token shall have
     */
    Uni<AccessToken> authorize(long generation);
}
