package io.itrgateway.token;

import static java.time.temporal.ChronoUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of the many ways in which an authorize answer may say how long its token lives. */
class ExpiryTest {

    private static final Instant NOW = Instant.parse("2026-03-07T06:30:00Z");
    private static final Duration FULL_LIFE = Duration.ofHours(24);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final TimeZone zoneOfTheHost = TimeZone.getDefault();

    @AfterEach
    void putTheHostBackIntoItsZone() {
        TimeZone.setDefault(zoneOfTheHost);
    }

    /** What is left of the token's life at {@link #NOW}, after an answer of these members. */
    private static Duration lifeBy(String members) {
        try {
            return Expiry.read(JSON.readTree("{" + members + "}"), Optional.empty(), NOW)
                    .life();
        } catch (JsonProcessingException e) {
            throw new AssertionError("the test wrote no JSON: " + members, e);
        }
    }

    private static Duration lifeByExpiry(String json) {
        return lifeBy("\"access_token\":\"opaque\",\"token_type\":\"bearer\",\"expiry\":" + json);
    }

    private static String quoted(Object text) {
        return JsonNodeFactory.instance.textNode(text.toString()).toString();
    }

    private static String jwt(String claims) {
        return encoded("{\"alg\":\"HS256\"}") + "." + encoded(claims) + ".c2lnbmF0dXJl";
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String tokenOf(String claims) {
        return "\"access_token\":" + quoted(jwt(claims));
    }

    // ---- An answer that cannot be understood

    static final List<String> NONSENSE = List.of(
            "null",
            "true",
            "{}",
            "{\"at\":\"2026-03-07T18:30:00Z\"}",
            "[]",
            "[43200]",
            quoted(""),
            quoted("   "),
            quoted("never"),
            quoted("tomorrow at noon"),
            quoted("hrs"),
            quoted("24 parsecs"),
            quoted("0x10"),
            quoted("2026-13-45T99:99:99Z"),
            quoted("2026-02-30"),
            quoted("2026-03-07T18:30:00 somewhere"),
            quoted("2026-03-07T18:30:00+99:99"),
            quoted("2026-03-07T18:30:00+05:30[Asia/Nowhere]"),
            quoted("٤٣٢٠٠"),
            quoted("9".repeat(10_000)),
            quoted("9".repeat(30) + "hrs"),
            "1e400",
            "-1e400",
            "123456789012345678901234567890123456789012345678901234567890",
            "1e99999");

    @ParameterizedTest
    @FieldSource("NONSENSE")
    void anExpiryThatSaysNothingIsTwentyFourHours(String json) {
        assertThat(lifeByExpiry(json)).isEqualTo(FULL_LIFE);
    }

    @ParameterizedTest
    @FieldSource("NONSENSE")
    void anExpiryThatSaysNothingLeavesItToExpiresIn(String json) {
        assertThat(lifeBy("\"expiry\":" + json + ",\"expires_in\":1800")).isEqualTo(Duration.ofMinutes(30));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"expires_in\":null",
                "\"expires_in\":{}",
                "\"expires_in\":[1800]",
                "\"expires_in\":true",
                "\"expires_in\":\"soon\"",
                "\"expires_in\":1e400",
                "\"expires_in\":99999999999999999999999999"
            })
    void anAnswerThatSaysNothingIsTwentyFourHours(String members) {
        assertThat(lifeBy(members)).isEqualTo(FULL_LIFE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "42", "\"2026-03-07T18:30:00Z\"", "[]", "[{\"expiry\":\"1h\"}]"})
    void anAnswerThatIsNoObjectIsTwentyFourHours(String json) throws JsonProcessingException {
        assertThat(Expiry.read(JSON.readTree(json), Optional.empty(), NOW).life())
                .isEqualTo(FULL_LIFE);
    }

