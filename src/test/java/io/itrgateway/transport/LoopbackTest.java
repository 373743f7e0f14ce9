package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoopbackTest {

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "LOCALHOST., true",
        "127.0.0.1, true",
        "127.9.9.9, true",
        "sandbox.localhost, true",
        "::1, true",
        "[::1], true",
        "[0:0:0:0:0:0:0:1], true",
        "localhost.example.com, false",
        "128.0.0.1, false",
        "::2, false",
        "127.0.0.256, false",
        "alocalhost, false",
        "127.0.0.1.example.com, false"
    })
    void thisMachineIsKnownByEveryOfItsNames(String host, boolean loopback) {
        assertThat(Loopback.includes(host)).isEqualTo(loopback);
    }
}
