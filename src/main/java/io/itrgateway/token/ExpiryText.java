package io.itrgateway.token;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Points in time and durations as public APIs write them. Pure; neither the host's time zone nor its locale plays a part.
 *
 * <table>
 *   <caption>What is read</caption>
 *   <tr><td>duration</td><td>ISO 8601 ({@code PT1H}, {@code P1D}, {@code P1W}, {@code PT24H0M0S}, {@code -PT1H}, {@code +PT1H}), Go and Rust
 *       ({@code 24h0m0s}, {@code 86400s}), words ({@code 24 hrs}, {@code 1 day and 2 hours}), Python, SQL and .NET
 *       ({@code 1 day, 0:00:00}, {@code 24:00:00}, {@code 1.00:00:00})</td></tr>
 *   <tr><td>point in time</td><td>ISO 8601 and RFC 3339 in extended and basic form, with calendar, ordinal and week dates, and RFC 9557; the three
 *       forms of RFC 9110 (IMF-fixdate, RFC 850, asctime) and RFC 5322; what Go, Java, JavaScript ({@code 8 Mar 2026, 12:00:00 am GMT+5:30}),
 *       Python, Ruby, Gson, OpenSSL, SQL Server and {@code date} print; access logs and FIX; {@code 08-Mar-2026 00:00:00}, {@code 2026/3/8},
 *       {@code 2026-03-08 12:00 AM}, {@code 20260308000000}, {@code 202603080000}, {@code 20260308000000.0Z},
 *       {@code /Date(1772928000000)/}</td></tr>
 * </table>
 *
 * <table>
 *   <caption>What is not read, and why</caption>
 *   <tr><td>{@code 03/08/2026}, {@code 08.03.2026}, {@code 08-03-2026}</td><td>day and month change places from country to country</td></tr>
 *   <tr><td>{@code 08-Mar-26}, {@code 260308000000Z}</td><td>a year of two digits; read only in RFC 850, behind a weekday</td></tr>
 *   <tr><td>{@code 2026-03-08 00:00:00 IST}, {@code EST}</td><td>one abbreviation names several zones; read behind an offset, where it
 *       adds nothing</td></tr>
 *   <tr><td>{@code 24:00}, {@code 12:30 PM}</td><td>hours or minutes, a duration or a time of day</td></tr>
 *   <tr><td>{@code 86,400}, {@code 1,5 hours}</td><td>a comma groups digits in one country and begins a fraction in another</td></tr>
 *   <tr><td>{@code a day}, {@code tomorrow}, {@code in 2 hours}, {@code never}</td><td>prose</td></tr>
 *   <tr><td>{@code 2026-03-08T24:00:00Z}, {@code 23:59:60}</td><td>no longer in ISO 8601; not a time that {@code java.time} has</td></tr>
 *   <tr><td>{@code 2026-03-07T00:00:00Z/P1D}</td><td>an interval</td></tr>
 *   <tr><td>{@code 2026-03-08-00.00.00.000000}, {@code @1772928000}, {@code 00:00 India Standard Time}</td><td>what DB2, {@code date} and
 *       Windows write, and no API</td></tr>
 *   <tr><td>{@code 0001-01-01T00:00:00Z}</td><td>how Go and .NET write a time that was never set</td></tr>
 * </table>
 */
final class ExpiryText {

    /** Longer than every form that is read; a longer text is none of them. */
    private static final int LONGEST_CHARS = 100;

    private static final Map<String, Duration> UNITS = units();

    private static final Pattern QUANTITY =
            Pattern.compile("\\G(\\d{1,9}(?:\\.\\d{1,9})?) ?([a-z\\u00b5\\u03bc]{1,12}+)\\.?+(?:,? and |, ?| )?+");

    private static final Pattern ISO_DURATION =
            Pattern.compile("p((?:[0-9.,]++[ymwd])*+)(?:t((?:[0-9.,]++[hms])++))?+");

    private static final Pattern CLOCK =
            Pattern.compile("(?:(\\d{1,9})(?:\\.| days?,? ))?(\\d{1,6}):([0-5]\\d):([0-5]\\d(?:\\.\\d{1,9})?)");

    private static final Pattern MICROSOFT_DATE = Pattern.compile("/?Date\\((-?\\d{1,15})(?:[+-]\\d{4})?\\)/?");

