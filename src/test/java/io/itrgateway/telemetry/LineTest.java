package io.itrgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineTest {

    @Test
    void itsTextHasItsFieldsBehindTheEvent() {
        var record = new Line("call").with("status", 200).with("caller", "acme").record("calls", Level.INFO);

        assertThat(record.getMessage()).isEqualTo("call status=200 caller=acme");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "oidc:x caller=acme|\"oidc:x caller=acme\"",
                "oidc:x\u00a0caller=acme|\"oidc:x\u00a0caller=acme\"",
                "oidc:\"x\\|\"oidc:\\\"x\\\\\"",
                "oidc:x=y|oidc:x=y"
            })
    void noValueIsTakenForFieldsOfItsOwn(String value, String shown) {
        var record = new Line("call").with("caller", value).record("calls", Level.INFO);

        assertThat(record.getMessage()).isEqualTo("call caller=" + shown);
        assertThat(record.getMdc("caller")).isEqualTo(value);
    }
}
