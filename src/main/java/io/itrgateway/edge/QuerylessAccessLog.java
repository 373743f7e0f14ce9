package io.itrgateway.edge;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.vertx.http.runtime.attribute.AllRequestHeadersAttribute;
import io.quarkus.vertx.http.runtime.attribute.CookieAttribute;
import io.quarkus.vertx.http.runtime.attribute.ExchangeAttribute;
import io.quarkus.vertx.http.runtime.attribute.ExchangeAttributeBuilder;
import io.quarkus.vertx.http.runtime.attribute.QueryParameterAttribute;
import io.quarkus.vertx.http.runtime.attribute.QueryStringAttribute;
import io.quarkus.vertx.http.runtime.attribute.ReadOnlyAttributeException;
import io.quarkus.vertx.http.runtime.attribute.RequestHeaderAttribute;
import io.quarkus.vertx.http.runtime.attribute.RequestLineAttribute;
import io.quarkus.vertx.http.runtime.attribute.RequestPathAttribute;
import io.quarkus.vertx.http.runtime.attribute.RequestURLAttribute;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Masks query strings in Quarkus' access log, should an operator switch it on: client ids stand in them. So does it with headers that hold
 * credentials, where a pattern names one; {@code quarkus.http.access-log.masked-headers} is about all headers together, except for cookies, of
 * which Quarkus masks those only whose names it is given. A caller may repeat its key elsewhere, as in the path or in {@code X-Request-Id}: it
 * is masked there, too. Loaded as a service, before those of Quarkus, which know no masking of either.
 */
@RegisterForReflection // in a native image Quarkus registers its own services of this kind only
public final class QuerylessAccessLog implements ExchangeAttributeBuilder {

    /** Those of Quarkus have at most 100. */
    private static final int BEFORE_QUARKUS = 200;

    private static final String MASK = "...";

    /** In a request line up to the protocol, in a URL up to its end. */
    private static final Pattern QUERY = Pattern.compile("\\?.*?(?= HTTP/[0-9.]+$|$)", Pattern.DOTALL);

    private static final Pattern OF_CREDENTIALS =
            Pattern.compile("%\\{i,(x-api-key|authorization|proxy-authorization|cookie)}", Pattern.CASE_INSENSITIVE);

    private static final Pattern COOKIES = Pattern.compile("(?im)^(cookie: ).*$");

    /** Of all headers, each in a line of its own. */
    private static final Pattern HEADER = Pattern.compile("(?m)^([^:\\n]+: )(.*)$");

    private static final List<ExchangeAttributeBuilder> WITH_A_PATH = List.of(
            new RequestLineAttribute.Builder(), new RequestURLAttribute.Builder(), new RequestPathAttribute.Builder());
    private static final List<ExchangeAttributeBuilder> HIDDEN = List.of(
            new QueryStringAttribute.Builder(), new QueryParameterAttribute.Builder(), new CookieAttribute.Builder());

    private record Masked(ExchangeAttribute unmasked, BiFunction<MultiMap, String, String> mask)
            implements ExchangeAttribute {

        @Override
        public String readAttribute(RoutingContext exchange) {
            String value = unmasked.readAttribute(exchange);
            return value == null || value.isEmpty()
                    ? value
                    : mask.apply(exchange.request().headers(), value);
        }

        @Override
        public void writeAttribute(RoutingContext exchange, String value) throws ReadOnlyAttributeException {
            unmasked.writeAttribute(exchange, value);
        }
    }

    @Override
    public ExchangeAttribute build(String token) {
        return Stream.of(
                        WITH_A_PATH.stream()
                                .map(builder -> masked(
                                        builder, token, (headers, text) -> withoutSecret(withoutQuery(text), headers))),
                        HIDDEN.stream().map(builder -> masked(builder, token, (headers, value) -> MASK)),
                        Stream.of(
                                masked(new RequestHeaderAttribute.Builder(), token, maskOfHeader(token)),
                                masked(
                                        new AllRequestHeadersAttribute.Builder(),
                                        token,
                                        (headers, all) -> withoutSecrets(withoutCookies(all), headers))))
                .flatMap(Function.identity())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static BiFunction<MultiMap, String, String> maskOfHeader(String token) {
        return OF_CREDENTIALS.matcher(token).matches()
                ? (headers, credentials) -> MASK
                : (headers, value) -> withoutSecret(value, headers);
    }

    private static ExchangeAttribute masked(
            ExchangeAttributeBuilder builder, String token, BiFunction<MultiMap, String, String> mask) {
        ExchangeAttribute unmasked = builder.build(token);
        return unmasked == null ? null : new Masked(unmasked, mask);
    }

    private static String withoutSecret(String text, MultiMap headers) {
        return PresentedSecrets.areIn(text, headers) ? MASK : text;
    }

    /** @param all each in a line of its own */
    private static String withoutSecrets(String all, MultiMap headers) {
        return HEADER.matcher(all)
                .replaceAll(
                        header -> Matcher.quoteReplacement(header.group(1) + withoutSecret(header.group(2), headers)));
    }

    static String withoutQuery(String text) {
        return QUERY.matcher(text).replaceFirst("?" + MASK);
    }

    /** @param headers each in a line of its own */
    static String withoutCookies(String headers) {
        return COOKIES.matcher(headers).replaceAll("$1" + MASK);
    }

    @Override
    public String name() {
        return "Query strings, masked";
    }

    @Override
    public int priority() {
        return BEFORE_QUARKUS;
    }
}
