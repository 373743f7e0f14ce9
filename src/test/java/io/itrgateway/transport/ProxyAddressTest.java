package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.core.net.ProxyType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyAddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://",
                "http://:3128",
                "http://proxy:0",
                "http://proxy:65536",
                "http://proxy:123456",
                "http://proxy:port",
                "http://proxy:3128:1",
                "http://pro xy:3128",
                "http://::1:3128",
                "http://[::1",
                "http://[proxy]:3128",
                "http://proxy:3128/path",
                "http://proxy:3128?query",
                "http://proxy:3128#fragment",
                "https://proxy:3128",
                "ftp://proxy:3128",
                "http://:s3cret@proxy",
                "http://us%3Aer:s3cret@proxy",
                "http://user:s3cret%@proxy",
                "http://user:s3cret%4@proxy",
                "http://user:s3cret%zz@proxy",
                "http://user:s3cret/1@proxy",
                "http://user:s3cret#1@proxy"
            })
    void whatIsNoProxyAddressIsRefusedWithoutBeingShown(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyAddress.parse(text))
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("s3cret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"http://proxy:3128\"", "'proxy'", " \"http://user:s3cret@proxy/\" "})
    void quotationMarksAroundAnAddressAreNamed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyAddress.parse(text))
                .withMessage("is in quotation marks, which are a part of the value");
    }

    @ParameterizedTest
    @CsvSource({
        "http://proxy.example.com:3128, HTTP, proxy.example.com, 3128",
        "HTTP://proxy.example.com:3128, HTTP, proxy.example.com, 3128",
        "http://proxy.example.com:3128/, HTTP, proxy.example.com, 3128",
        "proxy.example.com:3128, HTTP, proxy.example.com, 3128",
        "' proxy.example.com:3128 ', HTTP, proxy.example.com, 3128",
        "proxy.example.com, HTTP, proxy.example.com, 80",
        "http://proxy_1:, HTTP, proxy_1, 80",
        "http://192.0.2.1:8080, HTTP, 192.0.2.1, 8080",
        "http://[2001:db8::1]:8080, HTTP, 2001:db8::1, 8080",
        "[2001:db8::1], HTTP, 2001:db8::1, 80",
        "socks://proxy, SOCKS5, proxy, 1080",
        "socks5://proxy, SOCKS5, proxy, 1080",
        "socks5h://proxy:9050, SOCKS5, proxy, 9050",
        "socks4://proxy:9050, SOCKS4, proxy, 9050",
        "socks4a://proxy, SOCKS4, proxy, 1080"
    })
    void anAddressIsReadInEveryUsualForm(String text, ProxyType type, String host, int port) {
        var proxy = ProxyAddress.parse(text);

        assertThat(proxy.type()).isEqualTo(type);
        assertThat(proxy.host()).isEqualTo(host);
        assertThat(proxy.port()).isEqualTo(port);
        assertThat(proxy.login()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http://user:s3cret@proxy:3128, user, s3cret",
        "user:s3cret@proxy:3128, user, s3cret",
        "http://user:p%40ss%3Aw%2Fo%25rd@proxy:3128, user, p@ss:w/o%rd",
        "http://d%5Cuser:gr%C3%BC%C3%9Fe@proxy:3128, d\\user, grüße",
        "http://user:a+b@proxy, user, a+b",
        "http://user:$1{2}@proxy, user, $1{2}",
        "http://user:a:b@c@proxy, user, a:b@c",
        "http://user:@proxy, user, ''",
        "http://user@proxy, user, ''"
    })
    void aUserAndAPasswordAreDecoded(String text, String user, String password) {
        var login = ProxyAddress.parse(text).login().orElseThrow();

        assertThat(login.user()).isEqualTo(user);
        assertThat(login.password().reveal()).isEqualTo(password);
    }

    @Test
    void itsTextTellsNothingOfTheLogin() {
        var proxy = ProxyAddress.parse("http://user:s3cret@[::1]:3128");

        assertThat(proxy).hasToString("[::1]:3128");
        assertThat(proxy.login().toString()).doesNotContain("s3cret");
    }
}
