package io.itrgateway.ratelimit;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The budget in the words of the IETF's ratelimit-headers draft 10.
 *
 * @param policy every window with its quota, such as {@code "minute";q=1000;w=60, "day";q=50000;w=86400}
 * @param state of the window that binds: the one with the smallest part of its quota left, the longest of those; with the calls
 *     that may still go, and the whole seconds, rounded up, until there are more
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10">the draft</a>
 */
public record RateLimitHeaders(String policy, String state) {

    /** By the names that the draft gives them. */
    public Map<String, String> headers() {
        return Map.of("RateLimit-Policy", policy, "RateLimit", state);
    }

    private static final Comparator<BudgetWindow> BY_PART_LEFT = Comparator.comparingDouble(
            left -> (double) left.left() / left.window().quota());

    static RateLimitHeaders of(List<BudgetWindow> windows) {
        BudgetWindow binding = windows.stream()
                .min(BY_PART_LEFT.thenComparing(BudgetWindow::toMore, Comparator.reverseOrder()))
                .orElseThrow();
        return new RateLimitHeaders(
                windows.stream()
                        .map(left -> "\"%s\";q=%d;w=%d"
                                .formatted(
                                        left.window().name(),
                                        left.window().quota(),
                                        left.window().length().toSeconds()))
                        .collect(Collectors.joining(", ")),
                "\"%s\";r=%d;t=%d"
                        .formatted(
                                binding.window().name(),
                                binding.left(),
                                wholeSeconds(binding.toMore().toNanos())));
    }

    private static long wholeSeconds(long nanos) {
        return Math.max(1, (nanos + 999_999_999) / 1_000_000_000);
    }
}
