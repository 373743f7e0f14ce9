package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemMapper;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.vertx.ext.web.RoutingContext;

/**
 * How a mechanism refuses a request with a failure of this service. Quarkus has one exception for that and logs every other one as an error
 * where a permission policy asks for the identity; so the failure itself travels in the routing context.
 */
final class AuthenticationRefusal {

    private AuthenticationRefusal() {}

    /** @param mechanism which answers where there is no resource to do so */
    static AuthenticationFailedException of(
            GatewayException failure, RoutingContext context, HttpAuthenticationMechanism mechanism) {
        context.put(ProblemMapper.REFUSAL, failure);
        context.put(HttpAuthenticationMechanism.class.getName(), mechanism);
        return new AuthenticationFailedException();
    }
}
