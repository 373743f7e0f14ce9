package io.itrgateway.ratelimit;

import io.itrgateway.config.ConfigurationFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How many calls are allowed in a second, a minute and a day; 0 is no limit.
 *
 * @see <a href="https://docs.deepvue.ai">the plans as the vendor sells them, read in November 2026</a>
 */
public record Plan(int perSecond, int perMinute, int perDay) {

    static final Plan UNLIMITED = new Plan(0, 0, 0);

    /** Most calls in a window, which bounds memory: 8 bytes a call, and some 100 where replicas share it. */
    static final int MOST_CALLS = 1_000_000;

    static final String SHAPE =
            "unlimited, starter, business, growth, enterprise, or per-second/per-minute/per-day such as 17/1000/50000, each at most 1000000 and none"
                    + " less than one before it (0 is no limit)";

    private static final Pattern NUMBERS = Pattern.compile("([0-9]{1,7})/([0-9]{1,7})/([0-9]{1,7})");

    /** The plan of that name, or of those three numbers; empty if it is neither. */
    static Optional<Plan> of(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "unlimited" -> Optional.of(UNLIMITED);
            case "starter" -> Optional.of(new Plan(1, 30, 1_000));
            case "business" -> Optional.of(new Plan(2, 100, 10_000));
            case "growth" -> Optional.of(new Plan(5, 500, 20_000));
            case "enterprise" -> Optional.of(new Plan(17, 1_000, 50_000));
            default -> ofNumbers(text.strip());
        };
    }

    /** The plan of three numbers with slashes between them; empty if it is none. */
    static Optional<Plan> ofNumbers(String text) {
        var numbers = NUMBERS.matcher(text);
        return numbers.matches()
                ? Optional.of(new Plan(
                                Integer.parseInt(numbers.group(1)),
                                Integer.parseInt(numbers.group(2)),
                                Integer.parseInt(numbers.group(3))))
                        .filter(Plan::isSensible)
                : Optional.empty();
    }

    /** A longer window that allows less than a shorter one is most likely given in the wrong order. */
    private boolean isSensible() {
        List<Integer> quotas = windows().stream().map(Window::quota).toList();
        return quotas.stream().allMatch(quota -> quota <= MOST_CALLS)
                && quotas.equals(quotas.stream().sorted().toList());
    }

    static Plan from(String text, ConfigurationFaults faults) {
        return faults.read("deepvue.plan", text, SHAPE, UNLIMITED, Plan::of);
    }

    /** The windows that limit anything, the shortest first; none for an unlimited plan. */
    public List<Window> windows() {
        List<Window> windows = new ArrayList<>(3);
        add(windows, "second", perSecond, Duration.ofSeconds(1));
        add(windows, "minute", perMinute, Duration.ofMinutes(1));
        add(windows, "day", perDay, Duration.ofDays(1));
        return List.copyOf(windows);
    }

    /**
     * The windows of one of that many, with its share of each quota rounded down. A window that a longer one keeps anyway is left out.
     *
     * @param least calls in every share
     */
    public List<Window> shares(int replicas, int least) {
        List<Window> all = windows();
        return all.stream()
                .filter(window -> all.stream()
                        .noneMatch(longer ->
                                longer.length().compareTo(window.length()) > 0 && longer.quota() <= window.quota()))
                .map(window -> new Window(window.name(), Math.max(least, window.quota() / replicas), window.length()))
                .toList();
    }

    private static void add(List<Window> windows, String name, int quota, Duration length) {
        if (quota > 0) {
            windows.add(new Window(name, quota, length));
        }
    }
}
