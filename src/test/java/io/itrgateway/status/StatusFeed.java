package io.itrgateway.status;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import io.itrgateway.browser.OpenPage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes the status page show a quarter of an hour that never was, in place of the service's own events. */
final class StatusFeed {

    private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
    private static final int STEPS = 90;
    private static final int STEPS_A_MINUTE = 6;

    private static final String NOW = """
            {"time":"%s","version":"1","up_seconds":900,
             "verdict":{"state":"degraded","causes":["circuit-open"],"sentence":"Degraded because Deepvue failed."},
             "recent":{"seconds":60,"calls":1,"failed":1,"calls_per_second":0.0167,"failed_share":1},
             "token":{"state":"none"},"budget":{"state":"own","replicas":1,"windows":[]},
             "calls":{"unanswered":0,"waiting":0,"at_upstream":0,"held_back_seconds":0},
             "breaker":{"state":"open","next_try_seconds":3},"redis":{"state":"not-used"}}""";

    private final int steps;
    private final IntFunction<Double> p50;
    private final IntFunction<Double> p99;
    private final Map<String, IntFunction<Integer>> calls = new TreeMap<>();

    private StatusFeed(IntFunction<Double> p50, IntFunction<Double> p99) {
        this(STEPS, p50, p99);
    }

    private StatusFeed(int steps, IntFunction<Double> p50, IntFunction<Double> p99) {
        this.steps = steps;
        this.p50 = p50;
        this.p99 = p99;
    }

    /** A service that started less than ten seconds ago. */
    static StatusFeed beforeTheFirstStep() {
        return ofSteps(0);
    }

    static StatusFeed ofOneStepWithoutACall() {
        return ofSteps(1);
    }

    static StatusFeed ofOneStep() {
        return new StatusFeed(1, step -> 75.0, step -> 99.5).with("ok", step -> 1);
    }

    static StatusFeed ofOneStepWithFractions() {
        return new StatusFeed(1, step -> 9.4, step -> 5_006.1).with("ok", step -> 1);
    }

    /** One success, three failures, and as many faults of callers as to make these failures a small part of all calls. */
    static StatusFeed ofOneStepOfManyFaultsOfCallers() {
        return new StatusFeed(1, step -> 75.0, step -> 99.5)
                .with("ok", step -> 1)
                .with("upstream-timeout", step -> 3)
                .with("unauthenticated", step -> 996);
    }

    private static StatusFeed ofSteps(int steps) {
        return new StatusFeed(steps, step -> null, step -> null);
    }

    /** One call in the first step of each minute; every second one fails. */
    static StatusFeed ofOneCallAMinute() {
        return new StatusFeed(
                        step -> step % STEPS_A_MINUTE == 0 ? 75.0 : null,
                        step -> step % STEPS_A_MINUTE == 0 ? 99.5 : null)
                .with("ok", step -> step % (2 * STEPS_A_MINUTE) == 0 ? 1 : 0)
                .with("upstream-timeout", step -> step % (2 * STEPS_A_MINUTE) == STEPS_A_MINUTE ? 1 : 0);
    }

    /** A thousand calls a step, a few of each class that fails; most are fast, and some take very long. */
    static StatusFeed ofABusyService() {
        return new StatusFeed(step -> step % 2 == 0 ? 10.0 : 20.0, step -> 9_000.0)
                .with("ok", step -> 1_000)
                .with("invalid-request", step -> 1)
                .with("upstream-timeout", step -> 1)
                .with("internal-error", step -> 1);
    }

    private StatusFeed with(String code, IntFunction<Integer> count) {
        calls.put(code, count);
        return this;
    }

    /** The data of one event. */
    static String now() {
        return NOW.formatted(START).replace("\n", "");
    }

    /** Loads the page again, with these events. */
    Page on(OpenPage status) {
        return on(status, now());
    }

    /** The same, with other data of the present. */
    Page on(OpenPage status, String now) {
        String body = "retry: 3600000\nevent: trend\ndata: %s\n\nevent: now\ndata: %s\n\n".formatted(trend(), now);
        Page page = status.page();
        page.route(
                "**/status/events",
                route -> route.fulfill(
                        new FulfillOptions().setContentType("text/event-stream").setBody(body)));
        page.reload();
        page.waitForFunction("() => document.querySelectorAll('#steps tr').length === " + steps);
        return page;
    }

    private String trend() {
        return "{\"step_seconds\":10,\"end\":%s,\"p50_ms\":%s,\"p95_ms\":%s,\"p99_ms\":%s,\"calls\":{%s},\"classes\":{%s}}"
                .formatted(
                        array(step -> "\"" + START.plus(Duration.ofSeconds(10L * step)) + "\""),
                        array(p50),
                        array(p99),
                        array(p99),
                        calls.entrySet().stream()
                                .map(code -> "\"%s\":%s".formatted(code.getKey(), array(code.getValue())))
                                .collect(Collectors.joining(",")),
                        calls.keySet().stream()
                                .map(code -> "\"%s\":\"%s\""
                                        .formatted(
                                                code, ResponsibleParty.of(code).wireName()))
                                .collect(Collectors.joining(",")));
    }

    private String array(IntFunction<?> value) {
        return IntStream.range(0, steps)
                .mapToObj(step -> String.valueOf(value.apply(step)))
                .collect(Collectors.joining(",", "[", "]"));
    }
}
