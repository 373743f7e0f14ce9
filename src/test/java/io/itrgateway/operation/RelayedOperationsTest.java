package io.itrgateway.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.ShownValue;
import io.itrgateway.problem.Effect;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayedOperationsTest {

    private static final String PAN = "/v1/verification/pan";

    static final List<Operation> catalogue = Operations.ALL;

    private static RelaySettings.Config config(String list) {
        return new RelaySettings.Config() {
            @Override
            public Optional<String> relay() {
                return Optional.ofNullable(list);
            }

            @Override
            public String relayMemory() {
                return "64";
            }
        };
    }

    private static RelayedOperations of(String list) {
        var faults = new ConfigurationFaults();
        var operations = new RelayedOperations(config(list), faults);
        assertThat(faults.lines()).isEmpty();
        return operations;
    }

    private static List<String> faults(String list) {
        var faults = new ConfigurationFaults();
        new RelayedOperations(config(list), faults);
        return faults.lines();
    }

    // ---- faults -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST",
                "/v1/verification/pan",
                "POST/v1/verification/pan",
                "reads:",
                "reads:POST",
                "writes:POST /v1/verification/pan",
                "READS:GET /v1/verification/pan",
                "reads:fetches:GET /v1/verification/pan",
                "POST /v1/verification/pan extra",
                "POST /v1/verification/pan; GET /v1/verification/x",
                "post /v1/verification/pan",
                "HEAD /v1/verification/pan",
                "OPTIONS /v1/verification/pan",
                "TRACE /v1/verification/pan",
                "* /v1/verification/pan",
                "POST v1/verification/pan",
                "POST /v2/verification/pan",
                "POST /V1/verification/pan",
                "POST /q/metrics",
                "POST /",
                "POST *",
                "POST /v1",
                "POST /v1/",
                "POST /v1/verification/pan/",
                "POST /v1//verification/pan",
                "POST //v1/verification/pan",
                "POST /v1/verification/./pan",
                "POST /v1/verification/../pan",
                "POST /v1/verification/pan;a=b",
                "POST /v1/verification/%70an",
                "POST /v1/verification/%2F",
                "POST /v1/verification/pan?x=y",
                "POST /v1/verification/pan#x",
                "POST /v1/verification/pan*",
                "POST /v1/verification/**",
                "POST /v1/verification/{id}",
                "POST /v1/verification/p\u00e4n",
                "POST /v1/verification\\pan",
                "POST https://production.deepvue.tech/v1/verification/pan"
            })
    void whatIsNoMethodAndPathIsOneClearFault(String entry) {
        assertThat(faults("GET /v1/fine/one," + entry + ",reads:GET /v1/fine/two"))
                .singleElement()
                .asString()
                .startsWith("GATEWAY_RELAY lists " + ShownValue.of(entry.strip()) + ", ")
                .contains("; it should be METHOD /v1/path");
    }

    @Test
    void anEntryThatMayBeASecretIsAWholeSentence() {
        assertThat(faults("GET p4$$w0rd"))
                .singleElement()
                .asString()
                .startsWith(
                        "GATEWAY_RELAY lists a text of 12 characters (not shown, since it may be a secret), whose path does not");
    }

    @ParameterizedTest
    @FieldSource("catalogue")
    void aPathOfTheCatalogueCannotBeListed(Operation operation) {
        for (String method : List.of("GET", "POST", "DELETE")) {
            assertThat(faults("reads:" + method + " " + operation.path()))
                    .singleElement()
                    .asString()
                    .contains("which is there anyway, " + operation.path());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET /v1/verification/itr/*", "GET /v1/*/itr/create-client", "GET /v1/*/*/*", "POST /v1/*/*/*"})
    void aPatternThatIncludesAPathOfTheCatalogueCannotBeListed(String entry) {
        assertThat(faults(entry)).singleElement().asString().contains("which is there anyway");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /v1/authorize", "GET /v1/authorize", "reads:GET /v1/*"})
    void theAuthorizePathCannotBeListed(String entry) {
        assertThat(faults(entry)).singleElement().asString().contains("by which this service gets its token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/a/b,reads:GET /v1/a/b",
                "fetches:GET /v1/a/b,reads:GET /v1/a/b",
                "fetches:GET /v1/a/*,GET /v1/a/*"
            })
    void theSamePatternCannotHaveTwoEffects(String list) {
        assertThat(faults(list))
                .singleElement()
                .asString()
                .startsWith("GATEWAY_RELAY lists " + ShownValue.of(list.substring(list.indexOf(',') + 1)))
                .contains("another effect");
    }

    @Test
    void everyFaultIsNamedAtOnceAndNoneSpansTwoLines() {
        assertThat(faults("PUT /v2/a,\n\tGET /v1/authorize\n,POST /v1/a\u0007b"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).doesNotContainPattern("\\p{Cntrl}"));
    }

    @Test
    void entriesMayStandOnALineEach() {
        var operations = of("GET /v1/a/b\nreads:GET /v1/a/c,\r\nPOST /v1/a/d\n");

        for (String request : List.of("GET /v1/a/b", "GET /v1/a/c", "POST /v1/a/d")) {
            String[] words = request.split(" ");
            assertThat(operations.at(words[0], words[1])).as(request).isPresent();
        }
    }

    // ---- what matches -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", ",", " , ,"})
    void nothingIsListedByDefault(String list) {
        var none = of(list);

        assertThat(none.isEmpty()).isTrue();
        assertThat(none.at("POST", PAN)).isEmpty();
        assertThat(none.methodsOf(PAN)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "POST /v1/verification/pan, UNDECLARED",
        "reads:POST /v1/verification/pan, READS",
        "fetches:POST /v1/verification/pan, FETCHES",
        "'  reads:  POST \t /v1/verification/pan ,', READS",
        "'POST /v1/verification/pan,POST /v1/verification/pan', UNDECLARED"
    })
    void anEntrySaysWhatItDoes(String list, Effect effect) {
        var operation = of(list).at("POST", PAN).orElseThrow();

        assertThat(operation.effect()).isEqualTo(effect);
        assertThat(operation.name()).isEqualTo("relay");
        assertThat(operation.path()).isEqualTo(PAN);
        assertThat(operation.isRelayed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/verification/ifsc",
                "/v1/verification/ifsc/",
                "/v1/verification/ifsc/a/b",
                "/v1/verification/ifsc//",
                "/v1/verification/ifsc/.",
                "/v1/verification/ifsc/..",
                "/v1/verification/ifsc/a;b",
                "/v1/verification/ifsc/%41",
                "/v1/verification/ifsc/a b",
                "/v1/verification/ifsc/a\u0000",
                "/v1/verification/ifsc/\u00e4",
                "/v1/Verification/ifsc/a",
                "//v1/verification/ifsc/a",
                "v1/verification/ifsc/a",
                "/x/v1/verification/ifsc/a",
                ""
            })
    void anAsteriskStandsForExactlyOnePlainSegment(String path) {
        var operations = of("reads:GET /v1/verification/ifsc/*");

        assertThat(operations.at("GET", "/v1/verification/ifsc/HDFC0000001")).isPresent();
        assertThat(operations.at("GET", path)).isEmpty();
        assertThat(operations.methodsOf(path)).isEmpty();
    }

    @Test
    void aMethodThatIsNotListedIsNotServed() {
        var operations = of("reads:GET /v1/a/b,PUT /v1/a/*");

        assertThat(operations.methodsOf("/v1/a/b")).containsExactly("GET", "PUT");
        assertThat(operations.at("POST", "/v1/a/b")).isEmpty();
        assertThat(operations.at("get", "/v1/a/b")).isEmpty();
        assertThat(operations.at("HEAD", "/v1/a/b")).isEqualTo(operations.at("GET", "/v1/a/b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reads:GET /v1/a/*,fetches:GET /v1/a/b,GET /v1/*/b",
                "GET /v1/*/b,fetches:GET /v1/a/b,reads:GET /v1/a/*",
                "fetches:GET /v1/a/b,GET /v1/*/b,GET /v1/longer/than/all,reads:GET /v1/a/*"
            })
    void whereSeveralMatchTheFirstLiteralSegmentDecidesWhateverTheirOrder(String list) {
        var operations = of(list);

        assertThat(operations.at("GET", "/v1/a/b").orElseThrow().effect()).isEqualTo(Effect.FETCHES);
        assertThat(operations.at("GET", "/v1/a/c").orElseThrow().effect()).isEqualTo(Effect.READS);
        assertThat(operations.at("GET", "/v1/x/b").orElseThrow().effect()).isEqualTo(Effect.UNDECLARED);
    }

    @Test
    void theNameOfAnOperationIsNeverAConcretePath() {
        var operation = of("GET /v1/pan/*").at("GET", "/v1/pan/ABCDE1234F").orElseThrow();

        assertThat(operation.toString()).contains("/v1/pan/*").doesNotContain("ABCDE1234F");
    }
}