    /** Each is applied to what the ones before it have left; none can match in more than one way. */
    private static final List<Map.Entry<Pattern, String>> REWRITINGS = List.of(
            rewriting("\\s+", " "),
            // The name of a zone that is known, of RFC 5322 and JavaScript.
            rewriting("(?<=Z|UTC|GMT|[ 0-9CT][+-]\\d\\d:?\\d\\d) \\([^()]*\\)$", ""),
            // RFC 9557: what a calendar calls the day, and that the zone is not to be ignored.
            rewriting("\\[!?u-ca=[^\\[\\]]*\\]$", ""),
            rewriting("\\[!(?=[^\\[\\]]*\\]$)", "["),
            rewriting("(?i)(?<=^|[ -])sept\\b\\.?", "Sep"), // the English of all countries but the United States
            rewriting("^((?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*),? ?(?=\\d)", "$1, "),
            rewriting(" at (?=\\d)", " "),
            rewriting("(?<=\\d) ?([AaPp])\\.?[Mm]\\b\\.?", " $1M"),
            rewriting("(?<=\\d)(?:st|nd|rd|th)\\b", ""),
            rewriting(" m=[+-][0-9.]+$", ""), // Go's monotonic clock
            rewriting("([+-]\\d\\d:?\\d\\d) [A-Z]{1,5}$", "$1"), // a zone's abbreviation behind its offset
            rewriting("(?:GMT|UTC)(?=[+-]\\d)", ""),
            rewriting("[+-]00:?00Z$", "Z"), // Python's isoformat() + "Z"
            rewriting("(?<=:\\d\\d| |M)([+-])(\\d)(:\\d\\d)?$", "$10$2$3"),
            rewriting("^(\\d{4})[/.](\\d\\d?)[/.](\\d\\d?)(?!\\d)", "$1-$2-$3"),
            rewriting("^(\\d{4}-[0-9W-]{3,6})(?: |, ?|_)(?=\\d)", "$1T"),
            rewriting("^(\\d{8})(?:[ _]|-(?=\\d\\d:))(?=\\d\\d)", "$1T"),
            rewriting("(?<=:\\d\\d),(?=\\d)", "."),
            rewriting("(?<=\\d)[-/]([A-Za-z]{3,9})[-/](?=\\d)", " $1 "),
            rewriting("(?<=[A-Za-z]{3}), (?=\\d{4})", " "),
            rewriting("(?<=[A-Za-z]{3} \\d{4})(?:, ?|:)(?=\\d)|(?<=\\d,? \\d{4}), (?=\\d)", " "),
            rewriting("(?<=[T ])(?=\\d:\\d\\d)", "0"),
            rewriting("([+-]\\d\\d)(\\d\\d)(?= \\d{4}$|$)", "$1:$2"));

    private static final DateTimeFormatter OFFSET = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .parseLenient()
            .appendOffset("+HH:mm", "Z")
            .toFormatter(Locale.ENGLISH);

    private static final DateTimeFormatter ZONE_ID =
            new DateTimeFormatterBuilder().parseCaseInsensitive().appendZoneId().toFormatter(Locale.ENGLISH);

    private static final DateTimeFormatter ZONE = new DateTimeFormatterBuilder()
            .appendOptional(OFFSET)
            .appendOptional(spaced(OFFSET))
            .appendOptional(ZONE_ID)
            .appendOptional(spaced(ZONE_ID))
            .optionalStart()
            .appendLiteral('[')
            .append(ZONE_ID)
            .appendLiteral(']')
            .toFormatter(Locale.ENGLISH);

