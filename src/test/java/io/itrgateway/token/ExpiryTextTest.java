package io.itrgateway.token;

import static java.time.temporal.ChronoUnit.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which public APIs write a time or a duration. Each point in time that is read here is the same one, twelve hours ahead. */
class ExpiryTextTest {

    private static final Instant NOW = Instant.parse("2026-03-07T06:30:00Z");
    private static final Duration TWELVE_HOURS = Duration.ofHours(12);

    /** What an answer says whose {@code expiry} is not read. */
    private static final Duration UNREAD = Duration.ofSeconds(1234);

    private final TimeZone zoneOfTheHost = TimeZone.getDefault();
    private final Locale localeOfTheHost = Locale.getDefault();

    @BeforeEach
    void aHostWithADifferentZoneAndLanguage() {
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
        Locale.setDefault(Locale.forLanguageTag("hi-IN-u-nu-deva"));
    }

    @AfterEach
    void putTheHostBack() {
        TimeZone.setDefault(zoneOfTheHost);
        Locale.setDefault(localeOfTheHost);
    }

    private static Duration lifeBy(String members) {
        try {
            return Expiry.read(new ObjectMapper().readTree("{" + members + "}"), Optional.empty(), NOW)
                    .life();
        } catch (JsonProcessingException e) {
            throw new AssertionError("the test wrote no JSON: " + members, e);
        }
    }

    private static Duration lifeByExpiry(String json) {
        return lifeBy("\"expires_in\":1234,\"expiry\":" + json);
    }

