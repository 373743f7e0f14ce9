package io.itrgateway.doctor;

import io.itrgateway.config.GivenSettings;
import io.itrgateway.edge.IssuerDiscovery;
import io.quarkus.oidc.OidcConfigurationMetadata;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.quarkus.oidc.runtime.TenantConfigContext;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/** Says whether the issuer of tokens can be used, as the service uses it. */
@Singleton
class IssuerProbe {

    private static final String URL = "quarkus.oidc.auth-server-url";
    private static final String ENABLED = "quarkus.oidc.tenant-enabled";
    private static final String DISCOVERY = "quarkus.oidc.discovery-enabled";
    private static final String JWKS = "quarkus.oidc.jwks-path";
    private static final String CLIENT_ID = "quarkus.oidc.client-id";
    private static final String ISSUER = "quarkus.oidc.token.issuer";

    /** An issuer answers that it is not active (RFC 7662, 2.2). */
    private static final String NO_TOKEN = "itr-gateway-doctor";

    private final SmallRyeConfig config;
    private final IssuerDiscovery discovery;
    private final Instance<TenantConfigBean> tenants;

    IssuerProbe(Config config, IssuerDiscovery discovery, Instance<TenantConfigBean> tenants) {
        this.discovery = discovery;
        this.config = config.unwrap(SmallRyeConfig.class);
        this.tenants = tenants;
    }

    /** @param faults of the configuration, with which it may not have been asked */
    Uni<Finding> finding(List<String> faults) {
        if (isEmpty(URL)) {
            return skipped("QUARKUS_OIDC_AUTH_SERVER_URL is not set");
        }
        if (!isOn(ENABLED)) {
            return skipped(faults.isEmpty() ? "QUARKUS_OIDC_TENANT_ENABLED is not true" : "the configuration is wrong");
        }
        if (!isOn(DISCOVERY) && isEmpty(JWKS)) {
            return skipped("without QUARKUS_OIDC_JWKS_PATH it is asked about tokens only");
        }
        return discovery
                .fault()
                .chain(fault -> fault.map(
                                words -> Finding.failed(
                                        Check.ISSUER,
                                        words
                                                + ", with the URL, TLS and proxy of the settings QUARKUS_OIDC_*: tokens would be 503"))
                        .map(failed -> Uni.createFrom().item(failed))
                        .orElseGet(this::usable));
    }

    private static Uni<Finding> skipped(String reason) {
        return Uni.createFrom().item(Finding.skipped(Check.ISSUER, reason));
    }

    private Uni<Finding> usable() {
        TenantConfigContext issuer = tenants.get().getDefaultTenant();
        OidcConfigurationMetadata metadata = issuer.getOidcMetadata();
        String keys =
                metadata.getJsonWebKeySetUri() == null ? "it is asked about each token" : "its keys have been read";
        if (metadata.getIntrospectionUri() == null || isEmpty(CLIENT_ID)) {
            return Uni.createFrom().item(named(keys, metadata.getIssuer()));
        }
        return issuer.getOidcProviderClient()
                .introspectAccessToken(NO_TOKEN)
                .map(inactive -> named(keys, metadata.getIssuer()))
                .onFailure()
                .recoverWithItem(failure -> Finding.warning(
                        Check.ISSUER,
                        "%s, but it cannot be asked about a token with QUARKUS_OIDC_CLIENT_ID and its credentials (%s): tokens that need that would be 503"
                                .formatted(keys, IssuerDiscovery.wordsFor(failure))));
    }

    /** @param issuer whom tokens have to name */
    private Finding named(String keys, String issuer) {
        String url = value(URL).orElse("");
        return issuer == null || !isEmpty(ISSUER) || withoutSlash(issuer).equals(withoutSlash(url))
                ? Finding.ok(Check.ISSUER, keys)
                : Finding.warning(
                        Check.ISSUER,
                        "%s, but it calls itself %s: tokens that name QUARKUS_OIDC_AUTH_SERVER_URL as their issuer would be 401; if that is intended, set QUARKUS_OIDC_TOKEN_ISSUER to it"
                                .formatted(keys, issuer));
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    private boolean isEmpty(String property) {
        return value(property).filter(text -> !text.isBlank()).isEmpty();
    }

    private boolean isOn(String property) {
        return value(property).map(GivenSettings::isTrue).orElse(true);
    }

    private Optional<String> value(String property) {
        return Optional.ofNullable(config.getConfigValue(property).getValue());
    }
}
