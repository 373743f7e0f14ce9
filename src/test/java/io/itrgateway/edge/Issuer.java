package io.itrgateway.edge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.seeOther;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.itrgateway.sandbox.FreePort;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** The company's own OIDC issuer: discovery, one key, tokens, and introspection of opaque ones. It can be away. */
public class Issuer implements QuarkusTestResourceLifecycleManager {

    /** The argument that makes it be away when the service starts. */
    static final String AWAY = "away";

    /** The most that the service opens. */
    static final int CONNECTIONS = 4;

    private static final String AUDIENCE = "itr-gateway";
    private static final String KNOWN_KEY = "k1";
    private static final KeyPair KEYS = newKeys();
    private static final String SECOND = "https://second.example";
    private static final KeyPair KEYS_OF_SECOND = newKeys();

    private static int port;
    private static WireMockServer server;

    private boolean away;

    @Override
    public void init(Map<String, String> arguments) {
        away = Boolean.parseBoolean(arguments.get(AWAY));
    }

    @Override
    public Map<String, String> start() {
        port = FreePort.next();
        if (!away) {
            comes();
        }
        return Map.of(
                "quarkus.oidc.auth-server-url",
                url(),
                "quarkus.oidc.client-id",
                "gateway",
                "quarkus.oidc.credentials.secret",
                "a-secret-of-the-gateway-at-its-issuer",
                "quarkus.oidc.token.audience",
                AUDIENCE,
                "quarkus.oidc.max-pool-size",
                String.valueOf(CONNECTIONS),
                // Each token with an unknown key asks for keys again; where it was away, as in production.
                "quarkus.oidc.token.forced-jwk-refresh-interval",
                away ? "10s" : "1ms",
                "quarkus.oidc.token.allow-jwt-introspection",
                String.valueOf(!away),
                "quarkus.oidc.second.public-key",
                publicKey(KEYS_OF_SECOND),
                "quarkus.oidc.second.token.issuer",
                SECOND,
                "quarkus.oidc.resolve-tenants-with-issuer",
                "true");
    }

    @Override
    public void stop() {
        leaves();
    }

    static void comes() {
        if (server != null) {
            return;
        }
        server = new WireMockServer(options().port(port));
        server.start();
        server.stubFor(get("/.well-known/openid-configuration")
                .willReturn(okJson(("{\"issuer\":\"%1$s\",\"jwks_uri\":\"%1$s/jwks\",\"token_endpoint\":\"%1$s/token\","
                                + "\"introspection_endpoint\":\"%1$s/introspect\"}")
                        .formatted(url()))));
        publishes("", "", Duration.ZERO);
        server.stubFor(post("/introspect").willReturn(okJson("{\"active\":false}")));
    }

    /** @param keys as JSON, beside the one that is always there */
    private static void publishes(String keys, String more, Duration delay) {
        server.stubFor(get("/jwks")
                .willReturn(okJson("{\"keys\":[%s%s]%s}".formatted(published(KNOWN_KEY, KEYS), keys, more))
                        .withFixedDelay((int) delay.toMillis())));
    }

    private static String published(String id, KeyPair keys) {
        var key = (RSAPublicKey) keys.getPublic();
        return "{\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}"
                .formatted(id, base64(key.getModulus()), base64(key.getPublicExponent()));
    }

    /** From now on there is another key, and the answer with the keys has this text in it. @return a token that is signed with that key */
    static String tokenWithNewKeyBeside(String text) {
        KeyPair keys = newKeys();
        String id = "k" + System.nanoTime();
        publishes("," + published(id, keys), ",\"text\":\"" + text + "\"", Duration.ZERO);
        return token(id, claims(AUDIENCE, Duration.ofHours(1), "\"sub\":\"acme\""), keys);
    }

    /** From now on there is another key, which has no id. @return a token that is signed with that key */
    static String tokenWithNewKeyWithoutIdBeside() {
        KeyPair keys = newKeys();
        publishes("," + published("", keys).replace("\"kid\":\"\",", ""), "", Duration.ZERO);
        return token(null, claims(AUDIENCE, Duration.ofHours(1), "\"sub\":\"acme\""), keys);
    }

    /** From now on there are so many other keys. @return a token that is signed with one of them */
    static String tokenWithNewKeysBeside(int number) {
        KeyPair keys = newKeys();
        String id = "k" + System.nanoTime();
        publishes(("," + published(id, keys)).repeat(number), "", Duration.ZERO);
        return token(id, claims(AUDIENCE, Duration.ofHours(1), "\"sub\":\"acme\""), keys);
    }

    /** From now on there is another key, and it takes that long to read the keys. @return a token that is signed with that key */
    static String tokenWithNewKeyReadIn(Duration delay) {
        KeyPair keys = newKeys();
        String id = "k" + System.nanoTime();
        publishes("," + published(id, keys), "", delay);
        return token(id, claims(AUDIENCE, Duration.ofHours(1), "\"sub\":\"acme\""), keys);
    }

    /** From now on its keys are answered in that way. */
    static void failsToAnswerWithItsKeys(ResponseDefinitionBuilder answer) {
        server.stubFor(get("/jwks").willReturn(answer));
    }

