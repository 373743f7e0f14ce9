package io.itrgateway.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How long a token is valid, read from an authorize answer. Pure; the host's time zone plays no part.
 *
 * <p>In this order: the {@code exp} claim of a JWT; {@code expiry} as a point in time with a zone; without one, as UTC; as epoch seconds,
 * milli-, micro- or nanoseconds; as a duration ({@code 24hrs}, {@code PT24H}, {@code 86400}); {@code expires_in} as a duration; else 24
 * hours. {@link ExpiryText} lists the forms in text. A number stays a number: {@code 20260308} is seconds, not a date, and so is
 * {@code 46089.5}, which spreadsheets mean as days. Of objects only {@code {"$date": …}} is read; what the members of another one, or of
 * an array, mean would be a guess.
 */
final class Expiry {

    /** The longest life that any token is believed to have. */
    static final Duration LONGEST_LIFE = Duration.ofHours(24);

    /** What two clocks that are both right may differ by, with the way between them. */
    private static final Duration LARGEST_SKEW = Duration.ofMinutes(5);

    /** Numbers below are durations in seconds (three years of them), above points in time. */
    private static final BigDecimal LARGEST_DURATION_SECONDS = BigDecimal.valueOf(100_000_000);
    /** Points in time above are in milliseconds: as seconds they would lie after the year 5000. */
    private static final BigDecimal LARGEST_EPOCH_SECONDS = BigDecimal.valueOf(100_000_000_000L);

    /** As milliseconds, the year 5000. */
    private static final BigDecimal LARGEST_EPOCH_MILLIS = BigDecimal.valueOf(100_000_000_000_000L);

    /** As microseconds, the year 5138. */
    private static final BigDecimal LARGEST_EPOCH_MICROS = BigDecimal.valueOf(100_000_000_000_000_000L);

    /** The year 2262; larger ones are no number of nanoseconds that fits into 64 bits. */
    private static final BigDecimal LARGEST_EPOCH_NANOS = BigDecimal.valueOf(Long.MAX_VALUE);

