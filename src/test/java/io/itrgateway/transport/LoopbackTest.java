package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost"})
    void localhostHasAnAddressOfEachFamilyWhateverThisMachineLists(String host) throws UnknownHostException {
        assertThat(Loopback.lookUp(host))
                .doesNotHaveDuplicates()
                .contains(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("::1"));
    }

    @Test
    void anyOtherHostHasTheAddressesThatAreListed() throws UnknownHostException {
        assertThat(Loopback.lookUp("127.0.0.1")).containsExactly(InetAddress.getByName("127.0.0.1"));
    }
}
