package io.itrgateway.edge;

import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.quarkus.oidc.OIDCException;
import io.quarkus.oidc.common.OidcResponseFilter.OidcResponseFilterContext;
import io.quarkus.oidc.common.runtime.OidcClientRedirectException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.jwt.build.JwtException;
import io.smallrye.mutiny.helpers.ParameterValidation;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import jakarta.json.JsonException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jose4j.json.internal.json_simple.parser.ParseException;
import org.jose4j.lang.JoseException;

/** Why the OIDC issuer cannot be used, in words of this service: those of others may quote a token. */
final class IssuerFault extends OIDCException {

    private static final long serialVersionUID = 1L;

    /** Far above how deep causes are nested; a chain may be a circle. */
    static final int DEEPEST_CAUSE = 10;

    private static final int REDIRECT = 302;
    private static final int FIRST_FAILURE = 400;

    private static final String REDIRECTS = "it redirects to another address";

    static final String NOT_JSON = "its answer is not the JSON that is expected";

    private static final Set<String> REPLACED_BY_NO_CAUSE =
            Set.of(ParameterValidation.MAPPER_RETURNED_NULL, ParameterValidation.SUPPLIER_PRODUCED_NULL);

    /** The first that holds for any of the causes. */
    private static final List<Map.Entry<Predicate<Throwable>, String>> KINDS = List.of(
            kind(UnknownHostException.class::isInstance, "its name cannot be resolved"),
            kind(
                    cause -> cause instanceof CertificateException
                            || cause instanceof CertPathBuilderException
                            || cause instanceof CertPathValidatorException,
                    "its certificate is not trusted"),
            kind(
                    IssuerFault::isOfStore,
                    "a store of QUARKUS_OIDC_TLS_* cannot be opened; look at the file and its password"),
            kind(SSLException.class::isInstance, "no TLS connection"),
            kind(
                    cause -> cause instanceof TimeoutException
                            || cause instanceof io.smallrye.mutiny.TimeoutException
                            || cause.getClass().getSimpleName().equals("ConnectTimeoutException"),
                    "it does not answer in time, or has too few connections"),
            kind(
                    cause -> cause instanceof ConnectException
                            && String.valueOf(cause.getMessage()).contains("refused"),
                    "connection refused"),
            kind(ConnectException.class::isInstance, "no connection"),
            kind(
                    cause -> cause instanceof ConfigurationException || cause instanceof JwtException,
                    "a setting QUARKUS_OIDC_* does not fit it"),
            kind(
                    cause -> cause instanceof OidcClientRedirectException || cause instanceof URISyntaxException,
                    REDIRECTS),
            kind(
                    cause -> cause instanceof DecodeException
                            || cause instanceof JsonException
                            || cause instanceof ParseException
                            || cause instanceof JoseException
                            || cause instanceof ClassCastException,
                    NOT_JSON),
            kind(TooLongHttpHeaderException.class::isInstance, "the header of its answer is too long"),
            kind(
                    cause -> cause instanceof IOException
                            || cause instanceof VertxException
                            || cause instanceof PrematureChannelClosureException
                            || isReplacedByNoCause(cause),
                    "the exchange broke off (if its URL begins with http://, the port may expect TLS)"),
            kind(
                    cause -> cause instanceof CodecException || cause instanceof IllegalArgumentException,
                    "its answer is not HTTP (if its URL begins with http://, the port may expect TLS)"));

    private static Map.Entry<Predicate<Throwable>, String> kind(Predicate<Throwable> sign, String words) {
        return Map.entry(sign, words);
    }

    IssuerFault(String words) {
        super(words);
    }

    /** Empty if the status says that the exchange succeeded, or redirects, which Quarkus notices itself, unless it fails over a cookie. */
    static Optional<IssuerFault> in(OidcResponseFilterContext answer) {
        if (answer.statusCode() == REDIRECT
                && answer.responseHeaders().getAll(HttpHeaders.SET_COOKIE).stream()
                        .anyMatch(cookie -> !cookie.contains(";"))) {
            return Optional.of(new IssuerFault(REDIRECTS));
        }
        return answer.statusCode() >= FIRST_FAILURE
                ? Optional.of(new IssuerFault("it answers with status " + answer.statusCode()))
                : Optional.empty();
    }

    /** What went wrong with an exchange; where that is not known, the class of the failure. */
    static IssuerFault of(Throwable failure) {
        List<Throwable> causes = causesOf(failure);
        return causes.stream()
                .filter(IssuerFault.class::isInstance)
                .map(IssuerFault.class::cast)
                .findFirst()
                .orElseGet(() -> new IssuerFault(KINDS.stream()
                        .filter(kind -> causes.stream().anyMatch(kind.getKey()))
                        .findFirst()
                        .map(Map.Entry::getValue)
                        .orElseGet(
                                () -> causes.get(causes.size() - 1).getClass().getSimpleName())));
    }

    /** What went wrong with reading the keys, whose address may be of another host than that of the metadata. */
    static IssuerFault ofKeys(Throwable failure) {
        IssuerFault fault = of(failure);
        List<Throwable> causes = causesOf(failure);
        return causes.contains(fault) || causes.stream().anyMatch(ConfigurationException.class::isInstance)
                ? fault
                : new IssuerFault("its jwks_uri: " + fault.getMessage());
    }

    /** Quarkus' client replaces a failure by its cause, also where it has none. */
    static boolean isReplacedByNoCause(Throwable failure) {
        return failure instanceof NullPointerException
                && REPLACED_BY_NO_CAUSE.contains(String.valueOf(failure.getMessage()));
    }

    /** Whether the JDK failed over a store of keys or certificates of this service, which it opens with the first connection. */
    private static boolean isOfStore(Throwable failure) {
        return failure instanceof KeyStoreException
                || failure instanceof UnrecoverableKeyException
                || failure instanceof IOException
                        && Stream.of(failure.getStackTrace())
                                .anyMatch(frame -> frame.getClassName().equals(KeyStore.class.getName()));
    }

    private static List<Throwable> causesOf(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(DEEPEST_CAUSE)
                .toList();
    }
}
