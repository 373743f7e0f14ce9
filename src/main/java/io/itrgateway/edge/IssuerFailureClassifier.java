package io.itrgateway.edge;

import com.fasterxml.jackson.core.JacksonException;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.quarkus.oidc.OIDCException;
import io.quarkus.oidc.common.runtime.OidcClientRedirectException;
import io.quarkus.oidc.common.runtime.OidcEndpointAccessException;
import io.quarkus.security.AuthenticationFailedException;
import io.smallrye.jwt.build.JwtException;
import io.smallrye.mutiny.CompositeException;
import io.vertx.core.VertxException;
import jakarta.json.JsonException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jose4j.lang.UnresolvableKeyException;

/** Whether a token was refused, or could not be judged since the OIDC issuer could not be asked. */
final class IssuerFailureClassifier {

    private static final Logger LOG = Logger.getLogger(BearerMechanism.class);

    static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** While the next attempt at the issuer is under way, Quarkus takes the keys of other tokens for unknown. */
    static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(5);

    /** What comes back within that time is the same fault in the log. */
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    /** What Quarkus throws, as it does where the issuer fails, at a token that the issuer has signed for another purpose. */
    private static final Set<String> FAULTS_OF_TOKENS =
            Set.of("Invalid token type", "Refresh token can only be used with the refresh token grant");

    private final Clock clock;
    private final Duration refreshInterval;
    private final AtomicReference<Instant> full = new AtomicReference<>(Instant.MIN);
    private final AtomicReference<Instant> away = new AtomicReference<>(Instant.MIN);

    /** @param refreshInterval how long Quarkus does not ask for keys again, after an attempt that failed, too */
    IssuerFailureClassifier(Clock clock, Duration refreshInterval) {
        this.clock = clock;
        this.refreshInterval = refreshInterval;
    }

    static void logAtStart(String fault) {
        LOG.warnf(
                "The OIDC issuer (QUARKUS_OIDC_AUTH_SERVER_URL) cannot be used: %s; callers whose token needs it get"
                        + " 503, until it can. The next token that needs it makes another attempt.",
                fault);
    }

    /** Whether the issuer was not asked, see {@link IntrospectionLimit}. */
    boolean isRefusedForLackOfRoom(Throwable failure) {
        return isIn(failure, cause -> cause == IntrospectionLimit.FULL, IssuerFault.DEEPEST_CAUSE);
    }

    GatewayException recordLackOfRoom() {
        if (isFirstFor(LOG_INTERVAL, full)) {
            LOG.warn(
                    "More requests than memory allows wait for the OIDC issuer to check their tokens; further ones get 503."
                            + " The issuer is slow, or many tokens come that it does not know."
                            + " QUARKUS_OIDC_MAX_POOL_SIZE sets how many are checked at a time.");
        }
        return IntrospectionLimit.FULL;
    }

    /** Whether a token failed that way since its issuer cannot be reached, and not since it is invalid. */
    boolean isIssuerUnreachable(Throwable failure) {
        if (isIn(failure, IssuerFailureClassifier::isSignOfAway, IssuerFault.DEEPEST_CAUSE)) {
            return true;
        }
        // A key that is not known here is no reason to refuse while the issuer's newer ones cannot be had.
        return isOfUnknownKey(failure) && isWithin(refreshInterval.plus(LONGEST_ATTEMPT), away.get(), clock.instant());
    }

    /** Whether a token failed that way since its key is not known. */
    static boolean isOfUnknownKey(Throwable failure) {
        return isIn(failure, IssuerFailureClassifier::isSignOfUnknownKey, IssuerFault.DEEPEST_CAUSE);
    }

    /**
     * The last two stand for the first where the issuer has no endpoint for introspection, to which Quarkus would turn then; the second of them
     * where no client id is configured, which it would name.
     */
    private static boolean isSignOfUnknownKey(Throwable failure) {
        return failure instanceof UnresolvableKeyException
                || failure instanceof AuthenticationFailedException
                        && String.valueOf(failure.getMessage()).contains("does not have a matching verification key")
                || failure instanceof NoSuchElementException;
    }

    private static boolean isSignOfAway(Throwable failure) {
        return failure instanceof OIDCException && !FAULTS_OF_TOKENS.contains(String.valueOf(failure.getMessage()))
                || failure instanceof OidcEndpointAccessException
                || failure instanceof OidcClientRedirectException
                || failure instanceof IOException
                || failure instanceof VertxException
                || failure instanceof TimeoutException
                || failure instanceof io.smallrye.mutiny.TimeoutException
                || failure instanceof JsonException // the answer of an introspection; tokens are parsed by Jackson
                || failure instanceof JwtException // what this service signs, to say who asks
                || IssuerFault.isReplacedByNoCause(failure);
    }

    /** Notes an attempt that did not reach the issuer; says so once for as long as they go on. Failures over an unknown key are not recorded. */
    GatewayException recordUnreachable(Throwable failure) {
        if (isIn(failure, IssuerFailureClassifier::isSignOfAway, IssuerFault.DEEPEST_CAUSE)) {
            recordAttempt(failure);
        }
        return GatewayException.of(
                        ProblemKind.OVERLOADED,
                        "The issuer of Bearer tokens cannot be reached, so the token could not be checked. Nothing was sent"
                                + " upstream. Repeat after Retry-After.")
                .withRetryAfter(RETRY_AFTER);
    }

    private void recordAttempt(Throwable failure) {
        if (isFirstFor(LOG_INTERVAL, away)) {
            LOG.warnf(
                    "The OIDC issuer (QUARKUS_OIDC_AUTH_SERVER_URL) cannot be used: %s; callers whose token needs it"
                            + " get 503.",
                    IssuerFault.of(failure).getMessage());
        }
    }

    /** Notes that it has happened now. @return whether the time before was longer ago */
    private boolean isFirstFor(Duration time, AtomicReference<Instant> last) {
        // Before the clock is read: what another thread notes meanwhile is later, and is no sign of a clock set back.
        Instant before = last.get();
        Instant now = clock.instant();
        return last.compareAndSet(before, now) && !isWithin(time, before, now);
    }

    /** Not where the clock was set back since: it may have been long ago. */
    private static boolean isWithin(Duration time, Instant last, Instant now) {
        return now.isBefore(last.plus(time)) && !last.isAfter(now);
    }

    private static boolean isIn(Throwable failure, Predicate<Throwable> sign, int depth) {
        if (failure == null || depth == 0 || failure instanceof JacksonException) {
            return false; // what is no JSON came with the token
        }
        return sign.test(failure)
                || isIn(failure.getCause(), sign, depth - 1)
                || failure instanceof CompositeException several
                        && several.getCauses().stream().anyMatch(cause -> isIn(cause, sign, depth - 1));
    }
}
