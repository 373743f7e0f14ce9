package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoProxyTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/33",
                "2001:db8::/129",
                "example/8",
                "10.0.0.0/8:0",
                "[10.0.0.0/8",
                "10.0.0.0]/8",
                "[10.0.0.0]/8",
                "[2001:db8::/32",
                "2001:db8::]/32",
                "10.0.0.0/8:",
                "host:0",
                "host:65536",
                "host:port",
                "[::1",
                "[host]:1",
                "a/b",
                "<local>"
            })
    void anEntryThatCannotBeReadIsNamed(String entry) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NoProxy.parse("example.com," + entry))
                .withMessage(entry);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                    | api.example.com",
                "', ,'                 | api.example.com",
                "api.example.com:8443  | api.example.com",
                "ample.com             | api.example.com",
                "api.example.com       | example.com",
                "*.example.com         | api.example.org",
                "10.*                  | 11.1.2.3",
                "10.0.0.0/8            | 11.1.2.3",
                "10.0.0.0/8:8443       | 10.1.2.3",
                "10.1.2.0/25           | 10.1.2.128",
                "10.1.2.3              | 10.1.2.4",
                "10.0.0.0/8            | 10.example.com",
                "0.0.0.0/0             | 2001:db8::1",
                "2001:db8::/33         | 2001:db8:8000::1",
                "[2001:db8::1]:8443    | 2001:db8::1",
                "example.com           | example.com.evil.org",
                "a.b                   | axb"
            })
    void whatIsNotListedGoesThroughTheProxy(String list, String host) {
        assertThat(NoProxy.parse(list).covers(host, 443)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                       | api.example.com",
                "api.example.com         | api.example.com",
                "API.example.COM         | api.EXAMPLE.com",
                "api.example.com.        | api.example.com",
                "api.example.com         | api.example.com.",
                "example.com             | api.example.com",
                ".example.com            | api.example.com",
                ".example.com            | example.com",
                "*.example.com           | a.b.example.com",
                "api.*.com               | api.example.com",
                "'a.org, example.com'    | api.example.com",
                "'a.org example.com'     | api.example.com",
                "'a.org  ,\texample.com' | api.example.com",
                "api.example.com:443     | api.example.com",
                "example.com:443         | api.example.com",
                "10.1.2.3                | 10.1.2.3",
                "10.1.2.3:443            | 10.1.2.3",
                "10.*                    | 10.1.2.3",
                "10.0.0.0/8              | 10.1.2.3",
                "10.0.0.0/8:443          | 10.1.2.3",
                "10.1.2.0/25             | 10.1.2.127",
                "10.1.2.3/32             | 10.1.2.3",
                "0.0.0.0/0               | 10.1.2.3",
                "2001:db8::1             | [2001:db8::1]",
                "2001:DB8:0:0::1         | 2001:db8::1",
                "[2001:db8::1]           | 2001:db8::1",
                "[2001:db8::1]:443       | 2001:db8::1",
                "2001:db8::/32           | 2001:db8:8000::1",
                "[2001:db8::]/32         | 2001:db8:8000::1",
                "[2001:db8::]/32:443     | 2001:db8:8000::1"
            })
    void whatIsListedIsReachedDirectly(String list, String host) {
        assertThat(NoProxy.parse(list).covers(host, 443)).isTrue();
    }
}
