package io.itrgateway.secret;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PseudonymsTest {

    private final Pseudonyms pseudonyms = new Pseudonyms(Secret.of("0123456789abcdef0123456789abcdef"));

    /** {@code printf %s ABCDE1234F | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef} */
    @Test
    void aPseudonymCanBeComputedWithTheKeyAndAStandardTool() {
        assertThat(pseudonyms.of(Secret.of("ABCDE1234F")))
                .isEqualTo("9d499f75f5f8b2d19d43650f51179e08eecb663ce3095dc252f185776906b246");
    }

    @Test
    void onePersonHasOne() {
        assertThat(pseudonyms.of(Secret.of(" abcde1234f "))).isEqualTo(pseudonyms.of(Secret.of("ABCDE1234F")));
        assertThat(pseudonyms.of(Secret.of("ABCDE1234G"))).isNotEqualTo(pseudonyms.of(Secret.of("ABCDE1234F")));
    }

    @Test
    void anotherKeyMakesAnother() {
        assertThat(new Pseudonyms(Secret.of("another key")).of(Secret.of("ABCDE1234F")))
                .isNotEqualTo(pseudonyms.of(Secret.of("ABCDE1234F")));
    }

    @Test
    void itShowsNothingOfItsKey() {
        assertThat(pseudonyms).hasToString(Secret.SHOWN);
    }
}
