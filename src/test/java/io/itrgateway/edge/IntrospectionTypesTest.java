package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.oidc.TokenIntrospection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntrospectionTypesTest {

    @ParameterizedTest
    @ValueSource(strings = {"42", "true", "null", "[\"acme\"]", "{\"name\":\"acme\"}"})
    void whatIsNoTextIsRemovedWhereATextIsExpected(String value) {
        String answer = "{\"active\":true,\"username\":%1$s,\"sub\":%1$s,\"scope\":%1$s,\"exp\":42,\"aud\":[\"a\"]}"
                .formatted(value);

        assertThat(IntrospectionTypes.withTextsOnly(answer)).isEqualTo("{\"active\":true,\"exp\":42,\"aud\":[\"a\"]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ \"active\": true, \"username\": \"acme\", \"sub\": \"1\", \"scope\": \"a b\", \"exp\": 1.0E400 }",
                "{\"active\":false}",
                "",
                "[]",
                "{\"username\":42",
                "<html>"
            })
    void everythingElseStaysAsItCame(String answer) {
        assertThat(IntrospectionTypes.withTextsOnly(answer)).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"username", "sub", "scope"})
    void whatIsLeftCanBeReadByQuarkus(String member) {
        var answer = new TokenIntrospection(
                IntrospectionTypes.withTextsOnly("{\"active\":true,\"%s\":42}".formatted(member)));

        assertThat(answer.getUsername()).isNull();
        assertThat(answer.getSubject()).isNull();
        assertThat(answer.getScopes()).isNull();
    }
}