    private static final List<DateTimeFormatter> FORMATS = List.of(
            iso(format(pattern("uuuu-M-d"))),
            format(pattern("uuuu-M-d'T'h:mm[:ss] a").append(ZONE)),
            iso(format(pattern("uuuuMMdd"))),
            iso(DateTimeFormatter.ISO_ORDINAL_DATE),
            iso(DateTimeFormatter.ISO_WEEK_DATE),
            format(pattern("uuuuMMddHHmmss").append(ZONE)),
            format(pattern("uuuuMMddHHmmssSSS").append(ZONE)),
            format(pattern("uuuuMMddHHmmss")
                    .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
                    .append(ZONE)),
            format(pattern("uuuuMMddHHmm").append(ZONE)),
            format(pattern("[EEEE, ][EEE, ]d [MMMM][MMM] uuuu[ HH:mm[:ss]]").append(ZONE)),
            format(pattern("[EEEE, ][EEE, ]d [MMMM][MMM] uuuu h:mm[:ss] a").append(ZONE)),
            format(pattern("[EEEE, ][EEE, ][MMMM][MMM] d[,] uuuu[ HH:mm[:ss]]").append(ZONE)),
            format(pattern("[EEEE, ][EEE, ][MMMM][MMM] d[,] uuuu h:mm[:ss] a").append(ZONE)),
            format(pattern("uuuu MMM d[ HH:mm[:ss]]").append(ZONE)),
            format(pattern("EEEE, d MMM uu HH:mm:ss").append(ZONE)),
            format(pattern("EEE, d MMM uu HH:mm:ss").append(ZONE)),
            format(pattern("[EEE ]MMM d uuuu[ HH:mm[:ss]]").append(ZONE)),
            format(pattern("[EEE ]MMM d uuuu h:mm[:ss] a").append(ZONE)),
            format(pattern("[EEE ]MMM d HH:mm:ss uuuu").append(ZONE)),
            format(pattern("EEE MMM d HH:mm:ss").append(ZONE).appendPattern(" uuuu")),
            format(pattern("EEE, d MMM HH:mm:ss").append(ZONE).appendPattern(" uuuu")),
            format(pattern("EEE MMM d h:mm:ss a").append(ZONE).appendPattern(" uuuu")));

    /**
     * A point in time.
     *
     * @param hasZone whether the text says of which zone; if not, it is taken for UTC
     */
    record PointInTime(Instant instant, boolean hasZone) {}

    private ExpiryText() {}

    /** The duration that the text is; zero or negative if it says so. */
    static Optional<Duration> duration(String text) {
        String trimmed = text.strip();
        if (trimmed.isEmpty() || trimmed.length() > LONGEST_CHARS) {
            return Optional.empty();
        }
        boolean isNegative = trimmed.startsWith("-");
        boolean isSigned = isNegative || trimmed.startsWith("+");
        String positive = (isSigned ? trimmed.substring(1) : trimmed).toLowerCase(Locale.ROOT);
        return isoDuration(positive)
                .or(() -> clock(positive))
                .or(() -> quantities(positive))
                .map(length -> isNegative ? negated(length) : length);
    }

    /** There is no opposite of the shortest one. */
    private static Duration negated(Duration length) {
        return length.getSeconds() == Long.MIN_VALUE ? Duration.ofSeconds(Long.MAX_VALUE) : length.negated();
    }

    private static Optional<Duration> isoDuration(String text) {
        if (!text.startsWith("p")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeException e) {
            return longerIsoDuration(text);
        }
    }

    /** What is no {@link Duration} for {@code java.time}: weeks, months and years, and fractions of more than a second. */
    private static Optional<Duration> longerIsoDuration(String text) {
        Matcher iso = ISO_DURATION.matcher(text);
        if (!iso.matches()) {
            return Optional.empty();
        }
        String date = iso.group(1).replace("m", "months");
        String time = iso.group(2) == null ? "" : iso.group(2);
        return quantities((date + time).replace(',', '.'));
    }

    private static Optional<Duration> clock(String text) {
        Matcher clock = CLOCK.matcher(text);
        if (!clock.matches()) {
            return Optional.empty();
        }
        long days = clock.group(1) == null ? 0 : Long.parseLong(clock.group(1));
        return Optional.of(Duration.ofDays(days)
                .plusHours(Long.parseLong(clock.group(2)))
                .plusMinutes(Long.parseLong(clock.group(3)))
                .plus(times(clock.group(4), UNITS.get("s"))));
    }

    /** Numbers with their units, the largest unit first. */
    private static Optional<Duration> quantities(String text) {
        Matcher quantity = QUANTITY.matcher(text);
        Duration total = Duration.ZERO;
        Duration last = null;
        int end = 0;
        while (quantity.find()) {
            Duration unit = UNITS.get(quantity.group(2));
            if (unit == null || last != null && unit.compareTo(last) >= 0) {
                return Optional.empty();
            }
            total = total.plus(times(quantity.group(1), unit));
            last = unit;
            end = quantity.end();
        }
        return last == null || end < text.length() ? Optional.empty() : Optional.of(total);
    }

    private static Duration times(String number, Duration unit) {
        var nanos = new BigDecimal(number).multiply(BigDecimal.valueOf(unit.toNanos()));
        BigDecimal[] parts = nanos.divideAndRemainder(BigDecimal.valueOf(1_000_000_000));
        return Duration.ofSeconds(parts[0].longValue(), parts[1].longValue());
    }

