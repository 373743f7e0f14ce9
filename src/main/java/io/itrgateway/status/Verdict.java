package io.itrgateway.status;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.ratelimit.BudgetSharing;
import io.itrgateway.ratelimit.BudgetWindow;
import io.itrgateway.transport.CircuitState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether the service works as it should, and if not, why.
 *
 * @param causes names of what is wrong, the gravest first; empty if nothing is
 * @param sentence the same for people, in one sentence
 */
record Verdict(State state, List<String> causes, String sentence) {

    enum State {
        OK,
        DEGRADED,
        STOPPING;

        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** From this share of failed calls on, errors of callers aside, the service is degraded. */
    static final double FAILED_SHARE = 0.05;

    /** A window that is used up for at most this long is normal use of the plan. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    /**
     * What is known of the service at one moment.
     *
     * @param unanswered accepted calls without an answer
     * @param nextTrialSeconds time until the open circuit lets a call through; empty if it does
     * @param tokenHeld whether there is a usable access token
     * @param tokenFailure why no new token can be had for the moment
     * @param isAccountRefused whether Deepvue refused the account when a token was last asked for
     * @param heldBack time until calls go again after Deepvue's 429 or 503
     * @param isRedisAway whether Redis is configured and cannot be reached
     */
    record Situation(
            boolean isStopping,
            int unanswered,
            CircuitState circuit,
            Optional<Long> nextTrialSeconds,
            boolean tokenHeld,
            Optional<GatewayException> tokenFailure,
            boolean isAccountRefused,
            Duration heldBack,
            boolean isRedisAway,
            Optional<BudgetSharing> sharing,
            List<BudgetWindow> budget,
            RecentCalls recent) {}

    private record Cause(String name, String clause) {}

    static Verdict of(Situation now) {
        if (now.isStopping) {
            return new Verdict(
                    State.STOPPING,
                    List.of("stopping"),
                    "Stopping: new calls are refused, and %s still to be answered."
                            .formatted(now.unanswered == 1 ? "1 call is" : now.unanswered + " calls are"));
        }
        List<Cause> causes = new ArrayList<>();
        circuit(now).ifPresent(causes::add);
        token(now).ifPresent(causes::add);
        heldBack(now).ifPresent(causes::add);
        shared(now).ifPresent(causes::add);
        plan(now).ifPresent(causes::add);
        failures(now).ifPresent(causes::add);
        if (causes.isEmpty()) {
            return new Verdict(State.OK, List.of(), "OK: calls are served normally.");
        }
        return new Verdict(
                State.DEGRADED,
                causes.stream().map(Cause::name).toList(),
                causes.stream().map(Cause::clause).collect(Collectors.joining("; also, ", "Degraded because ", ".")));
    }

    private static Optional<Cause> circuit(Situation now) {
        return switch (now.circuit) {
            case CLOSED -> Optional.empty();
            case HALF_OPEN ->
                cause(
                        "circuit-half-open",
                        "Deepvue failed too often; one call is let through to see whether it works again");
            case OPEN ->
                cause(
                        "circuit-open",
                        "Deepvue failed too often and calls are refused, "
                                + now.nextTrialSeconds
                                        .map("for another %d s"::formatted)
                                        .orElse("until the next one shows whether it works again"));
        };
    }

    private static Optional<Cause> token(Situation now) {
        Optional<String> why = now.tokenFailure
                .map(failure ->
                        "(%s), next attempt in %d s".formatted(failure.kind().code(), seconds(failure.retryAfter())))
                .or(() -> now.isAccountRefused
                        ? Optional.of("(%s), next attempt with the next call"
                                .formatted(ProblemKind.UPSTREAM_CREDENTIALS_REFUSED.code()))
                        : Optional.empty());
        return why.flatMap(clause -> now.tokenHeld
                ? cause("token-not-renewed", "the access token cannot be renewed " + clause)
                : cause("no-token", "no access token can be obtained from Deepvue " + clause));
    }

    private static Optional<Cause> heldBack(Situation now) {
        return now.heldBack.isZero()
                ? Optional.empty()
                : cause(
                        "held-back",
                        "Deepvue answered 429 or 503, and calls are held back for another %d s"
                                .formatted(seconds(now.heldBack)));
    }

    private static Optional<Cause> shared(Situation now) {
        String part = now.budget.isEmpty()
                ? ""
                : now.sharing
                        .filter(sharing -> !sharing.isShared())
                        .map(share -> switch (share.replicas()) {
                            case 0 -> "this replica sends one call a minute";
                            case 1 -> "this replica uses the whole plan";
                            default -> "this replica uses 1/%d of the plan".formatted(share.replicas());
                        })
                        .orElse("");
        if (now.isRedisAway) {
            return cause(
                    "redis-away",
                    "Redis cannot be reached, so calls with an Idempotency-Key are refused"
                            + (part.isEmpty() ? "" : " and " + part));
        }
        return part.isEmpty()
                ? Optional.empty()
                : cause("budget-not-shared", "the plan is not shared through Redis at the moment, so " + part);
    }

    private static Optional<Cause> plan(Situation now) {
        return now.budget.stream()
                .filter(window -> window.left() == 0 && window.toMore().compareTo(SHORT) > 0)
                .reduce((shorter, longer) -> longer)
                .flatMap(window -> cause(
                        "plan-used-up",
                        "the plan allows no further call in this %s for another %d s"
                                .formatted(window.window().name(), seconds(window.toMore()))));
    }

    private static Optional<Cause> failures(Situation now) {
        if (now.recent.failedShare() < FAILED_SHARE) {
            return Optional.empty();
        }
        String codes = now.recent.failures().entrySet().stream()
                .map(code -> code.getValue() + " " + code.getKey())
                .collect(Collectors.joining(", "));
        long servable = now.recent.servable();
        long errors = now.recent.total() - servable;
        return cause(
                "failing-calls",
                "%d of %s in the last minute failed (%s)%s"
                        .formatted(
                                now.recent.failed(),
                                counted(servable, "call"),
                                codes,
                                errors == 0 ? "" : ", not counting " + counted(errors, "error") + " of callers"));
    }

    private static String counted(long number, String one) {
        return number == 1 ? "1 " + one : number + " " + one + "s";
    }

    private static Optional<Cause> cause(String name, String clause) {
        return Optional.of(new Cause(name, clause));
    }

    /** Rounded up, so that it is not over before it is said to be. */
    private static long seconds(Duration time) {
        return time.plusMillis(999).toSeconds();
    }
}
