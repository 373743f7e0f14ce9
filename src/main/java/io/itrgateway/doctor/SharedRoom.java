package io.itrgateway.doctor;

import io.itrgateway.redis.RedisCheckup;
import java.time.Duration;

/** Whether what replicas share has a place. */
final class SharedRoom {

    /** A call asks Redis some three times, and no step may take longer than 75 ms. */
    private static final Duration SLOW = Duration.ofMillis(20);

    private static final String RIGHTS =
            "the rights that are enough: +@connection +eval +evalsha +@read +@write +@scripting +time ~itr-gateway:*";

    private SharedRoom() {}

    static Finding judged(RedisCheckup.Result result) {
        Finding finding = result.trouble()
                .map(trouble -> Finding.failed(
                        Check.REDIS, trouble + (result.roundTrip().isPresent() ? "; " + RIGHTS : "")))
                .orElseGet(() -> works(result));
        finding = result.version().isPresent()
                ? finding.with("version", result.version().get())
                : finding;
        finding = result.roundTrip().isPresent()
                ? finding.with("round_trip_ms", result.roundTrip().get().toNanos() / 10_000 / 100.0)
                : finding;
        return result.eviction().isPresent()
                ? finding.with("maxmemory_policy", result.eviction().get()).with("has_maxmemory", result.hasLimit())
                : finding;
    }

    private static Finding works(RedisCheckup.Result result) {
        Duration roundTrip = result.roundTrip().orElse(Duration.ZERO);
        String detail = "version %s, every script runs, %d ms there and back"
                .formatted(result.version().orElse("unknown"), roundTrip.toMillis());
        if (mayEvict(result)) {
            return Finding.warning(
                    Check.REDIS,
                    detail + "; maxmemory-policy " + result.eviction().get()
                            + " throws away what is promised to be kept: set noeviction");
        }
        return roundTrip.compareTo(SLOW) > 0
                ? Finding.warning(Check.REDIS, detail + "; a step that takes 75 ms has failed")
                : Finding.ok(Check.REDIS, detail + memory(result));
    }

    private static boolean mayEvict(RedisCheckup.Result result) {
        return result.hasLimit()
                && result.eviction()
                        .filter(policy -> !policy.equals("noeviction"))
                        .isPresent();
    }

    private static String memory(RedisCheckup.Result result) {
        return result.eviction()
                .map(policy -> result.hasLimit() ? ", maxmemory-policy " + policy : ", no maxmemory")
                .orElse(", maxmemory-policy not told to this user");
    }
}