    // ---- A token that is past

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"2026-03-07T06:29:59Z\"",
                "\"2026-03-07T12:00:00+05:30\"",
                "\"2026-03-07T06:30:00\"",
                "\"2026-03-07 06:29:00\"",
                "\"2026-03-07\"",
                "\"1970-01-01T00:00:00Z\"",
                "\"-999999999-01-01T00:00:00Z\"",
                "1772865000",
                "\"1772864999\"",
                "1772865000000",
                "\"1772864999999\"",
                "100000001",
                "\"0hrs\"",
                "\"0\"",
                "0"
            })
    void aTokenThatIsPastByItsExpiryHasNoLifeLeft(String json) {
        assertThat(lifeByExpiry(json)).isLessThanOrEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1772865000", "1772864999.5", "1772865000000", "86400", "1", "0", "-1", "-1772951400"})
    void aTokenThatIsPastByItsOwnClaimHasNoLifeLeftWhateverElseIsSaid(String exp) {
        assertThat(lifeBy(tokenOf("{\"exp\":" + exp + "}") + ",\"expiry\":\"24hrs\",\"expires_in\":86400"))
                .isLessThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void aTokenThatIsPastSaysByHowMuch() {
        assertThat(lifeByExpiry(quoted("2026-03-06T06:30:00Z"))).isEqualTo(Duration.ofHours(-24));
    }

    // ---- A token that claims too much

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"2026-03-08T06:30:01Z\"",
                "\"2126-03-08T00:00:00Z\"",
                "\"+999999999-12-31T23:59:59Z\"",
                "\"9999-12-31T23:59:59\"",
                "\"2026-03-09\"",
                "1772951401",
                "1772951400001",
                "99999999999",
                "999999999999999999",
                "86401",
                "\"86401\"",
                "100000000",
                "\"25hrs\"",
                "\"2 days\"",
                "\"999999999d\""
            })
    void noTokenLivesLongerThanTwentyFourHoursByItsExpiry(String json) {
        assertThat(lifeByExpiry(json)).isEqualTo(FULL_LIFE);
    }

    @Test
    void noTokenLivesLongerThanTwentyFourHoursByItsOwnClaim() {
        assertThat(lifeBy(tokenOf("{\"exp\":4102444800}"))).isEqualTo(FULL_LIFE);
    }

    @Test
    void noTokenLivesLongerThanTwentyFourHoursByExpiresIn() {
        assertThat(lifeBy("\"expires_in\":999999999999999999")).isEqualTo(FULL_LIFE);
    }

    // ---- Every known form of expiry, wherever the host is

    static Stream<Arguments> everyZoneAndEveryForm() {
        return Stream.of("UTC", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati")
                .flatMap(zone -> everyForm().map(form -> Arguments.of(zone, form.get()[0], form.get()[1])));
    }

    private static Stream<Arguments> everyForm() {
        var twelveHours = Duration.ofHours(12);
        var inTwelveHours = NOW.plus(twelveHours);
        return Stream.of(
                // ISO-8601 with a zone
                Arguments.of(quoted("2026-03-07T18:30:00Z"), twelveHours),
                Arguments.of(quoted("2026-03-07T18:30Z"), twelveHours),
                Arguments.of(quoted("2026-03-07T18:30:00.250Z"), twelveHours.plusMillis(250)),
                Arguments.of(quoted("2026-03-07t18:30:00z"), twelveHours),
                Arguments.of(quoted("2026-03-08T00:00:00+05:30"), twelveHours),
                Arguments.of(quoted("2026-03-08T00:00:00+0530"), twelveHours),
                Arguments.of(quoted("2026-03-08T00:00:00+05:30[Asia/Kolkata]"), twelveHours),
                Arguments.of(quoted("2026-03-07T13:30:00-05:00"), twelveHours),
                Arguments.of(quoted("2026-03-08 00:00:00+05:30"), twelveHours),
                Arguments.of(quoted("  2026-03-07T18:30:00Z\n"), twelveHours),
                // without one: UTC
                Arguments.of(quoted("2026-03-07T18:30:00"), twelveHours),
                Arguments.of(quoted("2026-03-07T18:30"), twelveHours),
                Arguments.of(quoted("2026-03-07T18:30:00.123456"), twelveHours.plusNanos(123_456_000)),
                Arguments.of(quoted("2026-03-07 18:30:00"), twelveHours),
                Arguments.of(quoted("2026-03-08T02:30:00"), Duration.ofHours(20)), // New York has no such time
                Arguments.of(quoted("2026-03-08"), Duration.ofHours(17).plusMinutes(30)),
                // epoch
                Arguments.of(Long.toString(inTwelveHours.getEpochSecond()), twelveHours),
                Arguments.of(quoted(inTwelveHours.getEpochSecond()), twelveHours),
                Arguments.of(quoted(inTwelveHours.getEpochSecond() + ".75"), twelveHours),
                Arguments.of(Long.toString(inTwelveHours.toEpochMilli() + 250), twelveHours.plusMillis(250)),
                Arguments.of(quoted(inTwelveHours.toEpochMilli()), twelveHours),
                // a duration
                Arguments.of(quoted("24hrs"), FULL_LIFE),
                Arguments.of(quoted("24h"), FULL_LIFE),
                Arguments.of("86400", FULL_LIFE),
                Arguments.of(quoted("86400"), FULL_LIFE),
                Arguments.of(quoted("+3600"), Duration.ofHours(1)),
                Arguments.of(quoted("12hrs"), twelveHours),
                Arguments.of(quoted("12 hrs"), twelveHours),
                Arguments.of(quoted(" 12H "), twelveHours),
                Arguments.of(quoted("12 Hours"), twelveHours),
                Arguments.of(quoted("1hour"), Duration.ofHours(1)),
                Arguments.of(quoted("720m"), twelveHours),
                Arguments.of(quoted("720 mins"), twelveHours),
                Arguments.of(quoted("1 minute"), Duration.ofMinutes(1)),
                Arguments.of(quoted("43200s"), twelveHours),
                Arguments.of(quoted("43200 seconds"), twelveHours),
                Arguments.of(quoted("1day"), FULL_LIFE),
                Arguments.of("43200", twelveHours),
                Arguments.of("43200.0", twelveHours),
                Arguments.of(quoted("43200"), twelveHours));
    }

    @ParameterizedTest
    @MethodSource("everyZoneAndEveryForm")
    void everyFormOfExpiryIsReadAlikeInEveryZoneOfTheHost(String zoneOfTheHost, String json, Duration life) {
        TimeZone.setDefault(TimeZone.getTimeZone(zoneOfTheHost));

        assertThat(lifeByExpiry(json)).isEqualTo(life);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1800", "\"1800\"", "\" 1800 \"", "1800.0", "\"1800.5\""})
    void expiresInIsReadAsSeconds(String json) {
        assertThat(lifeBy("\"expires_in\":" + json)).isEqualTo(Duration.ofMinutes(30));
    }

    @ParameterizedTest
    @CsvSource({
        "1772908200, PT12H",
        "1772908200.75, PT12H",
        "1.7729082e9, PT12H",
        "1772908200000, PT12H",
        "1772908200250, PT12H0.25S"
    })
    void theClaimOfTheTokenIsReadAsEpochSecondsOrMilliseconds(String exp, Duration life) {
        assertThat(lifeBy(tokenOf("{\"sub\":\"company\",\"exp\":" + exp + "}"))).isEqualTo(life);
    }

    // ---- Who is believed first

    @Test
    void theTokensOwnClaimIsBelievedBeforeAllElse() {
        assertThat(lifeBy(tokenOf("{\"exp\":1772868600}") + ",\"expiry\":\"2026-03-07T18:30:00Z\",\"expires_in\":1800"))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void expiryIsBelievedBeforeExpiresIn() {
        assertThat(lifeByExpiry("\"2026-03-07T18:30:00Z\",\"expires_in\":1800")).isEqualTo(Duration.ofHours(12));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"iat\":1772865000}",
                "{\"exp\":null}",
                "{\"exp\":\"1772868600\"}",
                "{\"exp\":\"tomorrow\"}",
                "{\"exp\":true}",
                "{\"exp\":[1772868600]}",
                "{\"exp\":{\"at\":1772868600}}",
                "{\"exp\":1e400}",
                "{\"exp\":1e300}",
                "{\"exp\":1e99999}",
                "{\"exp\":99999999999999999999999999999999}",
                "[1772868600]",
                "1772868600",
                "\"exp\"",
                "null",
                "",
                "not JSON",
                "{\"exp\":1772868600",
                "{\"exp\":NaN}"
            })
    void aClaimThatCannotBeReadLeavesItToExpiry(String claims) {
        assertThat(lifeBy(tokenOf(claims) + ",\"expiry\":\"12hrs\"")).isEqualTo(Duration.ofHours(12));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "opaque",
                "",
                "a.b",
                "..",
                "a..c",
                "a.b.c",
                "a.!!!.c",
                "a.e30=.c.d",
                "a.====.c",
                "a.{}.c",
                "a.ÿþ.c"
            })
    void aTokenThatIsNoJwtIsJustAToken(String token) {
        assertThat(lifeBy("\"access_token\":" + quoted(token) + ",\"expiry\":\"12hrs\""))
                .isEqualTo(Duration.ofHours(12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "42", "{}", "[]", "true"})
    void anAccessTokenThatIsNoTextIsNotLookedInto(String json) {
        assertThat(lifeBy("\"access_token\":" + json + ",\"expiry\":\"12hrs\"")).isEqualTo(Duration.ofHours(12));
    }

    @Test
    void theTokensClaimIsReadWhereItsPayloadIsPadded() {
        var payload = Base64.getUrlEncoder().encodeToString("{\"exp\":1772868600 }".getBytes(StandardCharsets.UTF_8));

        assertThat(payload).endsWith("=");
        assertThat(lifeBy("\"access_token\":\"e30." + payload + ".c2ln\"")).isEqualTo(Duration.ofHours(1));
    }

    // ---- Whatever comes

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1e20",
                "-1e400",
                "-9223372036854775808",
                "9223372036854775807",
                "-99999999999999999999999999",
                "31556889864403200",
                "1e-400",
                "0.000000000000000001"
            })
    void noNumberIsTooOddToBeSurvived(String number) {
        assertThatCode(() -> lifeBy(tokenOf("{\"exp\":" + number + "}"))).doesNotThrowAnyException();
        assertThatCode(() -> lifeByExpiry(number)).doesNotThrowAnyException();
        assertThatCode(() -> lifeByExpiry(quoted(number))).doesNotThrowAnyException();
        assertThatCode(() -> lifeBy("\"expires_in\":" + number)).doesNotThrowAnyException();
    }

    @Test
    void noTextIsTooOddToBeSurvived() {
        var random = new Random(20260307);
        var horizon = Duration.of(1_000_000_000, DAYS).multipliedBy(-366);

        for (int i = 0; i < 5_000; i++) {
            var answer = JSON.createObjectNode()
                    .put("access_token", random.nextBoolean() ? jwt("{\"exp\":" + odd(random) + "}") : odd(random))
                    .put("expiry", odd(random))
                    .put("expires_in", odd(random));

            assertThat(Expiry.read(answer, Optional.empty(), NOW).life())
                    .as("life by %s", answer)
                    .isBetween(horizon, FULL_LIFE);
        }
    }

    /** Something that was an expiry before it was torn, patched and stretched. */
    private static String odd(Random random) {
        List<String> seeds = List.of(
                "2026-03-07T18:30:00Z",
                "2026-03-08T00:00:00+05:30",
                "2026-03-07 18:30:00.123456",
                "1772908200",
                "1772908200000",
                "24hrs",
                "86400",
                "-1.5e308",
                "");
        String alphabet = "0123456789+-:.TZ eEhrsdm[]/{}\"\\\u0000\u0660\ud83d";
        var text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
        for (int changes = random.nextInt(5); changes > 0; changes--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                case 1 -> text.insert(at, seeds.get(random.nextInt(seeds.size())));
                case 2 -> text.setLength(at);
                default -> text.insert(at, "9".repeat(random.nextInt(40)));
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"expiry\":1772908200.75|PT12H",
                "\"expiry\":1772861400.5|PT-1H",
                "\"expiry\":\"1772908200000.5\"|PT12H",
                "\"expiry\":\"2026-03-07T18:30:00+00\"|PT12H",
                "\"expiry\":\"2026-03-08T00:00:00 +05:30\"|PT12H",
                "\"expires_in\":-1|PT0S",
                "\"expiry\":\"-1\"|PT0S",
                "\"expires_in\":1.0e5|PT24H",
                "\"expires_in\":10000000.0|PT24H"
            })
    void anExpiryIsReadInFull(String members, Duration life) {
        assertThat(lifeBy(members)).isEqualTo(life);
    }
}
