package io.itrgateway.edge;

import io.itrgateway.problem.ProblemMapper;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;

/** The challenges of a 401 where tokens are accepted beside the keys (RFC 6750, 3). */
@Singleton
class Challenges {

    private static final String KEY_OR_TOKEN = ProblemMapper.CALLERS_CHALLENGE + ", Bearer realm=\"itr-gateway\"";
    private static final String REFUSED_TOKEN = KEY_OR_TOKEN + ", error=\"invalid_token\"";

    private final TenantConfigBean issuers;

    Challenges(TenantConfigBean issuers) {
        this.issuers = issuers;
    }

    /** Has no effect where no tokens are accepted. */
    void put(RoutingContext context) {
        if (issuers.getDefaultTenant().oidcConfig().tenantEnabled()) {
            context.put(ProblemMapper.CHALLENGE, KEY_OR_TOKEN);
        }
    }

    static void putRefusedToken(RoutingContext context) {
        context.put(ProblemMapper.CHALLENGE, REFUSED_TOKEN);
    }
}
