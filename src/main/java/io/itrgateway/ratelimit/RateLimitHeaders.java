package io.itrgateway.ratelimit;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The budget in the words of the IETF's ratelimit-headers draft 10.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10">the draft</a>
 */
final class RateLimitHeaders {

    private static final Comparator<BudgetWindow> BY_PART_LEFT = Comparator.comparingDouble(
            left -> (double) left.left() / left.window().quota());

    private RateLimitHeaders() {}

    /**
     * {@code RateLimit-Policy} has every window with its quota, such as {@code "minute";q=1000;w=60, "day";q=50000;w=86400}. {@code RateLimit}
     * has the window that binds, which is the one with the smallest part of its quota left, the longest of those; with the calls that may
     * still go, and the whole seconds, rounded up, until there are more.
     *
     * @param windows at least one
     */
    static Map<String, String> of(List<BudgetWindow> windows) {
        BudgetWindow binding = windows.stream()
                .min(BY_PART_LEFT.thenComparing(BudgetWindow::toMore, Comparator.reverseOrder()))
                .orElseThrow();
        return Map.of(
                "RateLimit-Policy",
                windows.stream()
                        .map(left -> "\"%s\";q=%d;w=%d"
                                .formatted(
                                        left.window().name(),
                                        left.window().quota(),
                                        left.window().length().toSeconds()))
                        .collect(Collectors.joining(", ")),
                "RateLimit",
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
