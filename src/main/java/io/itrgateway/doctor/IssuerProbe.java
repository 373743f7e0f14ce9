package io.itrgateway.doctor;

import io.itrgateway.config.GivenSettings;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/** Says whether the issuer of tokens could be used. Quarkus has asked it at the start, with the settings of the service; it goes on without it. */
@Singleton
class IssuerProbe {

    private static final String URL = "quarkus.oidc.auth-server-url";
    private static final String ENABLED = "quarkus.oidc.tenant-enabled";
    private static final String DISCOVERY = "quarkus.oidc.discovery-enabled";
    private static final String JWKS = "quarkus.oidc.jwks-path";

    private final SmallRyeConfig config;
    private final Instance<TenantConfigBean> tenants;

    IssuerProbe(Config config, Instance<TenantConfigBean> tenants) {
        this.config = config.unwrap(SmallRyeConfig.class);
        this.tenants = tenants;
    }

    /** @param faults of the configuration, with which it may not have been asked */
    Finding finding(List<String> faults) {
        if (isEmpty(URL)) {
            return Finding.skipped(Check.ISSUER, "QUARKUS_OIDC_AUTH_SERVER_URL is not set");
        }
        if (!isOn(ENABLED)) {
            return Finding.skipped(
                    Check.ISSUER,
                    faults.isEmpty() ? "QUARKUS_OIDC_TENANT_ENABLED is not true" : "the configuration is wrong");
        }
        if (!isOn(DISCOVERY) && isEmpty(JWKS)) {
            return Finding.skipped(Check.ISSUER, "without QUARKUS_OIDC_JWKS_PATH it is asked about tokens only");
        }
        return tenants.get().getDefaultTenant().ready()
                ? Finding.ok(Check.ISSUER, "its keys have been read")
                : Finding.failed(
                        Check.ISSUER,
                        "its keys cannot be read, with the URL, TLS and proxy of the settings QUARKUS_OIDC_*: tokens"
                                + " would be 503; compare curl $QUARKUS_OIDC_AUTH_SERVER_URL/.well-known/openid-configuration");
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
