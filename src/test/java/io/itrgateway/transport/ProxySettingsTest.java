package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.quarkus.proxy.ProxyConfiguration;
import io.quarkus.proxy.ProxyType;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxySettingsTest {

    private static final String DEEPVUE = "https://production.deepvue.tech";

    private final Map<String, String> values = new HashMap<>();
    private final ConfigurationFaults faults = new ConfigurationFaults();
    private Optional<ProxyConfiguration> registered = Optional.empty();

    private ProxySettingsTest with(String name, String value) {
        values.put(name, value);
        return this;
    }

    private Optional<String> proxyTo(String url) {
        return new ProxySettings(name -> Optional.ofNullable(values.get(name)), name -> registered)
                .proxyTo(URI.create(url), faults)
                .map(ProxyAddress::toString);
    }

    // ---- what is wrong ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"HTTPS_PROXY", "https_proxy"})
    void aProxyThatCannotBeReadIsOneLineWithoutItsPassword(String name) {
        with(name, "http://user:s3cret@proxy:port").proxyTo(DEEPVUE);

        assertThat(faults.lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("HTTPS_PROXY ")
                        .contains("it should be http://[user:password@]host[:port]")
                        .doesNotContain("s3cret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret-0123456789-abc", "0", "70000"})
    void aWrongPortOfTheJvmsProxyIsNamed(String port) {
        with("https.proxyHost", "proxy").with("https.proxyPort", port).proxyTo(DEEPVUE);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith("-Dhttps.proxyPort is ")
                .endsWith("; it should be a number from 1 to 65535")
                .doesNotContain("s3cret");
    }

    @Test
    void aWrongHostOfTheJvmsProxyIsNamed() {
        with("https.proxyHost", "proxy:3128").proxyTo(DEEPVUE);

        assertThat(faults.lines()).singleElement().asString().startsWith("-Dhttps.proxyHost ");
    }

    @Test
    void aProxyThatCannotBeReadIsALineAlsoWhereItWouldNotBeUsed() {
        with("HTTP_PROXY", "http://proxy:port").proxyTo("http://localhost:8080");

        assertThat(faults.lines()).hasSize(1);
    }

    @Test
    void anEntryOfNoProxyThatCannotBeReadIsOneLine() {
        with("HTTPS_PROXY", "proxy").with("NO_PROXY", "example.com,10.0.0.0/99").proxyTo(DEEPVUE);

        assertThat(faults.lines())
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("NO_PROXY is \"10.0.0.0/99\"; it should be "));
    }

    @Test
    void anAddressOfQuarkusOwnNameThatCannotBeReadIsOneLine() {
        with("quarkus.rest-client.proxy-address", "proxy:port").proxyTo(DEEPVUE);

        assertThat(faults.lines())
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("QUARKUS_REST_CLIENT_PROXY_ADDRESS "));
    }

    // ---- which applies ----------------------------------------------------------------------------------------------

    @Test
    void withoutAVariableThereIsNone() {
        assertThat(proxyTo(DEEPVUE)).isEmpty();
    }

    @Test
    void anEmptyVariableIsNone() {
        assertThat(with("HTTPS_PROXY", "").with("https_proxy", " ").proxyTo(DEEPVUE))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "HTTPS_PROXY, https://production.deepvue.tech, true",
        "https_proxy, https://production.deepvue.tech, true",
        "HTTP_PROXY, http://production.deepvue.tech, true",
        "http_proxy, http://production.deepvue.tech, true",
        "HTTP_PROXY, https://production.deepvue.tech, false",
        "HTTPS_PROXY, http://production.deepvue.tech, false"
    })
    void theSchemeOfTheBaseUrlSaysWhichVariableCounts(String variable, String url, boolean counts) {
        assertThat(with(variable, "proxy:3128").proxyTo(url).isPresent()).isEqualTo(counts);
    }

    @Test
    void theNameInCapitalsGoesBeforeTheOneInSmallLetters() {
        assertThat(with("https_proxy", "small:1")
                        .with("HTTPS_PROXY", "capital:2")
                        .proxyTo(DEEPVUE))
                .contains("capital:2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://localhost:8443", "https://127.0.0.1", "https://[::1]:8443"})
    void thisMachineIsReachedDirectly(String url) {
        assertThat(with("HTTPS_PROXY", "proxy:3128").proxyTo(url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NO_PROXY", "no_proxy"})
    void whatIsListedIsReachedDirectly(String variable) {
        assertThat(with("HTTPS_PROXY", "proxy:3128")
                        .with(variable, "deepvue.tech:443")
                        .proxyTo(DEEPVUE))
                .isEmpty();
    }

    // ---- Quarkus' and the JVM's own names ---------------------------------------------------------------------------

    @Test
    void quarkusOwnNamesGoBeforeTheVariables() {
        with("HTTPS_PROXY", "proxy:1")
                .with("https.proxyHost", "jvm")
                .with("quarkus.rest-client.proxy-address", "own:2");

        assertThat(proxyTo(DEEPVUE)).contains("own:2");
    }

    @Test
    void noneOfQuarkusOwnNameIsNoneForTheVariablesToo() {
        assertThat(with("HTTPS_PROXY", "proxy:1")
                        .with("quarkus.rest-client.proxy-address", "none")
                        .proxyTo(DEEPVUE))
                .isEmpty();
    }

    @Test
    void theProxyThatIsRegisteredWithQuarkusGoesBeforeTheVariables() {
        registered = Optional.of(registered("registered", "none.example|*.deepvue.test"));

        assertThat(with("HTTPS_PROXY", "proxy:1").proxyTo(DEEPVUE)).contains("registered:3128");
        assertThat(proxyTo("https://api.deepvue.test")).isEmpty();
    }

    @Test
    void noneOfTheRegistryIsNoneForTheVariablesToo() {
        registered = Optional.of(registered("none", ""));

        assertThat(with("HTTPS_PROXY", "proxy:1").proxyTo(DEEPVUE)).isEmpty();
    }

    @Test
    void theJvmsOwnNamesGoBeforeTheVariables() {
        with("HTTPS_PROXY", "proxy:1").with("https.proxyHost", "jvm").with("http.nonProxyHosts", "*.deepvue.test|a");

        assertThat(proxyTo(DEEPVUE)).contains("jvm:443");
        assertThat(proxyTo("https://api.deepvue.test")).isEmpty();
        assertThat(proxyTo("https://localhost")).isEmpty();
    }

    private static ProxyConfiguration registered(String host, String spared) {
        Map<String, Object> answers = Map.of(
                "host",
                host,
                "port",
                3128,
                "username",
                Optional.of("user"),
                "password",
                Optional.of("s3cret"),
                "nonProxyHosts",
                Optional.of(List.of(spared.split("\\|"))),
                "type",
                ProxyType.HTTP);
        return (ProxyConfiguration) Proxy.newProxyInstance(
                ProxyConfiguration.class.getClassLoader(),
                new Class<?>[] {ProxyConfiguration.class},
                (proxy, method, arguments) -> answers.get(method.getName()));
    }
}
