package io.itrgateway.secret;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** One test for each bug that was found here. */
class SecretRegressionTest {

    @Test
    void halfACharacterIsNotAQuestionMark() {
        assertThat(Secret.of("pass\ud800word")).isNotEqualTo(Secret.of("pass?word"));
    }
}
