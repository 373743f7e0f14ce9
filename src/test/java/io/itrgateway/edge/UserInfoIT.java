package io.itrgateway.edge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.forbidden;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.moreThanOrExactly;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.temporaryRedirect;
import static com.github.tomakehurst.wiremock.client.WireMock.unauthorized;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.Sandbox;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that the UserInfo endpoint of the issuer verifies. Each is named after the status with which the endpoint answers it. */
class UserInfoIT {

    /** Without a usable key the issuer is not used. From RFC 7517, A.1. */
    private static final String KEYS = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"kid\":\"1\","
            + "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\",\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}";

    private static final WireMockServer ISSUER = new WireMockServer(options().dynamicPort());

    private static final String OF_A_FIREWALL = "403-without-a-challenge";
    private static final String REDIRECTED = "redirected";

    private static RecordingUpstream upstream;
    private static PackagedService service;

    @BeforeAll
    static void start() throws Exception {
        ISSUER.start();
        ISSUER.stubFor(get("/.well-known/openid-configuration")
                .willReturn(okJson(
                        "{\"issuer\":\"%1$s\",\"jwks_uri\":\"%1$s/jwks\",\"token_endpoint\":\"%1$s/token\",\"userinfo_endpoint\":\"%1$s/userinfo\"}"
                                .formatted(ISSUER.baseUrl()))));
        ISSUER.stubFor(get("/jwks").willReturn(okJson(KEYS)));
        for (int status : new int[] {200, 400, 401, 403, 429, 500}) {
            ISSUER.stubFor(userInfoOf(String.valueOf(status))
                    .willReturn(aResponse()
                            .withStatus(status)
                            .withHeader("Content-Type", "application/json")
                            .withHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"")
                            .withBody("{\"sub\":\"acme\"}")));
        }
        ISSUER.stubFor(userInfoOf(OF_A_FIREWALL).willReturn(forbidden()));
        ISSUER.stubFor(userInfoOf(REDIRECTED).willReturn(temporaryRedirect("/elsewhere")));
        ISSUER.stubFor(get("/elsewhere").willReturn(okJson("{\"sub\":\"acme\"}")));
        upstream = new RecordingUpstream();
        Map<String, String> environment = new HashMap<>(upstream.environment());
        environment.put("QUARKUS_OIDC_AUTH_SERVER_URL", ISSUER.baseUrl());
        environment.put("QUARKUS_OIDC_CLIENT_ID", "gateway");
        environment.put("QUARKUS_OIDC_TOKEN_PRINCIPAL_CLAIM", "sub");
        environment.put("QUARKUS_OIDC_TOKEN_VERIFY_ACCESS_TOKEN_WITH_USER_INFO", "true");
        environment.put("QUARKUS_OIDC_TOKEN_CACHE_MAX_SIZE", "10");
        environment.put("QUARKUS_OIDC_TOKEN_CACHE_TIME_TO_LIVE", "1s");
        service = PackagedService.start(environment);
    }

    @AfterAll
    static void stop() throws Exception {
        service.close();
        upstream.close();
        ISSUER.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"400", "401", "403"})
    void aRefusedTokenIs401(String token) {
        assertThat(statusOfCallWith(token)).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"429", "500"})
    void aFailureOfTheEndpointIs503(String token) {
        assertThat(statusOfCallWith(token)).isEqualTo(503);
    }

    @Test
    void aRefusalByWhatIsInBetweenIs503() {
        assertThat(statusOfCallWith(OF_A_FIREWALL)).isEqualTo(503);
    }

    @Test
    void aTokenIsNotSentToWhereTheEndpointRedirects() {
        assertThat(statusOfCallWith(REDIRECTED)).isEqualTo(503);
        ISSUER.verify(0, getRequestedFor(urlEqualTo("/elsewhere")));
    }

    @Test
    void anAcceptedTokenNamesItsCaller() {
        assertThat(statusOfCallWith("200")).isEqualTo(200);
    }

    @Test
    void aByteOrderMarkBeforeTheAnswerIsIgnored() {
        String token = "marked";
        ISSUER.stubFor(userInfoOf(token).willReturn(okJson("\uFEFF{\"sub\":\"acme\"}")));

        assertThat(statusOfCallWith(token)).isEqualTo(200);
    }

    @Test
    void theIssuerIsAskedForAnswersThatAreNotCompressed() {
        statusOfCallWith("401");

        ISSUER.verify(
                moreThanOrExactly(1),
                getRequestedFor(urlEqualTo("/userinfo")).withHeader("Accept-Encoding", equalTo("identity")));
        ISSUER.verify(
                moreThanOrExactly(1),
                getRequestedFor(urlEqualTo("/jwks")).withHeader("Accept-Encoding", equalTo("identity")));
    }

    @Test
    void aRevokedTokenIsAcceptedNoLongerThanTheCacheKeepsIt() {
        String token = "revoked";
        ISSUER.stubFor(userInfoOf(token).willReturn(okJson("{\"sub\":\"acme\"}")));
        assertThat(statusOfCallWith(token)).isEqualTo(200);

        ISSUER.stubFor(userInfoOf(token).willReturn(unauthorized()));

        await().atMost(Duration.ofMinutes(1)).until(() -> statusOfCallWith(token) == 401);
    }

    private static MappingBuilder userInfoOf(String token) {
        return get("/userinfo").withHeader("Authorization", equalTo("Bearer " + token));
    }

    private static int statusOfCallWith(String token) {
        return given().port(service.port())
                .auth()
                .oauth2(token)
                .contentType("application/json")
                .body(Person.ASHA.json())
                .post(Sandbox.CREATE_CLIENT)
                .statusCode();
    }
}
