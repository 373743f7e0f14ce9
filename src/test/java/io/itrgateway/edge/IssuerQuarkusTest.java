package io.itrgateway.edge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.temporaryRedirect;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Named.named;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.itrgateway.sandbox.LoggedLines;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.inject.spi.CDI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call, where an OIDC issuer is configured beside the keys. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = Issuer.class, restrictToAnnotatedClass = true)
@TestMethodOrder(OrderAnnotation.class)
class IssuerQuarkusTest {

    /** For seconds after it was away, tokens with unknown keys are not judged: what needs that they are comes before. */
    private static final int LEAVES_THE_ISSUER_AWAY = Integer.MAX_VALUE;

    /** Bytes of an answer of the issuer. */
    private static final int TOO_LARGE = 2 << 20;

    /** What the issuer says of a token. */
    private static final String ACTIVE = "{\"active\":true,\"aud\":\"itr-gateway\",\"username\":\"acme\"}";

    private static final Duration LONG = Duration.ofMinutes(2);

    private static final Duration AN_HOUR = Duration.ofHours(1);

    private final LoggedLines log = new LoggedLines("");

    @BeforeEach
    void anIssuer() {
        Sandbox.forget();
        Issuer.comes();
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private static RequestSpecification authorization(String header) {
        return given().contentType("application/json").header("Authorization", header);
    }

    private static RequestSpecification bearer(String token) {
        return authorization("Bearer " + token);
    }

    private static ValidatableResponse isRefused(RequestSpecification request) {
        var answer = send(request, ASHA.json())
                .statusCode(401)
                .contentType("application/problem+json")
                .body("code", equalTo("unauthenticated"))
                .body("outcome", equalTo("not_processed"));
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isZero();
        return answer;
    }

    private static void isNotJudged(RequestSpecification request) {
        send(request, ASHA.json())
                .statusCode(503)
                .contentType("application/problem+json")
                .header("Retry-After", equalTo("5"))
                .body("code", equalTo("overloaded"))
                .body("outcome", equalTo("not_processed"))
                .body("retryable", equalTo(true));
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isZero();
    }

    /** As the log names it. */
    private String callerOf(RequestSpecification request) {
        String id = UUID.randomUUID().toString();
        send(request.header("X-Request-Id", id), ASHA.json()).statusCode(200);
        // The line is written when the answer has left.
        await().until(() -> !log.of(id).isEmpty());
        return log.of(id).get(0).field("caller");
    }

    @Test
    void aTokenSignedWithAnotherKeyIsRefused() {
        isRefused(bearer(Issuer.forgedToken("acme")));
    }

    @Test
    void aWrongKeyIsRefusedWithAChallengeForATokenToo() {
        isRefused(given().contentType("application/json").header("x-api-key", "wrong"))
                .header("WWW-Authenticate", endsWith(", Bearer realm=\"itr-gateway\""));
    }

    /** Its users may have the names of those of the first. */
    @Test
    void aTokenOfASecondIssuerIsRefused() {
        isRefused(bearer(Issuer.tokenOfSecondIssuer()));
    }

    @Test
    void anExpiredTokenIsRefused() {
        isRefused(bearer(Issuer.token("acme", AN_HOUR.negated())))
                .header("WWW-Authenticate", endsWith(", Bearer realm=\"itr-gateway\", error=\"invalid_token\""));
    }

    @Test
    void aTokenForAnotherServiceIsRefused() {
        isRefused(bearer(Issuer.tokenFor("another-service")));
    }

    @Test
    void aTokenWithAnUnknownKeyIsRefused() {
        isRefused(bearer(Issuer.tokenWithUnknownKey()));
    }

    @Test
    void aRefreshTokenIsRefused() {
        isRefused(bearer(Issuer.tokenWith("\"sub\":\"acme\",\"typ\":\"Refresh\"")));
    }

    @Test
    void aLogoutTokenIsRefused() {
        isRefused(bearer(Issuer.tokenWith(
                "\"sub\":\"acme\",\"events\":{\"http://schemas.openid.net/event/backchannel-logout\":{}}")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer",
                "Bearer  two-spaces",
                "Bearer YOUR_API_TOKEN",
                "Bearer YOUR_API_TOKEN (JWT)",
                "Bearer ..",
                "Bearer a.b.c",
                "Bearer e30.e30.e30",
                "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY21lIn0.",
                "Bearer eyJhbGciOiJSUzI1NiJ9.bm8gSlNPTg.c2ln",
                "Bearer eyJhbGciOiJSUzI1NiJ9.WzQyXQ.c2ln",
                "Basic YWNtZTphY21l",
                "Negotiate abc",
                "abc"
            })
    void anAuthorizationThatIsNoTokenOfTheIssuerIsRefused(String header) {
        isRefused(authorization(header));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"email\":\"acme@example.com\"",
                "\"sub\":null",
                "\"sub\":\"\"",
                "\"sub\":\"  \"",
                "\"sub\":42",
                "\"upn\":42",
                "\"upn\":true",
                "\"upn\":{\"name\":\"acme\"}",
                "\"upn\":[\"acme\"]",
                "\"upn\":\"acme\\nforged\"",
                "\"preferred_username\":42,\"azp\":42,\"client_id\":\"\""
            })
    void aTokenThatIdentifiesNoCallerIsRefused(String claims) {
        isRefused(bearer(Issuer.tokenWith(claims)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"sub\":\"acme\"|oidc:acme",
                "\"preferred_username\":\"acme\",\"sub\":\"4711\"|oidc:acme",
                "\"upn\":42,\"sub\":\"acme\"|oidc:acme",
                "\"sub\":\"demo\"|oidc:demo",
                "\"azp\":\"billing\"|oidc-client:billing",
                "\"client_id\":\"billing\"|oidc-client:billing"
            })
    @DisabledOnIntegrationTest("reads the log of this process")
    void aTokenNamesItsCaller(String claims, String caller) {
        assertThat(callerOf(bearer(Issuer.tokenWith(claims)))).isEqualTo(caller);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"active\":true,\"aud\":\"itr-gateway\",\"username\":\"acme\"}|oidc:acme",
                "{\"active\":true,\"aud\":[\"other\",\"itr-gateway\"],\"sub\":\"acme\"}|oidc:acme",
                "{\"active\":true,\"aud\":\"itr-gateway\",\"client_id\":\"billing\"}|oidc-client:billing",
                "{\"active\":true,\"aud\":\"itr-gateway\",\"username\":42,\"sub\":\"acme\",\"scope\":[\"itr\"]}|oidc:acme",
                "{\"active\":true,\"aud\":\"itr-gateway\",\"username\":[],\"sub\":{},\"client_id\":\"billing\"}|oidc-client:billing"
            })
    @DisabledOnIntegrationTest("reads the log of this process")
    void anOpaqueTokenNamesItsCaller(String answer, String caller) {
        String token = "opaque" + System.nanoTime();
        Issuer.introspects(token, answer);

        assertThat(callerOf(bearer(token))).isEqualTo(caller);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"active\":true,\"aud\":\"itr-gateway\"}",
                "{\"active\":true,\"aud\":\"itr-gateway\",\"username\":\"\"}",
                "{\"active\":true,\"aud\":\"itr-gateway\",\"username\":42,\"sub\":[]}",
                "{\"active\":false,\"username\":\"acme\"}",
                "{}"
            })
    void anOpaqueTokenThatIdentifiesNoCallerIsRefused(String answer) {
        String token = "opaque" + System.nanoTime();
        Issuer.introspects(token, answer);

        isRefused(bearer(token));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"active\":true,\"username\":\"acme\",\"aud\":\"other\"}",
                "{\"active\":true,\"username\":\"acme\",\"aud\":[\"other\"]}",
                "{\"active\":true,\"username\":\"acme\"}"
            })
    void anOpaqueTokenForAnotherServiceIsRefused(String answer) {
        String token = "opaque" + System.nanoTime();
        Issuer.introspects(token, answer);

        isRefused(bearer(token));
    }

    @Test
    void aWrongKeyIsRefusedEvenBesideAGoodToken() {
        isRefused(bearer(Issuer.token("acme", AN_HOUR)).header("x-api-key", "wrong"));
    }

    @Test
    void twoTokensAreNotChosenFrom() {
        send(bearer(Issuer.token("acme", AN_HOUR)).header("Authorization", "Bearer abc"), ASHA.json())
                .statusCode(400)
                .body("code", equalTo("malformed-request"));
    }

    @Test
    @Order(LEAVES_THE_ISSUER_AWAY)
    void aTokenWhoseKeyIsKnownNeedsNoIssuer() {
        send(bearer(Issuer.token("acme", AN_HOUR)), ASHA.json()).statusCode(200);
        Issuer.leaves();

        send(bearer(Issuer.token("acme", AN_HOUR)), ASHA.json()).statusCode(200);
    }

    @Test
    @Order(LEAVES_THE_ISSUER_AWAY)
    void aTokenWhoseKeyIsNotKnownIsNotJudgedWhileTheIssuerIsAway() {
        Issuer.leaves();

        isNotJudged(bearer(Issuer.tokenWithUnknownKey()));
        isNotJudged(bearer(Issuer.tokenWithUnknownKey()));
    }

    @Test
    @Order(LEAVES_THE_ISSUER_AWAY)
    void anOpaqueTokenIsNotJudgedWhileTheIssuerIsAway() {
        Issuer.leaves();

        isNotJudged(bearer("opaque"));
    }

    @Test
    @Order(LEAVES_THE_ISSUER_AWAY)
    void anIntrospectionThatIsTooLargeIsNotRead() {
        String token = "opaque" + System.nanoTime();
        String answer = "{\"active\":true,\"aud\":\"itr-gateway\",\"username\":\"acme\",\"text\":\"%s\"}";
        Issuer.introspects(token, answer.formatted("x".repeat(TOO_LARGE)));

        isNotJudged(bearer(token));

        Issuer.introspects(token, answer.formatted("x".repeat(TOO_LARGE / 4)));
        send(bearer(token), ASHA.json()).statusCode(200);
    }

    @Test
    @Order(LEAVES_THE_ISSUER_AWAY)
    void anOpaqueTokenIsNotJudgedWhereTheIssuerHangsUp() {
        String token = "opaque" + System.nanoTime();
        Issuer.hangsUpAt(token);

        isNotJudged(bearer(token));
    }

    @Test
    @Order(LEAVES_THE_ISSUER_AWAY)
    void anOpaqueTokenIsNotJudgedByWhatTheIssuerRedirectsTo() {
        String token = "opaque" + System.nanoTime();
        Issuer.redirects(token, "{\"active\":true,\"aud\":\"itr-gateway\",\"username\":\"acme\"}");

        isNotJudged(bearer(token));
    }

    @Test
    @Order(LEAVES_THE_ISSUER_AWAY)
    void answersThatDoNotEndKeepNoConnection() {
        String token = "opaque" + System.nanoTime();
        Issuer.introspects(token, "{\"active\":true,\"aud\":\"itr-gateway\",\"username\":\"acme\"}");
        String trickling = "trickling" + System.nanoTime();
        Issuer.tricklesAt(trickling);

        IntStream.range(0, Issuer.CONNECTIONS).parallel().forEach(connection -> isNotJudged(bearer(trickling)));

        await().atMost(LONG)
                .untilAsserted(() -> send(bearer(token), ASHA.json()).statusCode(200));
    }

    @Test
    @Order(LEAVES_THE_ISSUER_AWAY)
    void keysThatAreTooLargeAreNotRead() {
        isNotJudged(bearer(Issuer.tokenWithNewKeyBeside("x".repeat(TOO_LARGE))));

        send(bearer(Issuer.tokenWithNewKeyBeside("x".repeat(TOO_LARGE / 4))), ASHA.json())
                .statusCode(200);
    }

    static final List<Named<ResponseDefinitionBuilder>> FAILURES = List.of(
            named("no HTTP", aResponse().withFault(Fault.RANDOM_DATA_THEN_CLOSE)),
            named("a chunk that is none", aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK)),
            named("keys that are no objects", okJson("{\"keys\":[1]}")),
            named("no list of keys", okJson("{\"keys\":{\"k1\":{}}}")),
            named("a header that is too long", okJson("{}").withHeader("X-Long", "x".repeat(20_000))),
            named("a redirect that leads nowhere", temporaryRedirect("::::")),
            named(
                    "a redirect with a cookie that has no attributes",
                    temporaryRedirect("/jwks").withHeader("Set-Cookie", "session=1")));

    @ParameterizedTest
    @FieldSource("FAILURES")
    @Order(LEAVES_THE_ISSUER_AWAY)
    void keysThatCannotBeReadAreNoReasonToRefuseAToken(ResponseDefinitionBuilder failure) {
        Issuer.failsToAnswerWithItsKeys(failure);

        isNotJudged(bearer(Issuer.tokenWithUnknownKey()));

        send(bearer(Issuer.tokenWithNewKeyBeside("")), ASHA.json()).statusCode(200);
    }

    @Test
    @DisabledOnIntegrationTest("fills a bean of this process, and reads its log")
    void aTokenThatTheIssuerHasToJudgeIsRefusedAtOnceWhereTooManyWait() {
        String token = "opaque" + System.nanoTime();
        Issuer.introspects(token, ACTIVE);
        var others = takeAllRoom();

        try (var warnings = new LoggedLines(BearerMechanism.class.getName())) {
            isNotJudged(bearer(Issuer.tokenWithUnknownKey()));
            assertThat(warnings.all()).hasSize(1);
            isNotJudged(bearer(token));
            isNotJudged(bearer(token));
            assertThat(Issuer.introspections(token)).isZero();
            assertThat(log.all()).noneMatch(line -> line.level() == org.jboss.logmanager.Level.ERROR);
            assertThat(warnings.all())
                    .singleElement()
                    .extracting(LoggedLines.Line::message)
                    .asString()
                    .contains("QUARKUS_OIDC_MAX_POOL_SIZE");
            send(bearer(Issuer.token("acme", AN_HOUR)), ASHA.json()).statusCode(200);
            send(bearer(token).header("x-api-key", Sandbox.API_KEY), ASHA.json())
                    .statusCode(200);
        } finally {
            others.forEach(Cancellable::cancel);
        }

        send(bearer(token), ASHA.json()).statusCode(200);
    }

    /** By connections that take less and less, until there is not enough for the shortest token. */
    private List<Cancellable> takeAllRoom() {
        List<Cancellable> taken = new ArrayList<>();
        var limit = CDI.current().select(IntrospectionLimit.class).get();
        var vertx = CDI.current().select(Vertx.class).get();
        var context = ((VertxInternal) vertx).getOrCreateContext().duplicate();
        var done = new CompletableFuture<Void>();
        context.runOnContext(now -> {
            for (int length = Integer.MAX_VALUE / 2; length > 0; length /= 2) {
                for (int connection = 0; connection < 2; connection++) {
                    taken.add(limit.within(
                                    length + "-" + connection,
                                    length,
                                    () -> Uni.createFrom().nothing())
                            .subscribe()
                            .with(never -> {}, refused -> {}));
                }
            }
            done.complete(null);
        });
        done.join();
        return taken;
    }

    @Test
    void aTokenOfTheIssuerIsLetIn() {
        send(bearer(Issuer.token("acme", AN_HOUR)), ASHA.json()).statusCode(200);
    }

    @Test
    void anyNumberOfSpacesMayStandBeforeTheToken() {
        send(authorization("Bearer   " + Issuer.token("acme", AN_HOUR)), ASHA.json())
                .statusCode(200);
    }

    @Test
    void aTokenWithoutAKeyIdMayBeOfAnyOfTheKeysOfTheIssuer() {
        Issuer.tokenWithNewKeyBeside("");

        isRefused(bearer(Issuer.forgedTokenWithoutKeyId()));
        send(bearer(Issuer.tokenWithoutKeyId()), ASHA.json()).statusCode(200);
    }

    @Test
    void aKeyWithoutAnIdIsNotTheOnlyOneOfATokenWithoutAKeyId() {
        send(bearer(Issuer.tokenWithNewKeyWithoutIdBeside()), ASHA.json()).statusCode(200);
        Sandbox.forget();
        send(bearer(Issuer.tokenWithoutKeyId()), ASHA.json()).statusCode(200);
        Sandbox.forget();

        send(bearer(Issuer.tokenWithNewKeyWithoutIdBeside()), ASHA.json()).statusCode(200);
    }

    @Test
    void whereTheIssuerHasMoreThanEightKeysATokenHasToNameItsOwn() {
        try {
            send(bearer(Issuer.tokenWithNewKeysBeside(IssuerKeyReads.MOST_KEYS_TO_TRY)), ASHA.json())
                    .statusCode(200);
            Sandbox.forget();

            isRefused(bearer(Issuer.tokenWithoutKeyId())).body("detail", containsString("kid"));
            isRefused(bearer("opaque"));
            send(bearer(Issuer.token("acme", AN_HOUR)), ASHA.json()).statusCode(200);
        } finally {
            send(bearer(Issuer.tokenWithNewKeyBeside("")), ASHA.json()).statusCode(200);
        }

        send(bearer(Issuer.tokenWithoutKeyId()), ASHA.json()).statusCode(200);
    }

    @Test
    void aGoodKeyIsLetInBesideAVendorsToken() {
        send(bearer("YOUR_API_TOKEN (JWT)").header("x-api-key", Sandbox.API_KEY), ASHA.json())
                .statusCode(200);
    }

    @Test
    @DisabledOnIntegrationTest("reads the log of this process")
    void aRequestIdThatIsTheTokenIsReplacedAndNotLogged() {
        String token = "opaque" + System.nanoTime();
        Issuer.introspects(token, ACTIVE);

        var answer = send(bearer(token).header("X-Request-Id", token), ASHA.json());

        String id = answer.statusCode(200).extract().header("X-Request-Id");
        assertThat(id).isNotEqualTo(token);
        await().until(() -> !log.of(id).isEmpty());
        assertThat(log.all()).noneMatch(line -> line.toString().contains(token));
    }
}
