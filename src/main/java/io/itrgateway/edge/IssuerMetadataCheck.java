package io.itrgateway.edge;

import io.itrgateway.config.HttpUrl;
import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.common.OidcEndpoint;
import io.quarkus.oidc.common.OidcRequestFilter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.ext.web.client.HttpResponse;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Reads the metadata of the OIDC issuer before Quarkus does so, which does not say why it cannot, uses metadata by which no token can be
 * judged, and does not compare the issuer of tokens where they name none.
 */
@Singleton
@Unremovable
@OidcEndpoint(OidcEndpoint.Type.DISCOVERY)
class IssuerMetadataCheck implements OidcRequestFilter {

    private static final int OK = 200;
    private static final int FOUND = 302;

    private static final String ISSUER = "issuer";
    private static final String JWKS = "jwks_uri";
    private static final String INTROSPECTION = "introspection_endpoint";

    private final IssuerAnswerLimit limit;
    private final boolean issuerIsSet;
    private final boolean keysAreSet;
    private final boolean introspectionIsSet;

    private volatile Optional<IssuerFault> latest = Optional.empty();
    private volatile boolean introspects;
    private volatile boolean fine;

    IssuerMetadataCheck(
            IssuerAnswerLimit limit,
            @ConfigProperty(name = "quarkus.oidc.token.issuer") Optional<String> issuer,
            @ConfigProperty(name = "quarkus.oidc.jwks-path") Optional<String> keys,
            @ConfigProperty(name = "quarkus.oidc.introspection-path") Optional<String> introspection) {
        this.limit = limit;
        this.issuerIsSet = issuer.isPresent();
        this.keysAreSet = keys.isPresent();
        this.introspectionIsSet = introspection.isPresent();
    }

    /** Why the issuer cannot be used after all, where what follows the metadata has failed. */
    IssuerFault faultAfter(Throwable failure) {
        return latest.orElseGet(() -> fine && !keysAreSet ? IssuerFault.ofKeys(failure) : IssuerFault.of(failure));
    }

    /** Whether the issuer can be asked about single tokens. */
    boolean introspects() {
        return introspects || introspectionIsSet;
    }

    @Override
    public Uni<Void> filter(OidcRequestFilterContext context) {
        if (!limit.isOpen()) {
            return Uni.createFrom().voidItem();
        }
        latest = Optional.empty();
        fine = false;
        return IssuerAnswerLimit.bounded(context.request().copy())
                .send()
                .invoke(this::judge)
                .onFailure()
                .transform(IssuerFault::of)
                .onFailure(IssuerFault.class)
                .invoke(fault -> latest = Optional.of(fault))
                .replaceWithVoid();
    }

    private void judge(HttpResponse<Buffer> answer) {
        if (answer.statusCode() == FOUND) {
            latest = Optional.of(new IssuerFault("it redirects to another address"));
        } else if (answer.statusCode() == OK) {
            judge(Optional.ofNullable(answer.bodyAsJsonObject())
                    .orElseThrow(() -> new IssuerFault(IssuerFault.NOT_JSON)));
        } else {
            throw new IssuerFault("its metadata: status " + answer.statusCode());
        }
    }

    private void judge(JsonObject metadata) {
        introspects = isUrl(metadata, INTROSPECTION);
        if (!issuerIsSet && !(metadata.getValue(ISSUER) instanceof String)) {
            throw new IssuerFault("its metadata lack " + ISSUER);
        }
        if (!issuerIsSet && metadata.getString(ISSUER).contains("{")) {
            throw new IssuerFault("its metadata have a pattern in place of one %s; the URL of a single tenant is needed"
                    .formatted(ISSUER));
        }
        if (!keysAreSet && metadata.getValue(JWKS) != null && !isUrl(metadata, JWKS)) {
            throw new IssuerFault("its metadata have a %s that is no URL".formatted(JWKS));
        }
        if (!keysAreSet && metadata.getValue(JWKS) == null && !introspects()) {
            throw new IssuerFault("its metadata have neither %s nor %s".formatted(JWKS, INTROSPECTION));
        }
        fine = true;
    }

    private static boolean isUrl(JsonObject metadata, String name) {
        return metadata.getValue(name) instanceof String text && HttpUrl.isValid(text);
    }
}
