package io.itrgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShownValueTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "very-secret-indeed",
                "correct horse battery staple",
                "hunter22",
                "admin:hunter",
                "Passw0rd",
                "aVerySecretWord",
                "0123456789abcdef0123456789abcdef",
                "0123456789012345678901234567890",
                "5f2c1a90-3b7d-4e6f-8a1b-2c3d4e5f6a7b",
                "5F2C1A90-3B7D-4E6F-8A1B-2C3D4E5F6A7B",
                "AKIAIOSFODNN7EXAMPLE",
                "c2VjcmV0c2VjcmV0c2VjcmV0",
                "/c2VjcmV0/c2VjcmV0==",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N",
                "acme:0123456789abcdef0123456789abcdef",
                "https://user:word@production.deepvue.tech",
                "https://production.deepvue.tech?key=1",
                "https://0123456789abcdef0123456789abcdef",
                "redis://:word@redis:6379",
                "5/100/2000,very-secret-indeed"
            })
    void whatMayBeASecretIsNotShown(String value) {
        assertThat(ShownValue.of(value))
                .isEqualTo("a text of %d characters (not shown, since it may be a secret)".formatted(value.length()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "soon",
                "Growth",
                "FALSE",
                "enterprise",
                "-1",
                "100001",
                "1_000",
                "1.5s",
                "1m30s",
                "1h 30 min",
                "demo=3",
                "64MiB",
                "10%",
                "17/1000",
                "17-1000-50000",
                "17 / 1000 / 50000",
                "1e3",
                "2.5E-3",
                "5 seconds",
                "PT30S",
                "acme:5",
                "acme:5, other-team:1/2/3",
                "10.0.0.0/99",
                "production.deepvue.tech",
                "production.deepvue.tech:443",
                "https//production.deepvue.tech",
                "http://localhost:8080/v1",
                "http://my_host",
                "app.yaml",
                "./config/app.yml",
                "POST /v1/authorize",
                "reads:GET /v1/verification/ifsc/*",
                "TLS1.2",
                "ECDHE-RSA-AES128-GCM-SHA256"
            })
    void whatIsWrongOtherwiseIsShown(String value) {
        assertThat(ShownValue.of(value)).isEqualTo("\"%s\"".formatted(value));
    }

    @Test
    void aPathOfThisMachineIsShown(@TempDir Path directory) {
        assertThat(ShownValue.of(directory.resolve("Audit 1.LOG").toString()))
                .isEqualTo("\"%s\"".formatted(directory.resolve("Audit 1.LOG")));
    }

    @Test
    void whatIsShownStaysOnOneLine() {
        assertThat(ShownValue.of("INFO\r")).isEqualTo("\"INFO?\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            ^\u200b7s^  | a text of 3 characters, number 1 of which is U+200B
            ^7s\u00a0^  | a text of 3 characters, number 3 of which is U+00A0
            17\u20131000 | a text of 7 characters, number 3 of which is U+2013
            \u201c30s    | a text of 4 characters, number 1 of which is U+201C
            p\u00e4ssw\u00f6rd | a text of 8 characters
            """)
    void aCharacterThatLooksLikeAnotherIsNamedWhereTheValueIsNotShown(String value, String shown) {
        assertThat(ShownValue.of(value)).isEqualTo(shown + " (not shown, since it may be a secret)");
    }

    /** As where the character between a name and its value was copied from a page, or a system property has a colon in place of {@code =}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ":", ": ", " ", "=", ";", "|", "@", " -> ", "\u00a0", "\u2003", "\u3000", "\uff1d", "\uff1a", "\u2192"
            })
    void aValueBehindANameIsNotShown(String between) {
        assertThat(ShownValue.ofName("gateway.redis-url" + between + "redis://user:secret@host"))
                .isEqualTo("gateway.redis-url…");
    }

    @Test
    void aValueInQuotationMarksBehindANameIsNotShown() {
        assertThat(ShownValue.ofName("gateway.redis-url.\"redis://user:secret@host\""))
                .isEqualTo("gateway.redis-url.\"redis…");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%staging.deepvue.pln",
                "%staging,prod.deepvue.pln",
                "quarkus.log.category.\"io.foo\".level",
                "quarkus.http.filter.\"/v1/*\".matches",
                "quarkus.tls.\"a b\".\"c:d\".protocols",
                "quarkus.cors[0]",
                "export GATEWAY_X",
                "DEEPVUE_PLAN ",
                "gateway.größe"
            })
    void aNameIsShown(String name) {
        assertThat(ShownValue.ofName(name)).isEqualTo(name);
    }
}