    /** How often its keys were read. */
    static int keyReads() {
        return server.countRequestsMatching(getRequestedFor(urlEqualTo("/jwks")).build())
                .getCount();
    }

    /** Instead of it, while it is away, one whose answers do not end. */
    static HangingIssuer hangs() throws IOException {
        return new HangingIssuer(port);
    }

    static void leaves() {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    private static String url() {
        return "http://localhost:" + port;
    }

    /** From now on that opaque token is introspected as that. */
    static void introspects(String token, String answer) {
        server.stubFor(post("/introspect")
                .withRequestBody(containing("token=" + token + "&"))
                .willReturn(okJson(answer)));
    }

    /** How often it was asked what that opaque token is worth. */
    static int introspections(String token) {
        return server.countRequestsMatching(postRequestedFor(urlEqualTo("/introspect"))
                        .withRequestBody(containing("token=" + token + "&"))
                        .build())
                .getCount();
    }

    /** From now on it is elsewhere that this opaque token is introspected as that. */
    static void redirects(String token, String answer) {
        server.stubFor(post("/introspect")
                .withRequestBody(containing("token=" + token + "&"))
                .willReturn(seeOther("/elsewhere")));
        server.stubFor(get("/elsewhere").willReturn(okJson(answer)));
    }

    /** From now on the connection ends without an answer when that opaque token is introspected. */
    static void hangsUpAt(String token) {
        server.stubFor(post("/introspect")
                .withRequestBody(containing("token=" + token + "&"))
                .willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
    }

    /** From now on its answer begins at once, and takes minutes to end, when that opaque token is introspected. */
    static void tricklesAt(String token) {
        int bytes = 300;
        server.stubFor(post("/introspect")
                .withRequestBody(containing("token=" + token + "&"))
                .willReturn(okJson(" ".repeat(bytes)).withChunkedDribbleDelay(bytes, bytes * 1_000)));
    }

    /** A token of this issuer. */
    static String token(String subject, Duration life) {
        return token(KNOWN_KEY, claims(AUDIENCE, life, "\"sub\":\"" + subject + "\""), KEYS);
    }

    /** A token of this issuer with these claims, as members of a JSON object, beside those that every token has. */
    static String tokenWith(String claims) {
        return token(KNOWN_KEY, claims(AUDIENCE, Duration.ofHours(1), claims), KEYS);
    }

    /** A token of this issuer for another audience. */
    static String tokenFor(String audience) {
        return token(KNOWN_KEY, claims(audience, Duration.ofHours(1), "\"sub\":\"acme\""), KEYS);
    }

    /** A token that is signed with a key that is not published. */
    static String tokenWithUnknownKey() {
        return token("k2", claims(AUDIENCE, Duration.ofHours(1), "\"sub\":\"acme\""), newKeys());
    }

    /** A token of another issuer, of which there are settings, too. */
    static String tokenOfSecondIssuer() {
        String claims = claims(AUDIENCE, Duration.ofHours(1), "\"sub\":\"acme\"");
        return token(KNOWN_KEY, claims.replace(url(), SECOND), KEYS_OF_SECOND);
    }

    /** A token of another issuer, which is signed with a key that this one does not publish. */
    static String tokenOfAnotherIssuer() {
        String claims = claims(AUDIENCE, Duration.ofHours(1), "\"sub\":\"acme\"");
        return token("k2", claims.replace(url(), SECOND), newKeys());
    }

    /** The key of its tokens, as {@code quarkus.oidc.public-key} takes it. */
    static String publicKey() {
        return publicKey(KEYS);
    }

    private static String publicKey(KeyPair keys) {
        return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
    }

    static String tokenWithoutKeyId() {
        return token(null, claims(AUDIENCE, Duration.ofHours(1), "\"sub\":\"acme\""), KEYS);
    }

    /** Signed with a key that is not the issuer's. */
    static String forgedTokenWithoutKeyId() {
        return token(null, claims(AUDIENCE, Duration.ofHours(1), "\"sub\":\"acme\""), newKeys());
    }

    /** Names this issuer and a key of it, and is signed with another key. */
    static String forgedToken(String subject) {
        return token(KNOWN_KEY, claims(AUDIENCE, Duration.ofHours(1), "\"sub\":\"" + subject + "\""), newKeys());
    }

    private static String claims(String audience, Duration life, String more) {
        return "{\"iss\":\"%s\",\"aud\":\"%s\",\"iat\":%d,\"exp\":%d%s}"
                .formatted(
                        url(),
                        audience,
                        Instant.now().getEpochSecond(),
                        Instant.now().plus(life).getEpochSecond(),
                        more.isEmpty() ? "" : "," + more);
    }

    private static String token(String keyId, String claims, KeyPair keys) {
        String id = keyId == null ? "" : "\"kid\":\"%s\",".formatted(keyId);
        String content = base64("{\"alg\":\"RS256\"," + id + "\"typ\":\"JWT\"}") + "." + base64(claims);
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return base64(bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
