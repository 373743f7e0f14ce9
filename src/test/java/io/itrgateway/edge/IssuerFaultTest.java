package io.itrgateway.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.quarkus.oidc.OIDCException;
import io.quarkus.oidc.common.runtime.OidcClientRedirectException;
import io.smallrye.mutiny.helpers.ParameterValidation;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.json.DecodeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

class IssuerFaultTest {

    private static final String SECRET = "eyJhbGciOi";

    private static final String BROKE_OFF =
            "the exchange broke off (if its URL begins with http://, the port may expect TLS)";
    private static final String NOT_HTTP =
            "its answer is not HTTP (if its URL begins with http://, the port may expect TLS)";

    static final List<Arguments> KINDS = List.of(
            Arguments.of(new UnknownHostException(SECRET), "its name cannot be resolved"),
            Arguments.of(
                    new SSLHandshakeException(SECRET).initCause(new CertificateException(SECRET)),
                    "its certificate is not trusted"),
            Arguments.of(new SSLHandshakeException(SECRET), "no TLS connection"),
            Arguments.of(
                    ofStore(), "a store of QUARKUS_OIDC_TLS_* cannot be opened; look at the file and its password"),
            Arguments.of(new ConnectException("Connection refused: " + SECRET), "connection refused"),
            Arguments.of(new ConnectException("Network is unreachable: " + SECRET), "no connection"),
            Arguments.of(new ConnectTimeoutException(SECRET), "it does not answer in time, or has too few connections"),
            Arguments.of(new TimeoutException(SECRET), "it does not answer in time, or has too few connections"),
            Arguments.of(new OidcClientRedirectException(SECRET, List.of()), "it redirects to another address"),
            Arguments.of(new URISyntaxException(SECRET, SECRET), "it redirects to another address"),
            Arguments.of(new TooLongHttpHeaderException(SECRET), "the header of its answer is too long"),
            Arguments.of(new PrematureChannelClosureException(SECRET), BROKE_OFF),
            Arguments.of(new IllegalArgumentException(SECRET), NOT_HTTP),
            Arguments.of(new DecoderException(SECRET), NOT_HTTP),
            Arguments.of(new DecodeException(SECRET), "its answer is not the JSON that is expected"),
            Arguments.of(new HttpClosedException(SECRET), BROKE_OFF),
            Arguments.of(new NullPointerException(ParameterValidation.MAPPER_RETURNED_NULL), BROKE_OFF),
            Arguments.of(new IssuerFault("it answers with status 503"), "it answers with status 503"),
            Arguments.of(new IllegalStateException(SECRET), "IllegalStateException"));

    private static Exception ofStore() {
        try {
            KeyStore.getInstance("PKCS12").load(new ByteArrayInputStream(SECRET.getBytes(UTF_8)), null);
            throw new AssertionError("that is no store");
        } catch (IOException | GeneralSecurityException e) {
            return e;
        }
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void whyAnIssuerCannotBeUsedIsSaidInWordsOfThisService(Throwable failure, String words) {
        assertThat(IssuerFault.of(failure)).hasMessage(words);
        assertThat(IssuerFault.of(new OIDCException(SECRET, new RuntimeException(SECRET, failure))))
                .hasMessage(words);
    }
}
