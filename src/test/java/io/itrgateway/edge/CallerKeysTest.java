package io.itrgateway.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallerKeysTest {

    /** The digests, as {@code printf %s "$KEY" | sha256sum} prints them, of "demo", "billing-key" and "billing-key-2". */
    private static final String DEMO = "2a97516c354b68848cdbd8f54a226a0a55b21ed138e207ad6c5cbb9c00aa5aea";

    private static final String BILLING = "1360cf85a9cad115d1274ab6188bd172ec443505e7be006c723e74bcacd284a0";
    private static final String BILLING_NEXT = "0faaaed401fed02122be5ce49cfee422231dd072dc02456bce9f77b876104e08";

    private final ConfigurationFaults faults = new ConfigurationFaults();

    @Test
    void aCallerIsKnownByItsKey() {
        assertThat(keys("demo:" + DEMO).nameOf("demo")).contains("demo");
    }

    @Test
    void eachCallerIsKnownByItsOwnKey() {
        var keys = keys("demo:" + DEMO + ",billing:" + BILLING);

        assertThat(keys.nameOf("billing-key")).contains("billing");
        assertThat(keys.nameOf("demo")).contains("demo");
    }

    @Test
    void aCallerThatChangesItsKeyHasTwoForAWhile() {
        var keys = keys("billing:" + BILLING + ",billing:" + BILLING_NEXT);

        assertThat(keys.nameOf("billing-key")).contains("billing");
        assertThat(keys.nameOf("billing-key-2")).contains("billing");
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Demo", "DEMO", "demo ", " demo", "dem", "demo1", "demo:" + DEMO, DEMO})
    void noCallerIsKnownByAnythingElse(String key) {
        assertThat(keys("demo:" + DEMO).nameOf(key)).isEmpty();
    }

    @Test
    void aDigestMayBeWrittenInCapitals() {
        assertThat(keys("demo:" + DEMO.toUpperCase(Locale.ROOT)).nameOf("demo")).contains("demo");
    }

    @Test
    void theDigestIsThatOfTheBytesThatCame() {
        var keys = keys("asha:ddb08d77c2d511947652161b35987022711aa216387b041dd459a03eb66a8304");

        assertThat(keys.nameOf(asField("नमस्ते", UTF_8))).contains("asha");
        assertThat(keys.nameOf(asField("नमस्ते", UTF_16BE))).isEmpty();
    }

    /** One character for each byte, as Vert.x decodes fields. */
    private static String asField(String key, Charset sentAs) {
        return new String(key.getBytes(sentAs), ISO_8859_1);
    }

    @Test
    void withoutKeysNoCallerIsKnown() {
        var keys = new CallerKeys(Optional::empty, faults);

        assertThat(keys.isEmpty()).isTrue();
        assertThat(keys.nameOf("demo")).isEmpty();
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", " , ,, "})
    void anEmptyListIsNoKeysAndNoFault(String list) {
        assertThat(keys(list).isEmpty()).isTrue();
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"demo:" + DEMO + ",", ",demo:" + DEMO, " demo:" + DEMO + " , ", ",,\n\tdemo:" + DEMO + "\n,,"})
    void spaceAndCommasAroundAnEntryDoNoHarm(String list) {
        assertThat(keys(list).nameOf("demo")).contains("demo");
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo:%s\nbilling:%s", "demo:%s,\r\nbilling:%s,\r\n", "\n demo:%s \n\n billing:%s \n"})
    void entriesMayStandOnALineEach(String list) {
        var keys = keys(list.formatted(DEMO, BILLING));

        assertThat(faults.lines()).isEmpty();
        assertThat(keys.nameOf("demo")).contains("demo");
        assertThat(keys.nameOf("billing-key")).contains("billing");
    }

    @ParameterizedTest
    @CsvSource({
        "demo, no colon",
        DEMO + ", no colon",
        "demo=" + DEMO + ", no colon",
        "demo:" + DEMO + ":, more than one colon",
        "demo:sha256:" + DEMO + ", more than one colon",
        "demo:" + DEMO + ";other:" + DEMO + ", more than one colon"
    })
    void anEntryThatIsNoPairIsNotedByItsNumber(String entry, String with) {
        keys("billing:" + BILLING + "," + entry);

        assertThat(faults.lines())
                .containsExactly("GATEWAY_API_KEYS has an entry, number 2, with " + with
                        + "; it should be name:sha256-hex; entries are separated by commas");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":" + DEMO,
                "the demo:" + DEMO,
                "demo;x:" + DEMO,
                "démo:" + DEMO,
                "a-name-of-more-than-sixty-four-characters-is-too-long-for-a-label:" + DEMO
            })
    void anEntryWithoutAProperNameIsNotedByItsNumber(String entry) {
        keys("billing:" + BILLING + "," + entry);

        assertThat(faults.lines()).containsExactly("""
                GATEWAY_API_KEYS has an entry, number 2, without a proper name; it should be name:sha256-hex, \
                with a name of letters, digits, dots, dashes and underscores, at most 64; entries are separated by commas""");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo:%s",
                " demo : %s ",
                "demo: %s",
                "demo :%s",
                ",demo:%s ,",
                " , demo:%s",
                "demo:%s  -",
                "demo:%s *-,"
            })
    void spacesAroundColonsAndCommasAndWhatSha256sumPrintsBehindDigestsDoNotMatter(String shape) {
        var keys = keys(shape.formatted(DEMO));

        assertThat(faults.lines()).isEmpty();
        assertThat(keys.nameOf("demo")).contains("demo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "demo", "2a97516c", DEMO + "0", "g" + DEMO})
    void anEntryWithoutADigestIsNotedByItsNumber(String digest) {
        keys("billing:" + BILLING + ",demo:" + digest + ",");

        assertThat(faults.lines()).containsExactly("""
                GATEWAY_API_KEYS has an entry, number 2, without a SHA-256 digest; it should be \
                64 hexadecimal digits, such as printf %s "$KEY" | sha256sum prints""");
    }

    @Test
    void aKeyInPlaceOfItsDigestIsNotShown() {
        keys("billing:billing-key");

        assertThat(faults.lines())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).doesNotContain("billing-key"));
    }

    /** A line break is what {@code echo} prints where the variable is not set. */
    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n"})
    void theDigestOfNoKeyIsAFaultAndAcceptsNoCaller(String nothing) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(nothing.getBytes(StandardCharsets.US_ASCII));

        var keys = keys("demo:" + HexFormat.of().withUpperCase().formatHex(digest));

        assertThat(keys.nameOf(nothing)).isEmpty();
        assertThat(faults.lines()).containsExactly("""
                GATEWAY_API_KEYS has an entry, number 1, with the digest of no key at all; it should be \
                the digest of a key, such as printf %s "$KEY" | sha256sum prints where KEY is set""");
    }

    @Test
    void twoCallersWithOneKeyAreAFault() {
        keys("demo:" + DEMO + ",billing:" + DEMO.toUpperCase(Locale.ROOT));

        assertThat(faults.lines()).containsExactly("""
                GATEWAY_API_KEYS has an entry, number 2, that repeats the key of number 1; it should be \
                another key for each entry""");
    }

    @Test
    void everyFaultOfTheListIsReportedAndValidEntriesAreUsed() {
        var keys = keys("nobody,demo:" + DEMO + ",billing:oops,again:" + DEMO);

        assertThat(faults.lines()).hasSize(3);
        assertThat(keys.nameOf("demo")).contains("demo");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                DEMO,
                ":" + DEMO,
                "a:b:" + DEMO,
                "demo:0" + DEMO,
                "demo:" + DEMO + "/",
                "demo:" + DEMO + ",again:" + DEMO,
                "demo=" + DEMO
            })
    void noFaultShowsADigest(String list) {
        keys(list);

        assertThat(faults.lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).doesNotContain(DEMO));
    }

    private CallerKeys keys(String list) {
        return new CallerKeys(() -> Optional.of(list), faults);
    }

    @Test
    void aDigestThatStandsBeforeItsNameIsNotShown() {
        new CallerKeys(() -> Optional.of(DEMO + ":demo"), faults);

        assertThat(faults.lines())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).doesNotContain(DEMO));
    }

    @Test
    void aKeyThatStandsBeforeItsNameIsNotShown() {
        new CallerKeys(() -> Optional.of("sk_live_51H8xyz:demo"), faults);

        assertThat(faults.lines())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).doesNotContain("sk_live_51H8xyz"));
    }

    @Test
    void theDigestOfNoKeyAtAllIsAFault() {
        // printf %s "$KEY" | sha256sum, with KEY not set
        var keys = new CallerKeys(
                () -> Optional.of("demo:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), faults);

        assertThat(keys.nameOf("")).isEmpty();
        assertThat(faults.lines()).hasSize(1);
    }
}
