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
import io.quarkus.vertx.http.runtime.attribute.RequestURLAttribute;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Masks query strings in Quarkus' access log, should an operator switch it on: client ids stand in them. So does it with headers that hold
 * credentials, where a pattern names one; {@code quarkus.http.access-log.masked-headers} is about all headers together, except for cookies, of
 * which Quarkus masks those only whose names it is given. Loaded as a service, before those of Quarkus, which know no masking of either.
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

    private static final List<ExchangeAttributeBuilder> WITH_A_QUERY =
            List.of(new RequestLineAttribute.Builder(), new RequestURLAttribute.Builder());
    private static final List<ExchangeAttributeBuilder> OF_A_QUERY_OR_A_COOKIE = List.of(
            new QueryStringAttribute.Builder(), new QueryParameterAttribute.Builder(), new CookieAttribute.Builder());

    private record Masked(ExchangeAttribute unmasked, UnaryOperator<String> mask) implements ExchangeAttribute {

        @Override
        public String readAttribute(RoutingContext exchange) {
            String value = unmasked.readAttribute(exchange);
            return value == null || value.isEmpty() ? value : mask.apply(value);
        }

        @Override
        public void writeAttribute(RoutingContext exchange, String value) throws ReadOnlyAttributeException {
            unmasked.writeAttribute(exchange, value);
        }
    }

    @Override
    public ExchangeAttribute build(String token) {
        if (OF_CREDENTIALS.matcher(token).matches()) {
            return masked(new RequestHeaderAttribute.Builder(), token, credentials -> MASK);
        }
        return Stream.of(
                        WITH_A_QUERY.stream().map(builder -> masked(builder, token, QuerylessAccessLog::withoutQuery)),
                        OF_A_QUERY_OR_A_COOKIE.stream().map(builder -> masked(builder, token, value -> MASK)),
                        Stream.of(masked(
                                new AllRequestHeadersAttribute.Builder(), token, QuerylessAccessLog::withoutCookies)))
                .flatMap(Function.identity())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static ExchangeAttribute masked(
            ExchangeAttributeBuilder builder, String token, UnaryOperator<String> mask) {
        ExchangeAttribute unmasked = builder.build(token);
        return unmasked == null ? null : new Masked(unmasked, mask);
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
