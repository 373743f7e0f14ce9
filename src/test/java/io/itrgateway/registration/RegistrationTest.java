package io.itrgateway.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.secret.Secret;
import org.junit.jupiter.api.Test;

class RegistrationTest {

    @Test
    void itShowsNothingOfThePerson() {
        assertThat(new Registration(Secret.of("ABCDE1234F"), Secret.of("correct horse")))
                .hasToString("Registration[username=***, password=***]");
    }
}