    /** The point in time that the text is. */
    static Optional<PointInTime> pointInTime(String text) {
        if (text.length() > LONGEST_CHARS) {
            return Optional.empty();
        }
        Matcher microsoft = MICROSOFT_DATE.matcher(text);
        if (microsoft.matches()) {
            return Optional.of(new PointInTime(Instant.ofEpochMilli(Long.parseLong(microsoft.group(1))), true));
        }
        String plain = text.replace('\u2212', '-').replace('\u00a0', ' ').replace('\u202f', ' ');
        for (var rewriting : REWRITINGS) {
            plain = rewriting.getKey().matcher(plain.strip()).replaceAll(rewriting.getValue());
        }
        String rewritten = plain;
        return FORMATS.stream()
                .flatMap(format -> parsed(format, rewritten).stream())
                .findFirst();
    }

    private static Optional<PointInTime> parsed(DateTimeFormatter format, String text) {
        try {
            TemporalAccessor parsed = format.parse(text);
            LocalDate date = parsed.query(TemporalQueries.localDate());
            LocalTime time = parsed.query(TemporalQueries.localTime());
            ZoneId zone = parsed.query(TemporalQueries.zoneId());
            ZoneId offset = parsed.query(TemporalQueries.offset());
            if (date == null || date.getYear() == 1 || zone != null && !isUnambiguous(zone)) {
                return Optional.empty();
            }
            ZoneId known = offset != null ? offset : zone;
            var local = LocalDateTime.of(date, time == null ? LocalTime.MIDNIGHT : time);
            return Optional.of(new PointInTime(
                    local.atZone(known == null ? ZoneOffset.UTC : known).toInstant(), known != null));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Not so an abbreviation, of which the time-zone database has a few, too. */
    private static boolean isUnambiguous(ZoneId zone) {
        return zone instanceof ZoneOffset
                || zone.getId().indexOf('/') > 0
                || List.of("UTC", "GMT", "UT", "Z").contains(zone.getId().toUpperCase(Locale.ROOT));
    }

    private static DateTimeFormatter iso(DateTimeFormatter date) {
        return format(new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .append(date)
                .optionalStart()
                .appendLiteral('T')
                .append(DateTimeFormatter.ISO_LOCAL_TIME)
                .optionalEnd()
                .optionalStart()
                .appendPattern("'T'HH[mm[ss]]")
                .optionalStart()
                .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
                .optionalEnd()
                .optionalEnd()
                .append(ZONE));
    }

    private static DateTimeFormatter spaced(DateTimeFormatter zone) {
        return new DateTimeFormatterBuilder().appendLiteral(' ').append(zone).toFormatter(Locale.ENGLISH);
    }

    private static DateTimeFormatterBuilder pattern(String pattern) {
        return new DateTimeFormatterBuilder().parseCaseInsensitive().appendPattern(pattern);
    }

    private static DateTimeFormatter format(DateTimeFormatterBuilder builder) {
        return builder.toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
    }

    private static Map.Entry<Pattern, String> rewriting(String pattern, String replacement) {
        return Map.entry(Pattern.compile(pattern), replacement);
    }

    private static Map<String, Duration> units() {
        Map<Duration, List<String>> names = Map.of(
                Duration.ofNanos(1), List.of("ns", "nanosecond", "nanoseconds"),
                Duration.ofNanos(1_000), List.of("us", "\u00b5s", "\u03bcs", "microsecond", "microseconds"),
                Duration.ofMillis(1), List.of("ms", "msec", "msecs", "millisecond", "milliseconds"),
                Duration.ofSeconds(1), List.of("s", "sec", "secs", "second", "seconds"),
                Duration.ofMinutes(1), List.of("m", "min", "mins", "minute", "minutes"),
                Duration.ofHours(1), List.of("h", "hr", "hrs", "hour", "hours"),
                Duration.ofDays(1), List.of("d", "day", "days"),
                Duration.ofDays(7), List.of("w", "wk", "wks", "week", "weeks"),
                // However many days it has, it is longer than any token is believed to live.
                Duration.ofDays(30), List.of("mon", "mons", "month", "months"),
                Duration.ofDays(365), List.of("y", "yr", "yrs", "year", "years"));
        Map<String, Duration> units = new HashMap<>();
        names.forEach((unit, spellings) -> spellings.forEach(spelling -> units.put(spelling, unit)));
        return Map.copyOf(units);
    }
}
