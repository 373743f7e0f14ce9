package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Deepvue's authorize as a test wants it. Every authorize stays open until the test ends it.
 *
 * <p>It is also where flights run: they take off when the test looks, on the test's own thread, and never inside of the call
 * that wanted them; so are they in production, where each starts on a context of its own.
 */
public final class ScriptedAuthorizer implements Authorizer, Executor {

    private record Asked(long generation, UniEmitter<? super AccessToken> answer) {}

    private static final AtomicInteger GRANTED = new AtomicInteger();

    private final Clock clock;
    private final Queue<Runnable> waitingFlights = new ConcurrentLinkedQueue<>();
    private final Queue<Asked> open = new ArrayDeque<>();
    private int flights;
    private int asked;

    public ScriptedAuthorizer(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void execute(Runnable flight) {
        waitingFlights.add(flight);
    }

    @Override
    public Uni<AccessToken> authorize(long generation) {
        asked++;
        return Uni.createFrom().emitter(answer -> open.add(new Asked(generation, answer)));
    }

    /** How many flights there have been so far, whether they asked or found that they need not. */
    int fetches() {
        start();
        return flights;
    }

    /** How many authorizes there have been so far. */
    public int asked() {
        start();
        return asked;
    }

    /** Whether an authorize is open now. */
    public boolean isBeingAsked() {
        start();
        return !open.isEmpty();
    }

    /** Ends the open authorize with a token of 24 hours. */
    public AccessToken grants() {
        return grants(Duration.ofHours(24));
    }

    /** Ends the open authorize with a token of that life; no two tokens are alike. */
    public AccessToken grants(Duration life) {
        var answered = oldestOpen();
        var now = clock.instant();
        var token = new AccessToken(
                Secret.of("token-" + GRANTED.incrementAndGet()), answered.generation(), now, now.plus(life));
        answered.answer().complete(token);
        return token;
    }

    public void fails(ProblemKind kind) {
        fails(GatewayException.of(kind));
    }

    void fails(Throwable failure) {
        oldestOpen().answer().fail(failure);
    }

    private Asked oldestOpen() {
        start();
        var oldest = open.poll();
        if (oldest == null) {
            throw new AssertionError("no call waits for an answer of authorize");
        }
        return oldest;
    }

    private void start() {
        for (var flight = waitingFlights.poll(); flight != null; flight = waitingFlights.poll()) {
            flights++;
            flight.run();
        }
    }
}
