package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnverifiedTokenTest {

    private static String bearer(String header, String claims) {
        return "Bearer " + base64(header) + "." + base64(claims) + ".c2ln";
    }

    private static String base64(String json) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer ..",
                "Bearer opaque",
                "Bearer a.b",
                "Bearer a.b.c",
                "Bearer e30.e30.e30.e30.e30",
                "Bearer W10.W10.W10",
                "Basic e30.e30.e30"
            })
    void whatIsNoJwtSaysNothing(String authorization) {
        assertThat(UnverifiedToken.of(authorization)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'kid':'1'}", "{'x5t':'1'}", "{'x5t#S256':'1'}", "{'alg':'RS256','kid':''}"})
    void aTokenNamesItsKeyByAnIdOrAThumbprint(String header) {
        assertThat(UnverifiedToken.of(bearer(header, "{}")).orElseThrow().namesItsKey())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'kid':null}", "{'kid':1}", "{'KID':'1'}", "{'x5u':'https://issuer.example/1'}"})
    void nothingElseNamesAKey(String header) {
        assertThat(UnverifiedToken.of(bearer(header, "{}")).orElseThrow().namesItsKey())
                .isFalse();
    }

    /** What verifies the token may be able to read it: it ignores what is no base64. */
    @ParameterizedTest
    @ValueSource(strings = {"!eyJraWQiOiIxIn0", "eyJraWQiOiIxIn", "W10", "eA"})
    void aHeaderThatCannotBeReadNamesNoKey(String header) {
        assertThat(UnverifiedToken.of("Bearer " + header + ".e30.c2ln")
                        .orElseThrow()
                        .namesItsKey())
                .isFalse();
    }

    @Test
    void aTokenNamesItsIssuer() {
        UnverifiedToken token = UnverifiedToken.of(bearer("{}", "{'iss':'https://issuer.example'}"))
                .orElseThrow();

        assertThat(token.isOf("https://issuer.example")).isTrue();
        assertThat(token.isOf("https://issuer.example/")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'iss':null}", "{'iss':['https://issuer.example']}"})
    void aTokenThatDoesNotNameItsIssuerIsOfNone(String claims) {
        assertThat(UnverifiedToken.of(bearer("{}", claims)).orElseThrow().isOf("https://issuer.example"))
                .isFalse();
    }

    @Test
    void aTokenSaysWhenItExpires() {
        assertThat(UnverifiedToken.of(bearer("{}", "{'exp':1772865000}"))
                        .orElseThrow()
                        .expiresAt())
                .hasValue(1_772_865_000);
    }

    @Test
    void aTokenSaysWhenItWasIssued() {
        assertThat(UnverifiedToken.of(bearer("{}", "{'iat':1772865000}").replace("Bearer", "bearer"))
                        .orElseThrow()
                        .issuedAt())
                .hasValue(1_772_865_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'iat':null}", "{'iat':'1772865000'}", "{'iat':[1772865000]}"})
    void aTimeThatIsNoNumberIsNone(String claims) {
        assertThat(UnverifiedToken.of(bearer("{}", claims)).orElseThrow().issuedAt())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'typ':'logout+jwt'}             | {}
            {'typ':'application/Logout+JWT'} | {}
            {'typ':'dpop+jwt'}               | {}
            {'typ':'secevent+jwt'}           | {}
            {'typ':'JWT'}                    | {'events':{'http://schemas.openid.net/event/backchannel-logout':{}}}
            """)
    void aTokenSaysThatItIsNoAccessToken(String header, String claims) {
        assertThat(UnverifiedToken.of(bearer(header, claims)).orElseThrow().isOfAnotherKind())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                           | {}
            {'typ':1}                    | {}
            {'typ':'JWT'}                | {}
            {'typ':'at+jwt'}             | {}
            {'typ':'application/AT+JWT'} | {}
            {'typ':'JWT'}                | {'events':{'https://events.example/opened':{}}}
            {'typ':'JWT'}                | {'events':'all'}
            """)
    void anyOtherMayBeAnAccessToken(String header, String claims) {
        assertThat(UnverifiedToken.of(bearer(header, claims)).orElseThrow().isOfAnotherKind())
                .isFalse();
    }
}
