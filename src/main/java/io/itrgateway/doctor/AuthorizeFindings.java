package io.itrgateway.doctor;

import io.itrgateway.problem.ProblemKind;
import io.itrgateway.token.AuthorizeProbe;
import io.itrgateway.transport.ExchangeFailure;
import java.time.Duration;
import java.util.Locale;

/** What one authorize shows: whether the account works, how long a token is valid, and how far the clocks differ. */
final class AuthorizeFindings {

    /** Beyond, tokens of an issuer are taken for expired or for not valid yet, and log lines of two hosts do not fit together. */
    private static final Duration LARGEST_SKEW = Duration.ofSeconds(5);

    /** Beyond, it may as well be the upstream's clock that is wrong. */
    private static final Duration ABSURD_SKEW = Duration.ofDays(1);

    /** A life so short that renewing takes a good part of a small plan. */
    private static final Duration SHORT_LIFE = Duration.ofMinutes(10);

    private AuthorizeFindings() {}

    static Finding authorize(AuthorizeProbe.Result result) {
        Finding finding = result.failure()
                .map(kind -> Finding.failed(Check.AUTHORIZE, trouble(kind, result)))
                .orElseGet(() -> Finding.ok(Check.AUTHORIZE, "the account gets a token, which is discarded"));
        return result.status().isPresent()
                ? finding.with("status", result.status().getAsInt())
                : finding;
    }

    private static String trouble(ProblemKind kind, AuthorizeProbe.Result result) {
        if (result.status().isEmpty()) {
            return kind == ProblemKind.QUOTA_EXHAUSTED
                    ? "the plan has no place for it within GATEWAY_MAX_WAIT; nothing was sent; with Redis, the part of"
                            + " a replica that was killed is free after 5 s"
                    : result.noAnswer().map(AuthorizeFindings::whyNoAnswer).orElse("it was not sent in time");
        }
        String status = " (status " + result.status().getAsInt() + ")";
        return switch (kind) {
            case UPSTREAM_CREDENTIALS_REFUSED ->
                "Deepvue refuses DEEPVUE_CLIENT_ID with DEEPVUE_CLIENT_SECRET; it may also be DEEPVUE_AUTHORIZE_ENCODING or"
                        + " DEEPVUE_BASE_URL" + status;
            case QUOTA_EXHAUSTED -> "Deepvue's rate limit is exceeded: another client uses this account" + status;
            default ->
                "it answers, but with no token that can be used; DEEPVUE_BASE_URL may name another server" + status;
        };
    }

    private static String whyNoAnswer(ExchangeFailure.Reason reason) {
        return switch (reason) {
            case NEVER_CONNECTED ->
                "no connection could be opened within DEEPVUE_CONNECT_TIMEOUT: no server listens there, or a firewall is in between";
            case STALE_CONNECTION, IDLE_TOO_LONG, UNWANTED -> "the connection could not be used; nothing was sent";
            case TIMED_OUT, NO_MEMORY ->
                "a connection was opened and the request was sent, but no whole answer came in time";
            case CONNECTION_LOST ->
                "a connection was opened and the request was sent, but it was closed before an answer came";
            case UNREADABLE -> "a connection was opened, but what answers there does not speak HTTP/1.1";
            case CUT_SHORT, TOO_LARGE, UNDECODABLE ->
                "it answers, but the answer is cut short, too large, or in a content coding that cannot be read";
        };
    }

    static Finding expiry(AuthorizeProbe.Result result) {
        if (result.life().isEmpty()) {
            return Finding.skipped(Check.EXPIRY, "there is no token");
        }
        var life = result.life().get();
        String shown = shown(life.length());
        return judgedLife(life, shown)
                .with("form", life.form())
                .with("life_seconds", life.length().toSeconds());
    }

    private static Finding judgedLife(AuthorizeProbe.Life life, String shown) {
        if (!life.wasSaid()) {
            return Finding.warning(
                    Check.EXPIRY, "the answer says nothing of it that can be read; " + shown + " are assumed");
        }
        String detail = "%s left, by %s".formatted(shown, life.form());
        return life.length().compareTo(SHORT_LIFE) < 0
                ? Finding.warning(Check.EXPIRY, detail + "; each renewal is a call of the plan")
                : Finding.ok(Check.EXPIRY, detail);
    }

    static Finding clock(AuthorizeProbe.Result result) {
        if (result.clockAhead().isEmpty()) {
            return Finding.skipped(
                    Check.CLOCK, result.status().isEmpty() ? "there was no answer" : "the answer has no Date");
        }
        Duration ahead = result.clockAhead().get();
        double seconds = Math.round(ahead.toMillis() / 100.0) / 10.0;
        String detail = "%s s %s Deepvue's"
                .formatted(String.format(Locale.ROOT, "%.1f", Math.abs(seconds)), seconds < 0 ? "behind" : "ahead of");
        return judgedClock(ahead.abs(), detail).with("ahead_seconds", seconds);
    }

    private static Finding judgedClock(Duration apart, String detail) {
        if (apart.compareTo(LARGEST_SKEW) <= 0) {
            return Finding.ok(Check.CLOCK, detail);
        }
        return Finding.warning(
                Check.CLOCK,
                detail
                        + (apart.compareTo(ABSURD_SKEW) > 0
                                ? "; if this host's clock is right, Deepvue's Date header is wrong"
                                : "; certificates and tokens of an issuer are judged by this clock"));
    }

    private static String shown(Duration time) {
        if (time.compareTo(Duration.ofMinutes(2)) < 0) {
            return time.toSeconds() + " s";
        }
        return time.compareTo(Duration.ofHours(2)) < 0
                ? time.toMinutes() + " min"
                : String.format(Locale.ROOT, "%.1f h", time.toMinutes() / 60.0);
    }
}
