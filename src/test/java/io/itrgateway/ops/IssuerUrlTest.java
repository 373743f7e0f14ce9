package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerUrlTest {

    private static List<String> faults(String url) {
        var faults = new ConfigurationFaults();
        IssuerUrl.check(Optional.ofNullable(url), faults);
        return faults.lines();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "issuer.example/realms/itr",
                "issuer.example:8443/realms/itr",
                "ftp://issuer.example/realms/itr",
                "https://issuer example/realms/itr",
                "https://issuer.example/realms/itr\r",
                "https:///realms/itr",
                "\"https://issuer.example/realms/itr\""
            })
    void whatIsNoUrlIsAFaultThatDoesNotShowIt(String url) {
        assertThat(faults(url))
                .containsExactly(
                        "QUARKUS_OIDC_AUTH_SERVER_URL is no URL; it should be the http or https URL of the issuer");
    }

    @Test
    void theAddressOfTheDiscoveryDocumentIsAFault() {
        assertThat(faults("https://issuer.example/realms/itr/.well-known/openid-configuration"))
                .containsExactly(
                        "QUARKUS_OIDC_AUTH_SERVER_URL ends with /.well-known/openid-configuration; it should be the http"
                                + " or https URL of the issuer without that, which is added to it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://issuer.example",
                "https://issuer.example/realms/itr/",
                "http://localhost:8180/realms/itr",
                "http://key_cloak:8080/realms/itr"
            })
    void theUrlOfAnIssuerIsFine(String url) {
        assertThat(faults(url)).isEmpty();
    }

    @Test
    void withoutAnIssuerThereIsNoFault() {
        assertThat(faults(null)).isEmpty();
    }
}
