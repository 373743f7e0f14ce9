package io.itrgateway.ops;

import io.itrgateway.binding.ClientBinding;
import io.itrgateway.config.GivenSettings;
import io.itrgateway.connection.ConnectionTracker;
import io.itrgateway.connection.GuardedTransport;
import io.itrgateway.edge.DrainableEntry;
import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.ratelimit.RateLimiter;
import io.itrgateway.upstream.DeepvueClient;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Keeps the process until every accepted call has its answer, every call that was sent is recorded, and the results of those with an
 * Idempotency-Key and the callers of client ids have been stored, at the longest for {@link DrainSettings#longest()}.
 *
 * <p>Why this event: it is fired by the thread that stops the application, before anything has been stopped, and Quarkus goes on
 * only when its observers return; a {@code ShutdownEvent} comes when the HTTP server is closed. It is fired because of
 * {@code quarkus.shutdown.delay-enabled}; there is no delay unless an operator sets one. Quarkus' own
 * {@code quarkus.shutdown.timeout} is not used: it answers what is new with an empty 503, and cuts off the rest.
 */
@Singleton
class Drain {

    private static final Logger LOG = Logger.getLogger(Drain.class);

    /** For calls that have not been sent to be refused, however short the drain is: they need not be {@code unknown}. */
    private static final Duration REFUSALS = Duration.ofSeconds(1);

    /** For the 504 answers to be sent that replace those that did not come in time; longer than an HTTP/2 call lingers behind its answer. */
    private static final Duration FINAL_ANSWERS = Duration.ofMillis(1_500);

    /** The listening sockets close when no connection has come for so long. */
    private static final Duration QUIET = Duration.ofMillis(300);

    /** How long the first answers on the connections that came in last are waited for when the time is over. */
    private static final Duration FINAL_CONNECTIONS = Duration.ofSeconds(3);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final DrainableEntry entry;
    private final RateLimiter limiter;
    private final DeepvueClient upstream;
    private final ClaimStore claims;
    private final ClientBinding clients;
    private final Vertx vertx;
    private final ConnectionTracker arrivals;
    private final Duration longest;
    private volatile boolean stopping;

    Drain(
            DrainableEntry entry,
            RateLimiter limiter,
            DeepvueClient upstream,
            ClaimStore claims,
            ClientBinding clients,
            Vertx vertx,
            DrainSettings settings) {
        this.entry = entry;
        this.limiter = limiter;
        this.upstream = upstream;
        this.claims = claims;
        this.clients = clients;
        this.vertx = vertx;
        this.arrivals = GuardedTransport.arrivals(vertx);
        this.longest = settings.longest();
    }

    boolean isStopping() {
        return stopping;
    }

    void stop(@Observes ShutdownDelayInitiatedEvent signal) {
        stopping = true;
        if (GivenSettings.checksOnly()) {
            return; // there is nothing to wait for, and to ask the limiter would create it
        }
        long end = System.nanoTime() + longest.toNanos();
        finishCalls();
        // In dev mode the sockets and the log stay open over a restart; in tests no client connects while it stops.
        if (LaunchMode.current() != LaunchMode.NORMAL) {
            return;
        }
        if (!longest.isZero()) {
            stopListening(end);
            awaitStored(end);
        }
        BoundedLogClose.enable();
    }

    private void finishCalls() {
        var allAnswered = entry.close().toCompletableFuture();
        LOG.infof(
                "stopping: accepted and unanswered %d, at the upstream %d, waiting %d; it may take %s ms at the most",
                entry.inside(), limiter.inFlight(), limiter.waiting(), longest.toMillis());
        upstream.stop();
        var allRecorded = limiter.idle().toCompletableFuture();
        var drain = longest.compareTo(REFUSALS) < 0 ? REFUSALS : longest;
        if (isDone(CompletableFuture.allOf(allAnswered, allRecorded), drain)) {
            LOG.info("stopping: every accepted call has its answer");
            return;
        }
        LOG.warnf(
                "stopping: after %s ms there is no answer for %d accepted calls, and %d at the upstream are not recorded;"
                        + " they may have been carried out",
                drain.toMillis(), entry.inside(), limiter.inFlight());
        entry.answerAll(
                GatewayException.of(ProblemKind.UPSTREAM_TIMEOUT, "The service had to stop before Deepvue answered."));
        if (!isDone(allAnswered, FINAL_ANSWERS)) {
            entry.cutOff();
            isDone(allAnswered, FINAL_ANSWERS);
        }
    }

    /**
     * Closes the listening sockets before Quarkus does, which would reset what is queued there. Until then every new
     * request is answered that the service stops.
     */
    private void stopListening(long endNanos) {
        var left = Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
        isDone(arrivals.awaitQuiet(QUIET, left).toCompletableFuture(), left.plus(FINAL_ANSWERS));
        LOG.infof(
                "stopping: closing the listening sockets; %s",
                arrivals.isQuiet(QUIET)
                        ? "no new connections arrive"
                        : "connections still arrive, but the time is over");
        var rest = Duration.ofNanos(Math.max(FINAL_CONNECTIONS.toNanos(), endNanos - System.nanoTime()));
        isDone(arrivals.close(rest).toCompletableFuture(), rest.plus(FINAL_ANSWERS));
    }

    /** What Redis has not stored in time is lost. */
    private void awaitStored(long endNanos) {
        if (isAllStored()) {
            return;
        }
        LOG.infof(
                "stopping: waiting until Redis has the results of %d calls with an Idempotency-Key and the callers of %d client ids",
                claims.unstored(), clients.unstored());
        var stored = new CompletableFuture<Void>();
        long look = vertx.setPeriodic(BETWEEN_LOOKS.toMillis(), due -> {
            if (isAllStored()) {
                stored.complete(null);
            }
        });
        if (!isDone(stored, Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()))) && !isAllStored()) {
            LOG.warnf(
                    "stopping: Redis does not have the results of %d calls with an Idempotency-Key and the callers of %d client ids;"
                            + " a repeat of those calls is answered 502 call-interrupted",
                    claims.unstored(), clients.unstored());
        }
        vertx.cancelTimer(look);
    }

    private boolean isAllStored() {
        return claims.unstored() == 0 && clients.unstored() == 0;
    }

    private static boolean isDone(CompletableFuture<Void> event, Duration longest) {
        try {
            event.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed with a failure", e);
        }
    }
}
