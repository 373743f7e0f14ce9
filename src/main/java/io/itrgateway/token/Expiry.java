package io.itrgateway.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How long a token lives, read from what an authorize answer says of it. Pure; the host's time zone plays no part.
 *
 * <p>In this order: the {@code exp} claim of a JWT; {@code expiry} as ISO-8601 with a zone; without one, as UTC; as epoch seconds
 * or milliseconds; as a duration in text ({@code 24hrs}, {@code 24h}, {@code 86400}); {@code expires_in}; else 24 hours.
 */
final class Expiry {

    /** The longest life that any token is believed to have. */
    static final Duration LONGEST_LIFE = Duration.ofHours(24);

    /** Numbers below are durations in seconds (three years of them), above points in time. */
    private static final BigDecimal LARGEST_DURATION_SECONDS = BigDecimal.valueOf(100_000_000);
    /** Points in time above are in milliseconds: as seconds they would lie after the year 5000. */
    private static final BigDecimal LARGEST_EPOCH_SECONDS = BigDecimal.valueOf(100_000_000_000L);

    /** As milliseconds, the year 5000. */
    private static final BigDecimal LARGEST_EPOCH_MILLIS = BigDecimal.valueOf(100_000_000_000_000L);

    private static final Pattern DURATION = Pattern.compile(
            "(\\d{1,9})\\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)", Pattern.CASE_INSENSITIVE);
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,9})?");

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What said how long a token lives, in words for operators. */
    enum Form {
        JWT("the exp claim of the token"),
        ISO_WITH_ZONE("expiry, a point in time with its zone"),
        ISO_WITHOUT_ZONE("expiry, a point in time without a zone, taken for UTC"),
        EPOCH_SECONDS("expiry, a point in time in epoch seconds"),
        EPOCH_MILLIS("expiry, a point in time in epoch milliseconds"),
        SECONDS("expiry, a number of seconds"),
        WORDS("expiry, a duration in words"),
        EXPIRES_IN("expires_in, a number of seconds"),
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
     */
    record Reading(Form form, Duration life) {
        private Reading atMostTheLongest() {
            return life.compareTo(LONGEST_LIFE) > 0 ? new Reading(form, LONGEST_LIFE) : this;
        }

        private Reading as(Form other) {
            return new Reading(other, life);
        }
    }

    private Expiry() {}

    /**
     * The rest of the token's life at {@code now}, at most {@link #LONGEST_LIFE}; zero or negative for a token that is past.
     *
     * @param answer the authorize answer
     * @param now the upstream's time of that answer
     */
    static Duration life(JsonNode answer, Instant now) {
        return read(answer, now).life();
    }

    /** The same, with what said so. */
    static Reading read(JsonNode answer, Instant now) {
        return ofJwt(answer.path("access_token").asText(""), now)
                .or(() -> ofText(answer.path("expiry"), now))
                .or(() -> ofSeconds(answer.path("expires_in")))
                .orElse(new Reading(Form.NOTHING, LONGEST_LIFE))
                .atMostTheLongest();
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

    private static Optional<Reading> ofText(JsonNode expiry, Instant now) {
        if (!expiry.isValueNode() || expiry.isNull()) {
            return Optional.empty();
        }
        String text = text(expiry);
        if (NUMBER.matcher(text).matches()) {
            return ofNumber(new BigDecimal(text), now);
        }
        var duration = DURATION.matcher(text);
        if (duration.matches()) {
            var length = Duration.of(Long.parseLong(duration.group(1)), unit(duration.group(2)));
            return Optional.of(new Reading(Form.WORDS, length));
        }
        return ofIso(text).map(reading -> reading.from(now));
    }

    private static ChronoUnit unit(String name) {
        return switch (name.toLowerCase(Locale.ROOT).charAt(0)) {
            case 's' -> ChronoUnit.SECONDS;
            case 'm' -> ChronoUnit.MINUTES;
            case 'h' -> ChronoUnit.HOURS;
            default -> ChronoUnit.DAYS;
        };
    }

    private record PointInTime(Form form, Instant instant) {
        private Reading from(Instant now) {
            return new Reading(form, Duration.between(now, instant));
        }
    }

    private static Optional<PointInTime> ofIso(String text) {
        String iso = text.replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) +", "$1T").replaceFirst(" +(?=[Z+-])", "");
        try {
            var parsed = DateTimeFormatter.ISO_DATE_TIME.parseBest(iso, OffsetDateTime::from, LocalDateTime::from);
            return Optional.of(
                    parsed instanceof OffsetDateTime zoned
                            ? new PointInTime(Form.ISO_WITH_ZONE, zoned.toInstant())
                            : new PointInTime(
                                    Form.ISO_WITHOUT_ZONE,
                                    LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC)));
        } catch (DateTimeException e) {
            return ofOddIso(iso);
        }
    }

    /** An offset without a colon ({@code +0530}), or a date alone, which is the start of that day in UTC. */
    private static Optional<PointInTime> ofOddIso(String iso) {
        try {
            return Optional.of(
                    iso.length() == 10
                            ? new PointInTime(
                                    Form.ISO_WITHOUT_ZONE,
                                    LocalDate.parse(iso)
                                            .atStartOfDay(ZoneOffset.UTC)
                                            .toInstant())
                            : new PointInTime(
                                    Form.ISO_WITH_ZONE,
                                    OffsetDateTime.parse(iso.replaceFirst("([+-]\\d{2})(\\d{2})$", "$1:$2"))
                                            .toInstant()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Numbers in full, since the text form of a fraction would have an exponent; nothing for what is no number at all. */
    private static String text(JsonNode value) {
        if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue())) {
            return "";
        }
        return value.isNumber()
                ? value.decimalValue().toPlainString()
                : value.asText("").strip();
    }

    private static Optional<Reading> ofSeconds(JsonNode seconds) {
        String text = text(seconds);
        return NUMBER.matcher(text).matches()
                ? Optional.of(new Reading(Form.EXPIRES_IN, seconds(new BigDecimal(text))))
                : Optional.empty();
    }

    private static Duration seconds(BigDecimal number) {
        return number.signum() < 0 ? Duration.ZERO : Duration.ofSeconds(number.longValue());
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
        if (epoch.compareTo(LARGEST_EPOCH_MILLIS) > 0) {
            return Optional.empty();
        }
        var point = epoch.compareTo(LARGEST_EPOCH_SECONDS) <= 0
                ? new PointInTime(Form.EPOCH_SECONDS, Instant.ofEpochSecond(epoch.longValue()))
                : new PointInTime(Form.EPOCH_MILLIS, Instant.ofEpochMilli(epoch.longValue()));
        return Optional.of(point.from(now));
    }
}
