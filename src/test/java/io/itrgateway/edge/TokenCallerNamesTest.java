package io.itrgateway.edge;

import static io.itrgateway.edge.TokenCallerNames.OF_INTROSPECTION;
import static io.itrgateway.edge.TokenCallerNames.OF_JWT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.itrgateway.problem.GatewayException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class TokenCallerNamesTest {

    private final TokenCallerNames names = new TokenCallerNames(Optional.empty());

    private Optional<String> named(Map<String, Object> claims) {
        return names.nameBy(OF_JWT, claims::get);
    }

    static final List<Object> NO_NAMES = List.of(
            "",
            "   ",
            "\t",
            42,
            4.2,
            true,
            List.of("acme"),
            Map.of("name", "acme"),
            "acme\n2026 INFO forged",
            "acme\r",
            "acme\u0000",
            "acme\u001b[31m",
            "acme\u2028",
            "acme\u202e",
            "acme\u200b",
            "\u00a0",
            "acme\ud800",
            "acme\ufffd",
            "x".repeat(256));

    @ParameterizedTest
    @FieldSource("NO_NAMES")
    void aTokenWithoutAUsableNameIdentifiesNoCaller(Object value) {
        assertThat(named(Map.of("upn", value))).isEmpty();
        assertThat(named(Map.of("sub", value, "client_id", value))).isEmpty();
    }

    @Test
    void aTokenWithoutAnyClaimIdentifiesNoCaller() {
        assertThat(named(Map.of())).isEmpty();
        assertThat(named(Map.of("email", "a@example.com", "jti", "1", "iss", "x", "aud", "y")))
                .isEmpty();
    }

    @ParameterizedTest
    @FieldSource("NO_NAMES")
    void aClaimThatIsNoNameLeavesItToTheNext(Object value) {
        assertThat(named(Map.of("upn", value, "preferred_username", value, "sub", "acme")))
                .contains("oidc:acme");
        assertThat(named(Map.of("sub", value, "azp", "billing"))).contains("oidc-client:billing");
    }

    @ParameterizedTest
    @CsvSource({
        "upn, oidc:acme",
        "preferred_username, oidc:acme",
        "sub, oidc:acme",
        "azp, oidc-client:acme",
        "client_id, oidc-client:acme"
    })
    void eachClaimNamesTheCallerByItself(String claim, String name) {
        assertThat(named(Map.of(claim, "acme"))).contains(name);
    }

    @Test
    void theClaimsAreAskedInTheirOrder() {
        Map<String, Object> claims = new HashMap<>();
        Stream.of("client_id", "azp", "sub", "preferred_username", "upn").forEach(claim -> {
            claims.put(claim, "by-" + claim);
            assertThat(named(claims).orElseThrow()).endsWith(":by-" + claim);
        });
    }

    @Test
    void noUserCanChooseTheNameOfAProgram() {
        assertThat(named(Map.of("preferred_username", "billing"))).isNotEqualTo(named(Map.of("azp", "billing")));
        assertThat(named(Map.of("preferred_username", "client:billing"))).isNotEqualTo(named(Map.of("azp", "billing")));
    }

    @Test
    void noTokenHasTheNameOfACallerWithAKey() {
        assertThat(named(Map.of("sub", "demo"))).contains("oidc:demo");
        assertThat(named(Map.of("sub", "a:b"))).contains("oidc:a:b");
    }

    @Test
    void aNameOf255CharactersIsOne() {
        assertThat(named(Map.of("sub", "x".repeat(255)))).contains("oidc:" + "x".repeat(255));
    }

    @Test
    void anOperatorsOwnClaimIsTheOnlyOne() {
        var own = new TokenCallerNames(Optional.of("email"));

        assertThat(own.nameBy(OF_JWT, Map.<String, Object>of("email", "a@example.com", "upn", "acme")::get))
                .contains("oidc:a@example.com");
        assertThat(own.nameBy(OF_JWT, Map.<String, Object>of("upn", "acme", "azp", "acme")::get))
                .isEmpty();
        assertThat(own.nameBy(OF_JWT, Map.<String, Object>of("email", 42)::get)).isEmpty();
    }

    @Test
    void anIntrospectedTokenIsNamedByItsUserNameThenItsSubjectThenItsClient() {
        Map<String, Object> claims = new HashMap<>(Map.of("client_id", "billing"));
        assertThat(names.nameBy(OF_INTROSPECTION, claims::get)).contains("oidc-client:billing");

        claims.put("sub", "42");
        assertThat(names.nameBy(OF_INTROSPECTION, claims::get)).contains("oidc:42");

        claims.put("username", "acme");
        assertThat(names.nameBy(OF_INTROSPECTION, claims::get)).contains("oidc:acme");
    }

    @Test
    void aPrincipalWithoutANameIsNoCaller() {
        assertThatThrownBy(() -> Caller.nameOf(null)).isInstanceOf(GatewayException.class);
        assertThatThrownBy(() -> Caller.nameOf(() -> null)).isInstanceOf(GatewayException.class);
        assertThatThrownBy(() -> Caller.nameOf(() -> " ")).isInstanceOf(GatewayException.class);
    }
}