    /** Smaller numbers of that length are no epoch but stand for "never", such as 999999999999999. */
    private static final Instant EARLIEST_FINE_POINT = Instant.parse("2020-01-01T00:00:00Z");

    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,19}(\\.\\d{1,18})?([eE][+-]?\\d{1,2})?");

    /**
     * A year of this century, month, day and time without anything between: as an epoch it would lie after the year 2600, or, without
     * the seconds, before 1977.
     */
    private static final Pattern DATE_IN_DIGITS = Pattern.compile("20\\d{10}(\\d{2}|\\d{5})?");

    /** JSON within JSON. */
    private static final Pattern QUOTED = Pattern.compile("\"(.*)\"");

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the life of a token was read from, in words for operators. */
    enum Form {
        JWT("the exp claim of the token"),
        ISO_WITH_ZONE("expiry, a point in time with its zone"),
        ISO_WITHOUT_ZONE("expiry, a point in time without a zone, taken for UTC"),
        EPOCH_SECONDS("expiry, a point in time in epoch seconds"),
        EPOCH_MILLIS("expiry, a point in time in epoch milliseconds"),
        EPOCH_MICROS("expiry, a point in time in epoch microseconds"),
        EPOCH_NANOS("expiry, a point in time in epoch nanoseconds"),
        SECONDS("expiry, a number of seconds"),
        WORDS("expiry, a duration in words"),
        EXPIRES_IN("expires_in, a duration"),
        NOTHING("nothing that can be read");

        private final String words;

        Form(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * @param life at most {@link #LONGEST_LIFE}; zero or negative for a token that is past
     * @param isByHostClock whether the upstream's clock was ignored
     */
    record Reading(Form form, Duration life, boolean isByHostClock) {
        private Reading(Form form, Duration life) {
            this(form, life, false);
        }

        private Reading atMostTheLongest() {
            return isTooLong(LONGEST_LIFE) ? new Reading(form, LONGEST_LIFE, isByHostClock) : this;
        }

        private Reading as(Form other) {
            return new Reading(other, life);
        }

        private Reading byHostClock() {
            return new Reading(form, life, true);
        }

        private boolean isPast() {
            return life.isNegative() || life.isZero();
        }

        private boolean isTooLong(Duration longest) {
            return life.compareTo(longest) > 0;
        }

        /** Whether it is a life that the upstream gives to its tokens. */
        private boolean isFit() {
            return !isPast() && !isTooLong(LONGEST_LIFE.plus(LARGEST_SKEW));
        }
    }

    private Expiry() {}

    /**
     * The rest of the token's life, by the upstream's clock, so that a host clock that is wrong does no harm.
     *
     * <p>The host's clock is asked only where the two differ by more than {@link #LARGEST_SKEW} and by the upstream's the token has a life
     * that no token has: if by the host's it has a fitting one, or is not past, the upstream's clock is wrong. Were it believed, each
     * token would be past. A form that says how long, and not until when, asks no clock.
     *
     * @param date the upstream's time of that answer, if it was said
     * @param host this host's time of that answer
     */
    static Reading read(JsonNode answer, Optional<Instant> date, Instant host) {
        Reading byHost = unbounded(answer, host);
        if (date.isEmpty()) {
            return byHost.atMostTheLongest();
        }
        Reading byDate = unbounded(answer, date.get());
        boolean clocksAgree = Duration.between(date.get(), host).abs().compareTo(LARGEST_SKEW) <= 0;
        boolean dateIsWrong =
                !clocksAgree && !byDate.isFit() && (byHost.isFit() || byDate.isPast() && !byHost.isPast());
        return (dateIsWrong ? byHost.byHostClock() : byDate).atMostTheLongest();
    }

    private static Reading unbounded(JsonNode answer, Instant now) {
        return ofJwt(answer.path("access_token").asText(""), now)
                .or(() -> ofExpiry(answer.path("expiry"), now))
                .or(() -> ofSeconds(answer.path("expires_in")))
                .orElse(new Reading(Form.NOTHING, LONGEST_LIFE));
    }

    private static Optional<Reading> ofJwt(String token, Instant now) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            JsonNode expires = claims == null ? null : claims.get("exp");
            return expires == null || !expires.isNumber()
                    ? Optional.empty()
                    : ofEpoch(expires.decimalValue(), now).map(reading -> reading.as(Form.JWT));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // a JWT whose payload cannot be read is just a token
        }
    }

    private static Optional<Reading> ofExpiry(JsonNode expiry, Instant now) {
        String text = text(mongo(expiry));
        if (DATE_IN_DIGITS.matcher(text).matches()) {
            return ExpiryText.pointInTime(text).map(point -> reading(point, now));
        }
        if (NUMBER.matcher(text).matches()) {
            return ofNumber(new BigDecimal(text), now);
        }
        return ExpiryText.duration(text)
                .map(length -> new Reading(Form.WORDS, length))
                .or(() -> ExpiryText.pointInTime(text).map(point -> reading(point, now)));
    }

    /** What is in MongoDB's {@code {"$date": …}}, and in its {@code {"$numberLong": …}}; anything else as it is. */
    private static JsonNode mongo(JsonNode value) {
        JsonNode date = value.size() == 1 ? value.path("$date") : value;
        JsonNode number = date.size() == 1 ? date.path("$numberLong") : date;
        return number.isMissingNode() ? value : number;
    }

    private static Reading reading(ExpiryText.PointInTime point, Instant now) {
        return reading(point.hasZone() ? Form.ISO_WITH_ZONE : Form.ISO_WITHOUT_ZONE, point.instant(), now);
    }

    private static Reading reading(Form form, Instant until, Instant now) {
        return new Reading(form, Duration.between(now, until));
    }

    /** A number in full, or a text; nothing for what is neither. */
    private static String text(JsonNode value) {
        if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue())) {
            return "";
        }
        if (value.isNumber()) {
            return value.decimalValue().toPlainString();
        }
        return value.isTextual()
                ? QUOTED.matcher(value.textValue().strip()).replaceFirst("$1").strip()
                : "";
    }

    private static Optional<Reading> ofSeconds(JsonNode seconds) {
        String text = text(seconds);
        return (NUMBER.matcher(text).matches() ? Optional.of(seconds(new BigDecimal(text))) : ExpiryText.duration(text))
                .map(length -> new Reading(Form.EXPIRES_IN, length));
    }

    private static Duration seconds(BigDecimal number) {
        return Duration.ofSeconds(
                number.max(BigDecimal.ZERO).min(LARGEST_DURATION_SECONDS).longValue());
    }

    private static Optional<Reading> ofNumber(BigDecimal number, Instant now) {
        return number.compareTo(LARGEST_DURATION_SECONDS) <= 0
                ? Optional.of(new Reading(Form.SECONDS, seconds(number)))
                : ofEpoch(number, now);
    }

    private static Optional<Reading> ofEpoch(BigDecimal epoch, Instant now) {
        if (epoch.signum() < 0) {
            return Optional.of(new Reading(Form.EPOCH_SECONDS, Duration.ZERO));
        }
        if (epoch.compareTo(LARGEST_EPOCH_SECONDS) <= 0) {
            return Optional.of(reading(Form.EPOCH_SECONDS, instant(epoch, 1), now));
        }
        if (epoch.compareTo(LARGEST_EPOCH_MILLIS) <= 0) {
            return Optional.of(reading(Form.EPOCH_MILLIS, instant(epoch, 1_000), now));
        }
        if (epoch.compareTo(LARGEST_EPOCH_NANOS) > 0) {
            return Optional.empty();
        }
        boolean isMicros = epoch.compareTo(LARGEST_EPOCH_MICROS) <= 0;
        return Optional.of(instant(epoch, isMicros ? 1_000_000 : 1_000_000_000))
                .filter(point -> point.isAfter(EARLIEST_FINE_POINT))
                .map(point -> reading(isMicros ? Form.EPOCH_MICROS : Form.EPOCH_NANOS, point, now));
    }

    private static Instant instant(BigDecimal epoch, long unitsPerSecond) {
        long units = epoch.longValue();
        return Instant.ofEpochSecond(units / unitsPerSecond, units % unitsPerSecond * (1_000_000_000 / unitsPerSecond));
    }
}
