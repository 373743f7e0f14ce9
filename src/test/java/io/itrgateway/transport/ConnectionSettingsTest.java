package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.ShownValue;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionSettingsTest {

    private static final String GOOD_URL =
            "an http or https URL without user, query and fragment, such as https://production.deepvue.tech";

    private final ConfigurationFaults faults = new ConfigurationFaults();

    @Test
    void theSettingsAreTheConfiguredOnes() {
        assertThat(DeepvueKeys.GOOD.connection(faults))
                .isEqualTo(new ConnectionSettings(
                        URI.create("https://production.deepvue.tech"),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(30),
                        Optional.empty()));
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://production.deepvue.tech",
                "http://localhost:8089",
                "http://127.0.0.1:8089",
                "http://[::1]:8089",
                "https://proxy.example.com/deepvue",
                "https://proxy.example.com:8443/a/b"
            })
    void aUrlIsTakenAsItStands(String text) {
        assertThat(baseUrl(text)).isEqualTo(URI.create(text));
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://production.deepvue.tech/, https://production.deepvue.tech",
        "https://proxy.example.com/deepvue/, https://proxy.example.com/deepvue",
        "' https://production.deepvue.tech ', https://production.deepvue.tech"
    })
    void aSlashAtTheEndAndSpaceAroundItDoNoHarm(String text, URI url) {
        assertThat(baseUrl(text)).isEqualTo(url);
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "/",
                "production.deepvue.tech",
                "production.deepvue.tech:443",
                "//production.deepvue.tech",
                "ftp://production.deepvue.tech",
                "file:///etc/passwd",
                "https:",
                "https://",
                "https:production.deepvue.tech",
                "https:///v1",
                "https://production deepvue.tech",
                "https://production.deepvue.tech:port",
                "https://production.deepvue.tech:",
                "https://https://production.deepvue.tech",
                "https://production.deepvue.tech//deepvue",
                "https://[::1",
                "https://production.deepvue.tech/%zz"
            })
    void whatIsNoPlainWebAddressIsNoted(String text) {
        baseUrl(text);

        assertThat(faults.lines())
                .containsExactly("DEEPVUE_BASE_URL is " + ShownValue.of(text) + "; it should be " + GOOD_URL);
    }

    @Test
    void aHostThatCannotBeOneIsNotedWithWhatIsWrongWithIt() {
        baseUrl("http://deepvue_sandbox:8080");

        assertThat(faults.lines())
                .containsExactly(
                        "DEEPVUE_BASE_URL is \"http://deepvue_sandbox:8080\"; it should be a URL whose host is made of"
                                + " letters, digits, dots and dashes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://production.deepvue.tech:65536",
                "http://localhost:0",
                "https://[::1]:70000/deepvue/",
                " https://production.deepvue.tech:99999999999 "
            })
    void aPortOutOfRangeIsNoted(String text) {
        baseUrl(text);

        assertThat(faults.lines())
                .containsExactly("DEEPVUE_BASE_URL is " + ShownValue.of(text)
                        + "; it should be a URL whose port is from 1 to 65535");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://production.deepvue.tech?key=1",
                "https://production.deepvue.tech/?",
                "https://production.deepvue.tech/#top",
                "https://production.deepvue.tech/deepvue#",
                "https://user@production.deepvue.tech",
                "https://user:word@production.deepvue.tech",
                "https://@production.deepvue.tech"
            })
    void anAddressWithMoreInItThanAPlaceIsNoted(String text) {
        baseUrl(text);

        assertThat(faults.lines())
                .hasSize(1)
                .allSatisfy(line ->
                        assertThat(line).startsWith("DEEPVUE_BASE_URL ").endsWith("; it should be " + GOOD_URL));
    }

    @ParameterizedTest
    @CsvSource({
        "https://production.deepvue.tech/v1, /v1",
        "https://proxy.example.com/deepvue/v1/, /v1",
        "https://production.deepvue.tech/v1/verification/itr/, /v1",
        "https://production.deepvue.tech/v1/authorize, /v1",
        "http://localhost:1/v2, /v2",
        "https://proxy.example.com/v1/deepvue/v10, /v10"
    })
    void aVersionInThePathIsNoted(String text, String version) {
        baseUrl(text);

        assertThat(faults.lines())
                .containsExactly("DEEPVUE_BASE_URL is \"" + text
                        + "\"; it should be the URL without " + version + " and what follows, such as"
                        + " https://production.deepvue.tech");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://production.deepvue.tech",
                "http://sandbox:8080",
                "http://10.0.0.1",
                "http://127.example.com",
                "http://localhost.example.com",
                "HTTP://deepvue"
            })
    void plainHttpTowardsAnotherHostIsNotedUnlessItIsAllowed(String text) {
        baseUrl(text);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .contains("an https URL")
                .contains("DEEPVUE_ALLOW_HTTP=true");

        var allowed = new ConfigurationFaults();
        DeepvueKeys.GOOD.withBaseUrl(text).withAllowHttp("true").connection(allowed);
        assertThat(allowed.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost",
                "http://sandbox.localhost:80",
                "http://127.0.0.1",
                "http://127.1.2.3",
                "http://[::1]",
                "http://[0:0:0:0:0:0:0:1]"
            })
    void plainHttpTowardsThisMachineIsFine(String text) {
        baseUrl(text);

        assertThat(faults.lines()).isEmpty();
    }

    @Test
    void whetherPlainHttpIsAllowedIsTrueOrFalse() {
        DeepvueKeys.GOOD.withAllowHttp("yes").connection(faults);

        assertThat(faults.lines()).containsExactly("DEEPVUE_ALLOW_HTTP is \"yes\"; it should be true or false");
    }

    @Test
    void inPlaceOfAWrongAddressTheVendorsOwnStandsIn() {
        assertThat(baseUrl("deepvue")).isEqualTo(URI.create("https://production.deepvue.tech"));
    }

    @ParameterizedTest
    @CsvSource({"10ms, 50ms", "1m, 10m", "PT1M, PT10M", "60, 600"})
    void theBoundsOfTheTimeoutsAreIncluded(String connect, String answer) {
        DeepvueKeys.GOOD.withTimeouts(connect, answer).connection(faults);

        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"9ms", "61s", "0", "-1s", "soon", ""})
    void aConnectTimeoutOutOfBoundsIsNoted(String value) {
        DeepvueKeys.GOOD.withTimeouts(value, "30s").connection(faults);

        assertThat(faults.lines())
                .containsExactly("DEEPVUE_CONNECT_TIMEOUT is \"" + value
                        + "\"; it should be a time such as 500ms, 30s or 5m, from 10ms to 60s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"49ms", "601s", "0", "-1s", "soon", ""})
    void anAnswerTimeoutOutOfBoundsIsNoted(String value) {
        DeepvueKeys.GOOD.withTimeouts("2s", value).connection(faults);

        assertThat(faults.lines())
                .containsExactly("DEEPVUE_TIMEOUT is \"" + value
                        + "\"; it should be a time such as 500ms, 30s or 5m, from 50ms to 600s");
    }

    @Test
    void everyFaultIsReportedTogether() {
        DeepvueKeys.GOOD.withBaseUrl("deepvue").withTimeouts("soon", "later").connection(faults);

        assertThat(faults.lines())
                .extracting(line -> line.substring(0, line.indexOf(' ')))
                .containsExactly("DEEPVUE_BASE_URL", "DEEPVUE_CONNECT_TIMEOUT", "DEEPVUE_TIMEOUT");
    }

    private URI baseUrl(String text) {
        return DeepvueKeys.GOOD.withBaseUrl(text).connection(faults).baseUrl();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://company:s3cret@production.deepvue.tech",
                "https://production.deepvue.tech?api_key=s3cret",
                "https://production.deepvue.tech/#s3cret"
            })
    void aPasswordInTheAddressIsNotShown(String text) {
        DeepvueKeys.GOOD.withBaseUrl(text).connection(faults);

        assertThat(faults.lines())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).doesNotContain("s3cret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://production.deepvue.tech:0",
                "https://production.deepvue.tech:65536",
                "https://production.deepvue.tech:99999"
            })
    void aPortThatDoesNotExistIsNoted(String text) {
        DeepvueKeys.GOOD.withBaseUrl(text).connection(faults);

        assertThat(faults.lines()).hasSize(1);
    }

    @Test
    void theSchemeMayBeWrittenInCapitals() {
        DeepvueKeys.GOOD.withBaseUrl("HTTPS://production.deepvue.tech").connection(faults);

        assertThat(faults.lines()).isEmpty();
    }

    @Test
    void severalSlashesAtTheEndDoNoHarm() {
        assertThat(DeepvueKeys.GOOD
                        .withBaseUrl("https://production.deepvue.tech//")
                        .connection(faults)
                        .baseUrl())
                .hasToString("https://production.deepvue.tech");
    }
}
