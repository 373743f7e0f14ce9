package io.itrgateway.config;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Collects what is wrong with the configuration, so that a start is refused once, with every fault, and not fault by fault.
 *
 * <p>The {@link Settings} of each package read its keys through this; a wrong value is noted and replaced by a stand-in, so that reading goes
 * on. A line says the environment variable, what it holds and what it should hold; of a secret never what it holds.
 */
@Singleton
public final class ConfigurationFaults {

    private static final Pattern SHORT_DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)?");
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,18}");

    /** Those that are no variables, and that the JVM itself reads. */
    private static final Pattern OF_JVM = Pattern.compile("(?:https?|javax\\.net\\.ssl)\\..+");

    private final Set<String> lines = new CopyOnWriteArraySet<>();

    /** One line per fault, also of a key that two packages read; empty if all is well. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Whether a fault of that property has been noted. */
    public boolean concern(String property) {
        return lines.stream().anyMatch(line -> line.startsWith(nameOf(property) + " "));
    }

    /** Notes a fault of a variable that is not for secrets. A value that may be one all the same is not shown. */
    public void wrong(String property, String value, String shouldBe) {
        String held = EnvironmentReader.isQuoted(value)
                ? "is in quotation marks, which are a part of the value"
                : "is " + ShownValue.of(value) + ServiceLinks.origin(Variables.nameOf(property), value);
        unfit(property, held, shouldBe);
    }

    /** Notes a fault of a variable that is missing, or whose value must not be shown. */
    public void unfit(String property, String isOrLacks, String shouldBe) {
        lines.add("%s %s; it should be %s".formatted(nameOf(property), ShownValue.oneLine(isOrLacks), shouldBe));
    }

    private static String nameOf(String property) {
        return OF_JVM.matcher(property).matches() ? "-D" + property : Variables.nameOf(property);
    }

    /** Notes a fault of one entry of a list that is not for secrets. */
    public void wrongEntry(String property, String entry, String whatIsWrong, String shouldBe) {
        unfit(property, "lists %s, %s".formatted(ShownValue.of(entry), whatIsWrong), shouldBe);
    }

    /** Notes a property that is not known; {@code meant} is the one that it was probably meant to be. */
    public void unknown(String property, Optional<String> meant) {
        lines.add("%s is not a setting of this service%s"
                .formatted(
                        ShownValue.ofName(property),
                        meant.map("; did you mean %s?"::formatted).orElse("")));
    }

    /** @return the parsed value, or the stand-in, with the fault noted, where {@code parse} finds none or throws */
    public <T> T read(String property, String value, String shouldBe, T standIn, Function<String, Optional<T>> parse) {
        Optional<T> parsed;
        try {
            parsed = parse.apply(value.strip());
        } catch (IllegalArgumentException e) {
            parsed = Optional.empty();
        }
        if (parsed.isEmpty()) {
            wrong(property, value, shouldBe);
        }
        return parsed.orElse(standIn);
    }

    /** A whole number within the bounds, both included. */
    public int readCount(String property, String value, int least, int most) {
        return (int) readLong(property, value, least, most);
    }

    /** A whole number within the bounds, both included. */
    public long readLong(String property, String value, long least, long most) {
        return read(
                property,
                value,
                "a whole number from %d to %d".formatted(least, most),
                least,
                text -> Optional.of(text)
                        .filter(digits -> COUNT.matcher(digits).matches())
                        .map(Long::parseLong)
                        .filter(number -> number >= least && number <= most));
    }

    /** One of the values of an enumeration, by its name in any case. */
    public <E extends Enum<E>> E readOneOf(String property, String value, E standIn) {
        E[] values = standIn.getDeclaringClass().getEnumConstants();
        List<String> names = Arrays.stream(values)
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .toList();
        int last = names.size() - 1;
        return read(
                property,
                value,
                String.join(", ", names.subList(0, last)) + " or " + names.get(last),
                standIn,
                text -> Arrays.stream(values)
                        .filter(each -> each.name().equalsIgnoreCase(text))
                        .findFirst());
    }

    /** A time such as {@code 500ms}, {@code 30s}, {@code 5m}, {@code 30} (seconds) or {@code PT30S} within the bounds. */
    public Duration readDuration(String property, String value, Duration least, Duration most) {
        return read(
                property,
                value,
                "a time such as 500ms, 30s or 5m, from %s to %s%s"
                        .formatted(shown(least), shown(most), meantMillis(value.strip(), least, most)),
                least,
                text -> duration(text).filter(time -> isWithin(time, least, most)));
    }

    private static boolean isWithin(Duration time, Duration least, Duration most) {
        return time.compareTo(least) >= 0 && time.compareTo(most) <= 0;
    }

    /** What to say of a number of seconds that was probably meant to be one of milliseconds. */
    private static String meantMillis(String text, Duration least, Duration most) {
        return Optional.of(text)
                .filter(number -> COUNT.matcher(number).matches())
                .flatMap(number -> duration(number + "ms"))
                .filter(time -> isWithin(time, least, most))
                .map(time -> "; a number without a unit is seconds, did you mean %dms?".formatted(time.toMillis()))
                .orElse("");
    }

    private static Optional<Duration> duration(String text) {
        var shortForm = SHORT_DURATION.matcher(text);
        if (shortForm.matches()) {
            long amount = Long.parseLong(shortForm.group(1));
            String unit = shortForm.group(2) == null ? "s" : shortForm.group(2);
            return Optional.of(
                    switch (unit) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofSeconds(amount);
                    });
        }
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static String shown(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }
}