    private static String quoted(String text) {
        return JsonNodeFactory.instance.textNode(text).toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "03/07/2026 18:30:00", // the United States
                "3/7/2026, 6:30:00 PM",
                "07/03/2026 18:30:00", // most other countries
                "07-03-2026 18:30:00",
                "07.03.2026 18:30:00",
                "07-Mar-26 18:30:00", // a year of two digits
                "07-MAR-26 06.30.00.000000 PM",
                "26-03-07 18:30:00",
                "260307183000Z",
                "2026-03-08 00:00:00 IST", // India, Israel, Ireland
                "2026-03-08 00:00:00 (IST)",
                "2026-03-07 13:30:00 EST",
                "Sun Mar 08 00:00:00 IST 2026",
                "Sun, 08 Mar 2026 00:00:00 IST",
                "12:00", // minutes or hours
                "6:30 PM",
                "18:30Z",
                "86,400", // a decimal comma, too
                "43.200,0",
                "1,5 hours",
                "17,72,90,82,00",
                "half a day",
                "a day",
                "one hour",
                "in 12 hours",
                "12 hours from now",
                "tomorrow",
                "session",
                "never",
                "Infinity",
                "2026-03-07T24:00:00Z", // no longer in ISO 8601
                "2026-03-07T18:29:60Z",
                "2026-03-07T06:30:00Z/2026-03-07T18:30:00Z", // an interval
                "R/PT12H",
                "2026-03",
                "2026-W10",
                "2026-03-07-18.30.00.000000", // DB2
                "2026-03-08 00:00:00 India Standard Time", // Windows
                "@1772908200",
                "0000-00-00 00:00:00", // never set: MySQL, Go, .NET
                "0001-01-01T00:00:00Z",
                "0001-01-01T00:00:00",
                "Mon, 07 Mar 2026 18:30:00 GMT", // it is a Saturday
                "Sat, 31 Feb 2026 18:30:00 GMT",
                "2026-02-29T18:30:00Z",
                "2026-366T18:30:00Z",
                "2026-W54-1T18:30:00Z",
                "20261307183000",
                "202613071830",
                "2026-03-07T18:30:00 Asia/Nowhere",
                "7 mars 2026 18:30:00",
                "P",
                "PT",
                "P1H",
                "PT1D",
                "1h 1h",
                "30m 1h",
                "12 h and",
                "h12",
                "1..5h",
                "12:60:00",
                "9223372036854775808", // more than 64 bits
                "999999999999999", // a row of nines is no microsecond of 2001
                "999999999999999999",
                "134173026000000000", // 100 ns since 1601
                "639085842000000000" // 100 ns since the year 1
            })
    void aTextThatCouldMeanSomethingElseOrNothingIsLeftUnread(String text) {
        assertThat(lifeByExpiry(quoted(text))).isEqualTo(UNREAD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"seconds\":1772908200,\"nanos\":0}",
                "{\"$date\":\"2026-03-07T18:30:00Z\",\"zone\":\"UTC\"}",
                "{\"$date\":{}}",
                "{\"$date\":null}",
                "{\"$timestamp\":{\"t\":1772908200,\"i\":1}}",
                "[2026,3,7,18,30]",
                "[\"2026-03-07T18:30:00Z\"]",
                "true"
            })
    void anObjectOrArrayWhoseMembersAreAGuessIsLeftUnread(String json) {
        assertThat(lifeByExpiry(json)).isEqualTo(UNREAD);
    }

    @Test
    void aTextThatIsLongerThanAnyFormIsLeftUnread() {
        assertThat(lifeByExpiry(quoted("2026-03-07T18:30:00Z (" + "x".repeat(100_000) + ")")))
                .isEqualTo(UNREAD);
        assertThat(lifeByExpiry(quoted("1h ".repeat(100_000)))).isEqualTo(UNREAD);
        assertThat(lifeByExpiry(quoted(" ".repeat(100_000) + "1h"))).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // ISO 8601 and RFC 3339, extended
                "2026-03-07T18:30:00.000000Z",
                "2026-03-07T18:30:00.000000000Z",
                "2026-03-07T18:30:00,000Z",
                "2026-03-07T18:30:00.000000+00:00",
                "2026-03-07T18:30:00+00:00Z", // isoformat() + "Z"
                "2026-03-08T00:00:00+05:30",
                "2026-03-08T00:00:00.000+0530",
                "2026-03-07T13:30:00\u221205:00",
                "2026-03-07T18:30+00",
                "2026-03-07T18:30:00Z[UTC]",
                "2026-03-08 00:00:00 +0530",
                "2026-03-08 00:00:00.0000000 +05:30", // SQL Server
                "2026-03-08 00:00:00+05:30",
                "2026-03-07 18:30:00",
                "2026/03/07 18:30:00",
                "2026.03.07 18:30:00 UTC",
                "2026-3-7 18:30:00",
                "2026/3/7 18:30",
                "2026-03-07, 18:30:00",
                "2026-03-07_18:30:00",
                "2026-03-07 06:30 PM",
                "2026-03-07 6:30:00PM UTC",
                "2026-03-08T00:00:00+5:30",
                "2026-Mar-07 18:30:00",
                // basic
                "20260307T183000Z",
                "20260307T1830Z",
                "20260307T183000.000Z",
                "20260308T000000+0530",
                "20260308T000000+05:30",
                "20260307T183000",
                "20260307183000",
                "202603071830",
                "202603071830Z",
                "20260307 183000",
                "20260307-18:30:00.000", // FIX
                "20260307183000000",
                "20260307183000Z", // ASN.1
                "20260307183000.0Z", // directories of LDAP
                "20260308000000.000+0530",
                "20260308000000+0530",
                // ordinal and week dates
                "2026-066T18:30:00Z",
                "2026-066T183000Z",
                "2026-W10-6T18:30:00Z",
                // with the zone's name
                "2026-03-07 18:30:00 UTC",
                "2026-03-07T18:30:00 GMT",
                "2026-03-07T18:30:00UTC",
                "2026-03-08 00:00:00 UTC+05:30",
                "2026-03-08 00:00:00 GMT+0530",
                "2026-03-08 00:00:00 Asia/Kolkata",
                "2026-03-08T00:00+05:30[Asia/Kolkata]",
                // RFC 9557
                "2026-03-08T00:00:00+05:30[!Asia/Kolkata]",
                "2026-03-08T00:00:00+05:30[Asia/Kolkata][u-ca=gregory]",
                "2026-03-08T00:00:00+05:30[Asia/Kolkata][!u-ca=indian]",
                "2026-03-07T18:30:00Z[u-ca=iso8601]",
                // Go
                "2026-03-07 18:30:00 +0000 UTC",
                "2026-03-08 00:00:00 +0530 IST",
                "2026-03-08 00:00:00.000000001 +0530 IST m=+43200.000000001",
                "Sat Mar  7 18:30:00 2026",
                "Sun Mar  8 00:00:00 +0530 2026",
                // HTTP and mail
                "Sat, 07 Mar 2026 18:30:00 GMT",
                "Sat, 7 Mar 2026 18:30:00 GMT",
                "Saturday, 07-Mar-26 18:30:00 GMT",
                "Sat, 07-Mar-2026 18:30:00 GMT",
                "Sat, 07-Mar-26 18:30:00 GMT",
                "Sat, 07 Mar 2026 18:30:00 UTC",
                "Sun, 08 Mar 2026 00:00:00 +0530",
                "Sun, 08 Mar 2026 00:00:00 +0530 (IST)",
                "07 Mar 2026 18:30:00 GMT",
                "Sat,07 Mar 2026 18:30:00 GMT",
                "07/Mar/2026:18:30:00 +0000", // access logs
                // Java, JavaScript, Ruby, the date command
                "Sat Mar 07 18:30:00 UTC 2026",
                "Sat Mar 07 18:30:00 GMT 2026",
                "Sun Mar 08 2026 00:00:00 GMT+0530 (India Standard Time)",
                "Sat Mar  7 06:30:00 PM UTC 2026",
                "Sat 07 Mar 2026 06:30:00 PM UTC",
                "Sat  7 Mar 18:30:00 UTC 2026", // in Britain
                "March 7th 2026, 6:30:00 pm", // Moment.js
                "Saturday, March 7 2026 18:30",
                "Mar  7 18:30:00 2026 GMT", // OpenSSL
                "Mar 07 2026 18:30:00",
                "Mar 7 2026 18:30 UTC",
                "Mar  7 2026  6:30PM", // SQL Server
                "7 Mar 2026, 6:30:00 pm", // Intl, by language
                "07-Mar-2026, 6:30:00\u202fp.m.",
                "Saturday, 7 March, 2026 at 18:30",
                "March 8, 2026 at 12:00:00 AM GMT+5:30",
                "March 7th, 2026 6:30 PM",
                "Mar 7, 2026 6:30:00 PM",
                "Mar 7, 2026, 6:30:00\u202fPM",
                "7 Mar 2026 6:30 pm",
                "March 7, 2026 18:30:00",
                "07-Mar-2026 18:30:00",
                "07 March 2026 18:30",
                // Microsoft
                "/Date(1772908200000)/",
                "/Date(1772908200000+0530)/",
                // numbers
                "1772908200",
                "1772908200.000",
                "1.7729082E9",
                "1772908200000",
                "1.7729082E12",
                "1772908200000000",
                "1772908200000000000",
                // JSON within JSON
                "\"2026-03-07T18:30:00Z\"",
                "\"1772908200\"",
                "\"12hrs\""
            })
    void aPointInTimeIsReadInEveryForm(String text) {
        assertThat(lifeByExpiry(quoted(text)).truncatedTo(MILLIS)).isEqualTo(TWELVE_HOURS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$date\":\"2026-03-07T18:30:00Z\"}",
                "{\"$date\":1772908200000}",
                "{\"$date\":{\"$numberLong\":\"1772908200000\"}}",
                "1.7729082e9",
                "1772908200000000",
                "1772908200000000000",
                "20260307183000",
                "202603071830"
            })
    void aPointInTimeIsReadWhereItIsNoText(String json) {
        assertThat(lifeByExpiry(json)).isEqualTo(TWELVE_HOURS);
    }

    /** Java abbreviates September as {@code Sep} only in American English and where no country is given. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "7 Sept 2026, 6:30:00 pm",
                "07-Sept-2026, 6:30:00 pm",
                "07 Sept 2026, 18:30:00",
                "8 Sept 2026, 12:00:00 am GMT+5:30",
                "Sept. 7, 2026, 6:30:00 p.m.",
                "Mon 07 SEPT 2026 18:30:00 UTC",
                "7 September 2026 at 18:30:00",
                "7 Sep 2026 18:30:00"
            })
    void septemberIsReadInTheEnglishOfEveryCountry(String text) {
        assertThat(ExpiryText.pointInTime(text))
                .map(ExpiryText.PointInTime::instant)
                .contains(Instant.parse("2026-09-07T18:30:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-08, PT17H30M",
        "2026-03-08+05:30, PT12H",
        "08-Mar-2026, PT17H30M",
        "2026-067, PT17H30M",
        "2026-W10-7, PT17H30M"
    })
    void aDateWithoutATimeIsItsStart(String text, Duration life) {
        assertThat(lifeByExpiry(quoted(text))).isEqualTo(life);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // ISO 8601
                "PT1H|PT1H",
                "pt1h|PT1H",
                "P1D|PT24H",
                "P0DT1H|PT1H",
                "PT12H0M0S|PT12H",
                "PT3600S|PT1H",
                "PT0.5S|PT0.5S",
                "PT1,5S|PT1.5S",
                "PT1.5H|PT1H30M",
                "P0.5D|PT12H",
                "P1W|PT24H",
                "P1M|PT24H",
                "PT1M|PT1M",
                "P0Y0M0DT1H0M0S|PT1H",
                "-PT1H|PT-1H",
                "+PT1H|PT1H",
                "+1h|PT1H",
                "-PT-9223372036854775808S|PT24H",
                "PT-1H|PT-1H",
                "PT0S|PT0S",
                // Go and Rust
                "1h0m0s|PT1H",
                "12h0m0s|PT12H",
                "3600s|PT1H",
                "3600.000000001s|PT1H0.000000001S",
                "1h30m|PT1H30M",
                "1.5h|PT1H30M",
                "3600000ms|PT1H",
                "100\u00b5s|PT0.0001S",
                "-1h0m0s|PT-1H",
                // words
                "1 hour 30 minutes|PT1H30M",
                "23h 59m|PT23H59M",
                "1h, 30m|PT1H30M",
                "12 hrs|PT12H",
                "12hrs.|PT12H",
                "12 Hours|PT12H",
                "1 hour and 30 minutes|PT1H30M",
                "1 hour, 2 minutes, and 3 seconds|PT1H2M3S",
                "1d|PT24H",
                "1w|PT24H",
                "1 mon|PT24H",
                "0.5 days|PT12H",
                // Python, SQL, .NET
                "24:00:00|PT24H",
                "12:00:00|PT12H",
                "1:00:00|PT1H",
                "0:00:30.250000|PT30.25S",
                "1 day, 0:00:00|PT24H",
                "0 days 01:00:00|PT1H",
                "1 day 00:00:00|PT24H",
                "1.00:00:00|PT24H",
                "0.12:00:00.0000000|PT12H",
                // numbers
                "3600|PT1H",
                "3600.0|PT1H",
                "3.6e3|PT1H",
                "-1|PT0S"
            })
    void aDurationIsReadInEveryForm(String text, Duration life) {
        assertThat(lifeByExpiry(quoted(text))).isEqualTo(life);
    }

    @ParameterizedTest
    @CsvSource({"PT1H, PT1H", "1h0m0s, PT1H", "24hrs, PT24H", "1:00:00, PT1H", "3.6e3, PT1H"})
    void expiresInIsReadAsADuration(String text, Duration life) {
        assertThat(lifeBy("\"expires_in\":" + quoted(text))).isEqualTo(life);
    }
}
