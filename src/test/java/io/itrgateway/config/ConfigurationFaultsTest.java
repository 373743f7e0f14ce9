package io.itrgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationFaultsTest {

    private static final Duration LEAST = Duration.ofMillis(50);
    private static final Duration MOST = Duration.ofHours(2);

    private final ConfigurationFaults faults = new ConfigurationFaults();

    @Test
    void aFaultFoundByTwoPackagesIsOneLine() {
        faults.readCount("gateway.max-waiting", "many", 1, 10);
        faults.readCount("gateway.max-waiting", "many", 1, 10);

        assertThat(faults.lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "30s, PT30S",
        "5m, PT5M",
        "2h, PT2H",
        "30, PT30S",
        "PT30S, PT30S",
        "pt1m30s, PT1M30S",
        "PT0.05S, PT0.05S",
        "' 30s ', PT30S",
        "50ms, PT0.05S",
        "007s, PT7S",
        "7200, PT2H"
    })
    void aTimeIsReadInEveryCommonForm(String value, Duration time) {
        assertThat(faults.readDuration("deepvue.timeout", value, LEAST, MOST)).isEqualTo(time);
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "soon",
                "s",
                "30 s",
                "30sec",
                "30S",
                "1.5s",
                "1e3",
                "0x1Fs",
                "-30s",
                "-30",
                "PT-30S",
                "-PT30S",
                "PT",
                "P",
                "49ms",
                "0",
                "3h",
                "PT2H0.001S",
                "999999999h",
                "9999999999s",
                "99999999999999999999",
                "9223372036854775807",
                "PT9223372036854775807S",
                "PT99999999999999999999S",
                "PT9223372036854775807H",
                "٣٠s"
            })
    void aTimeThatIsNoneOrOutOfBoundsIsNoted(String value) {
        faults.readDuration("deepvue.timeout", value, LEAST, MOST);

        assertThat(faults.lines())
                .containsExactly("DEEPVUE_TIMEOUT is " + ShownValue.of(value)
                        + "; it should be a time such as 500ms, 30s or 5m, from 50ms to 7200s");
    }

    @ParameterizedTest
    @CsvSource({"30000, 30000ms", "' 007201 ', 7201ms"})
    void aNumberWithoutAUnitThatIsTooManySecondsMayHaveBeenMeantAsMilliseconds(String value, String meant) {
        faults.readDuration("deepvue.timeout", value, LEAST, MOST);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .endsWith("from 50ms to 7200s; a number without a unit is seconds, did you mean " + meant + "?");
    }

    @Test
    void inPlaceOfAWrongTimeTheShortestStandsIn() {
        assertThat(faults.readDuration("deepvue.timeout", "soon", LEAST, MOST)).isEqualTo(LEAST);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "' 12 ', 12", "1024, 1024", "100000, 100000", "0064, 64"})
    void aCountIsReadAsAWholeNumber(String value, int count) {
        assertThat(faults.readCount("gateway.max-in-flight", value, 1, 100_000)).isEqualTo(count);
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "many",
                "1e3",
                "1.0",
                "1,000",
                "1_000",
                "0x10",
                "0",
                "-1",
                "100001",
                "2147483648",
                "4294967297",
                "99999999999999999999999999"
            })
    void aCountThatIsNoneOrOutOfBoundsIsNoted(String value) {
        faults.readCount("gateway.max-in-flight", value, 1, 100_000);

        assertThat(faults.lines())
                .containsExactly("GATEWAY_MAX_IN_FLIGHT is " + ShownValue.of(value)
                        + "; it should be a whole number from 1 to 100000");
    }

    @Test
    void inPlaceOfAWrongCountTheSmallestStandsIn() {
        assertThat(faults.readCount("gateway.max-in-flight", "many", 3, 9)).isEqualTo(3);
    }

    @Test
    void aValueIsJudgedWithoutTheSpaceAroundIt() {
        assertThat(faults.read("gateway.plan", " growth\t", "a plan", "none", Optional::of))
                .isEqualTo("growth");
        assertThat(faults.lines()).isEmpty();
    }

    @Test
    void aValueThatMeansNothingIsNotedAndReplaced() {
        assertThat(faults.read("deepvue.plan", "gold", "a plan", "none", text -> Optional.<String>empty()))
                .isEqualTo("none");
        assertThat(faults.lines()).containsExactly("DEEPVUE_PLAN is \"gold\"; it should be a plan");
    }

    @Test
    void aValueThatCannotBeParsedIsNotedAndReplaced() {
        assertThat(faults.read("deepvue.plan", "gold", "a plan", "none", text -> {
                    throw new IllegalArgumentException("no enum constant");
                }))
                .isEqualTo("none");
        assertThat(faults.lines()).containsExactly("DEEPVUE_PLAN is \"gold\"; it should be a plan");
    }

    @Test
    void aValueWithoutEndIsNotShown() {
        faults.readCount("gateway.max-in-flight", "9".repeat(100_000), 1, 9);

        assertThat(faults.lines())
                .containsExactly(
                        "GATEWAY_MAX_IN_FLIGHT is a text of 100000 characters (not shown, since it may be a secret);"
                                + " it should be a whole number from 1 to 9");
    }

    @Test
    void aValueThatMustNotBeShownIsOnlyDescribed() {
        faults.unfit("deepvue.client-secret", "is not set", "the client secret of that account");

        assertThat(faults.lines())
                .containsExactly("DEEPVUE_CLIENT_SECRET is not set; it should be the client secret of that account");
    }

    @Test
    void whatIsDescribedStaysOnOneLine() {
        faults.unfit("quarkus.http.ssl.certificate.files", "names /tls.crt\r, which cannot be read", "a file");

        assertThat(faults.lines())
                .containsExactly(
                        "QUARKUS_HTTP_SSL_CERTIFICATE_FILES names /tls.crt?, which cannot be read; it should be a file");
    }

    @Test
    void everyFaultIsListedInTheOrderOfReading() {
        faults.readCount("gateway.max-in-flight", "many", 1, 9);
        faults.readDuration("deepvue.timeout", "soon", LEAST, MOST);
        faults.unfit("gateway.api-keys", "is not set", "name:sha256-hex");

        assertThat(faults.lines())
                .extracting(line -> line.substring(0, line.indexOf(' ')))
                .containsExactly("GATEWAY_MAX_IN_FLIGHT", "DEEPVUE_TIMEOUT", "GATEWAY_API_KEYS");
    }

    @Test
    void withoutAFaultThereIsNoLine() {
        assertThat(faults.lines()).isEmpty();
    }

    @Test
    void aValueOfTwoLinesIsOneFaultAndOneLine() {
        faults.readCount("gateway.max-in-flight", "12\nERROR forged line", 1, 9);

        assertThat(faults.lines())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).doesNotContain("\n"));
    }

    @Test
    void aCountOfOtherScriptsIsJudgedAsATimeOfOtherScriptsIs() {
        faults.readCount("gateway.max-in-flight", "١٢", 1, 99);

        assertThat(faults.lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "quarkus.http.port, quarkus-http",
        "quarkus.http.ssl-port, quarkus-http-ssl",
        "quarkus.oidc.proxy.port, quarkus-oidc-proxy"
    })
    void aPortThatKubernetesInjectsIsNotedWithTheServiceItIsOf(String property, String service) {
        faults.wrong(property, "tcp://10.0.0.1:80", "a number");

        assertThat(faults.lines())
                .containsExactly("%s is \"tcp://10.0.0.1:80\", which Kubernetes injects for a Service named %s"
                                .formatted(Variables.nameOf(property), service)
                        + " (enableServiceLinks: false in the pod prevents it); it should be a number");
    }

    @ParameterizedTest
    @CsvSource({"quarkus.http.port, 80a", "quarkus.http.host, tcp://10.0.0.1:80"})
    void whatKubernetesWouldNotInjectIsNotSaidToBeItsOwn(String property, String value) {
        faults.wrong(property, value, "something else");

        assertThat(faults.lines()).singleElement().asString().doesNotContain("Kubernetes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"8080\"", "'8080'", "“8080”"})
    void aValueInQuotationMarksIsNotedAsSuch(String value) {
        faults.wrong("quarkus.http.port", value, "a number");

        assertThat(faults.lines())
                .containsExactly(
                        "QUARKUS_HTTP_PORT is in quotation marks, which are a part of the value; it should be a number");
    }
}
