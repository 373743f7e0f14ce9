package io.itrgateway.edge;

import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Sandbox.CREATE_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.RawHttp2;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind a proxy that passes on what its clients say about proxies, where the operator has Quarkus read it. */
@QuarkusTest
@TestProfile(ForwardedQuarkusTest.BehindAProxy.class)
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class ForwardedQuarkusTest {

    public static class BehindAProxy implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.http.cors.enabled", "true",
                    "quarkus.http.cors.origins", "https://app.example",
                    "quarkus.http.proxy.proxy-address-forwarding", "true",
                    "quarkus.http.proxy.allow-forwarded", "true",
                    "quarkus.http.proxy.allow-x-forwarded", "true",
                    "quarkus.http.proxy.enable-forwarded-prefix", "true",
                    "quarkus.http.proxy.trusted-proxies", "127.0.0.1,::1");
        }
    }

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    private static String get(String fields) {
        return "GET /problems/not-found HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n\r\n";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "x-forwarded-for|``",
                "x-forwarded-for|,",
                "x-forwarded-for|, 1.2.3.4",
                "x-forwarded-for|:80",
                "x-forwarded-for|:80, 1.2.3.4",
                "x-forwarded-for|::1",
                "forwarded|for=\":80\"",
                "forwarded|proto=http;for=:80, for=1.2.3.4",
                "forwarded|for=\" \""
            })
    void anAddressWithoutAHostHoldsUpNoRequest(String name, String value) throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(get(name + ": " + value));
            assertThat(caller.until("\r\n")).startsWith("HTTP/1.1 200 ");
            caller.send(get("Connection: close"));
            assertThat(caller.everything()).contains("HTTP/1.1 200 ");
        }

        try (var caller = RawHttp2.connect(RestAssured.port)) {
            caller.send(RawHttp2.headers(
                    1, RawHttp2.END_STREAM, RawHttp2.request("GET", "/problems/not-found", name, value)));
            assertThat(caller.answer(1).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "x-forwarded-proto|#",
                "x-forwarded-proto|?",
                "x-forwarded-proto|/x",
                "x-forwarded-proto|//",
                "forwarded|proto=\"?\""
            })
    void anOriginIsRefusedWhereTheSchemeOfTheRequestIsNone(String name, String value) throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(get("Origin: https://other.example\r\n" + name + ": " + value));
            assertThat(caller.until("\r\n")).startsWith("HTTP/1.1 403 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/verification/itr;a/create-client",
                "//v1/verification/itr/create-client",
                "/v1/verification/x/../itr/create-client",
                "/v1/verification/itr/%63reate-client",
                "http://localhost//v1/verification/itr/create-client"
            })
    void noPrefixHidesTheSpellingOfAPath(String target) throws Exception {
        for (String prefix : new String[] {"?", "/a?b=", "/"}) {
            assertThat(register(target, prefix)).startsWith("HTTP/1.1 404 ").contains("\"code\":\"not-found\"");
        }
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/a/b", ""})
    void aPathBehindAPrefixIsServed(String prefix) throws Exception {
        assertThat(register(CREATE_CLIENT, prefix)).startsWith("HTTP/1.1 200 ");
    }

    private static String register(String target, String prefix) throws Exception {
        return RawCaller.exchange(
                RestAssured.port,
                "POST %s HTTP/1.1\r\nHost: localhost\r\nx-api-key: %s\r\nX-Forwarded-Prefix: %s\r\nConnection: close\r\n"
                                .formatted(target, Sandbox.API_KEY, prefix)
                        + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                                .formatted(ASHA.json().length(), ASHA.json()));
    }
}
