package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import jakarta.json.Json;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntrospectedTokenPurposeTest {

    private static final String ISSUER = "https://issuer.example";

    private static boolean isAccepted(Optional<List<String>> audiences, Optional<String> issuer, String answer) {
        try (var reader = Json.createReader(new StringReader(answer))) {
            return new IntrospectedTokenPurpose(audiences, issuer).isThisService(reader.readObject());
        }
    }

    private static boolean isAcceptedForAudience(List<String> audiences, String answer) {
        return isAccepted(Optional.of(audiences), Optional.empty(), answer);
    }

    private static boolean isAcceptedFromIssuer(String issuer, String answer) {
        return isAccepted(Optional.empty(), Optional.of(issuer), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'aud':null}",
                "{'aud':''}",
                "{'aud':'other'}",
                "{'aud':'Gateway'}",
                "{'aud':'gateway other'}",
                "{'aud':42}",
                "{'aud':{'gateway':'gateway'}}",
                "{'aud':[]}",
                "{'aud':['other']}",
                "{'aud':[['gateway']]}"
            })
    void withoutAConfiguredAudienceInItATokenIsRefused(String answer) {
        assertThat(isAcceptedForAudience(List.of("gateway", "itr"), answer.replace('\'', '"')))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{'iss':null}", "{'iss':'https://other.example'}", "{'iss':['https://issuer.example']}"})
    void aTokenOfAnotherIssuerThanTheConfiguredOneIsRefused(String answer) {
        assertThat(isAcceptedFromIssuer(ISSUER, answer.replace('\'', '"'))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'aud':'gateway'}", "{'aud':'itr'}", "{'aud':['other','itr']}", "{'aud':[42,'gateway']}"})
    void oneOfTheConfiguredAudiencesIsEnough(String answer) {
        assertThat(isAcceptedForAudience(List.of("gateway", "itr"), answer.replace('\'', '"')))
                .isTrue();
    }

    @Test
    void aTokenOfTheConfiguredIssuerIsAccepted() {
        assertThat(isAcceptedFromIssuer(ISSUER, "{\"iss\":\"" + ISSUER + "\"}")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'aud':'other','iss':'https://other.example'}"})
    void whereNothingIsConfiguredOrAnyEveryTokenIsAccepted(String answer) {
        String json = answer.replace('\'', '"');

        assertThat(isAccepted(Optional.empty(), Optional.empty(), json)).isTrue();
        assertThat(isAccepted(Optional.of(List.of("any")), Optional.of("any"), json))
                .isTrue();
    }

    @Test
    void anyBesideAnotherAudienceIsAName() {
        assertThat(isAcceptedForAudience(List.of("any", "gateway"), "{\"aud\":\"other\"}"))
                .isFalse();
    }

    /** Quarkus compares nothing of a token that the UserInfo endpoint has verified. */
    @Test
    void aTokenVerifiedByUserInfoIsRefusedIfAnAudienceOrAnIssuerIsConfigured() {
        SecurityIdentity verified = QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal("asha"))
                .build();

        assertThat(new IntrospectedTokenPurpose(Optional.of(List.of("gateway")), Optional.empty())
                        .isThisService(verified))
                .isFalse();
        assertThat(new IntrospectedTokenPurpose(Optional.empty(), Optional.of(ISSUER)).isThisService(verified))
                .isFalse();
        assertThat(new IntrospectedTokenPurpose(Optional.of(List.of("any")), Optional.empty()).isThisService(verified))
                .isTrue();
    }
}
