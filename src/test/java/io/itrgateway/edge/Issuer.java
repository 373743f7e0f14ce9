package io.itrgateway.edge;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
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

/** The company's own OIDC issuer: discovery, one key, and tokens. */
public class Issuer implements QuarkusTestResourceLifecycleManager {

    private static final KeyPair KEYS = newKeys();

    private static WireMockServer server;

    @Override
    public Map<String, String> start() {
        server = new WireMockServer(options().dynamicPort());
        server.start();
        server.stubFor(get("/.well-known/openid-configuration")
                .willReturn(okJson("{\"issuer\":\"%1$s\",\"jwks_uri\":\"%1$s/jwks\",\"token_endpoint\":\"%1$s/token\"}"
                        .formatted(server.baseUrl()))));
        var key = (RSAPublicKey) KEYS.getPublic();
        server.stubFor(get("/jwks")
                .willReturn(okJson(
                        "{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"k1\",\"n\":\"%s\",\"e\":\"%s\"}]}"
                                .formatted(base64(key.getModulus()), base64(key.getPublicExponent())))));
        return Map.of("quarkus.oidc.auth-server-url", server.baseUrl());
    }

    @Override
    public void stop() {
        server.stop();
    }

    /** A token of this issuer. */
    static String token(String subject, Duration life) {
        return token(subject, life, KEYS);
    }

    /** A token that says it is of this issuer and is signed by somebody else. */
    static String forgedToken(String subject) {
        return token(subject, Duration.ofHours(1), newKeys());
    }

    private static String token(String subject, Duration life, KeyPair keys) {
        String content = base64("{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"JWT\"}") + "."
                + base64("{\"iss\":\"%s\",\"sub\":\"%s\",\"iat\":%d,\"exp\":%d}"
                        .formatted(
                                server.baseUrl(),
                                subject,
                                Instant.now().getEpochSecond(),
                                Instant.now().plus(life).getEpochSecond()));
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
