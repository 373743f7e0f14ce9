package io.itrgateway.reference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReferencePagesTest {

    @Test
    void answersShareTheBytesOfAFile() {
        byte[] file = {1, 2, 3};

        var body = ReferencePages.body(file);
        file[0] = 9;

        assertThat(body.getBytes()).containsExactly(9, 2, 3);
        assertThat(ReferencePages.body(file)).isNotSameAs(body);
    }
}
