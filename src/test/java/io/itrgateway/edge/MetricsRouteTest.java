package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsRouteTest {

    @Test
    void answersShareTheBytesOfOneRendering() {
        byte[] text = {1, 2, 3};

        var body = MetricsRoute.body(text);
        text[0] = 9;

        assertThat(body.getBytes()).containsExactly(9, 2, 3);
        assertThat(MetricsRoute.body(text)).isNotSameAs(body);
    }
}
