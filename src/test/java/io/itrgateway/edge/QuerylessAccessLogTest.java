package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.vertx.http.runtime.attribute.ExchangeAttributeBuilder;
import java.util.Comparator;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuerylessAccessLogTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /a?itr_client_id=x&itr_id=y HTTP/1.1 | GET /a?... HTTP/1.1",
                "GET /a?b?c d HTTP/1.1 HTTP/2          | GET /a?... HTTP/2",
                "GET /a?itr_client_id=x                | GET /a?...",
                "/a?itr_client_id=x HTTP/1.1           | /a?... HTTP/1.1",
                "/a?                                   | /a?...",
                "GET /a HTTP/1.1                       | GET /a HTTP/1.1",
                "/a                                    | /a"
            })
    void whatFollowsTheQuestionMarkIsMasked(String line, String masked) {
        assertThat(QuerylessAccessLog.withoutQuery(line)).isEqualTo(masked);
    }

    @Test
    void amongAllHeadersThoseWithCookiesAreMasked() {
        assertThat(QuerylessAccessLog.withoutCookies("Host: a\nCookie: a=b; c=d\ncookie: e=f\nX-Cookie: g"))
                .isEqualTo("Host: a\nCookie: ...\ncookie: ...\nX-Cookie: g");
    }

    /** In the order in which Quarkus asks them. */
    private static Stream<ExchangeAttributeBuilder> builders() {
        return ServiceLoader.load(ExchangeAttributeBuilder.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparingInt(ExchangeAttributeBuilder::priority)
                        .reversed());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%r",
                "%<r",
                "%{REQUEST_LINE}",
                "%{<REQUEST_LINE}",
                "%U",
                "%<U",
                "%{REQUEST_URL}",
                "%{<REQUEST_URL}",
                "%q",
                "%<q",
                "%{QUERY_STRING}",
                "%{BARE_QUERY_STRING}",
                "%{<QUERY_STRING}",
                "%{<BARE_QUERY_STRING}",
                "%{q,itr_client_id}",
                "%{<q,itr_client_id}",
                "%{i,x-api-key}",
                "%{i,X-API-Key}",
                "%{i,Authorization}",
                "%{i,Proxy-Authorization}",
                "%{i,Cookie}",
                "%{c,session}",
                "%{i,X-Request-Id}",
                "%{i,User-Agent}",
                "%R",
                "%{<REQUEST_PATH}"
            })
    void everyWordOfAPatternThatMayShowAQueryOrCredentialsIsMasked(String token) {
        var first = builders()
                .map(builder -> builder.build(token))
                .filter(Objects::nonNull)
                .findFirst();

        assertThat(first.orElseThrow().getClass().getEnclosingClass()).isEqualTo(QuerylessAccessLog.class);
    }

    @Test
    void otherWordsAreLeftToQuarkus() {
        assertThat(Stream.of("%s", "%m", "%{o,X-Request-Id}", "text"))
                .allSatisfy(token ->
                        assertThat(new QuerylessAccessLog().build(token)).isNull());
    }
}
