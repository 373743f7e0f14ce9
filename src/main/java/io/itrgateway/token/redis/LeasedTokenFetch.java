package io.itrgateway.token.redis;

import io.itrgateway.problem.ProblemKind;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.token.AccessToken;
import io.itrgateway.token.AuthorizeFailure;
import io.itrgateway.token.TokenFetch;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * How one replica comes by a token when it has none, or wants the next one.
 *
 * <p>It asks Redis. There are four answers: a usable token; a pause, since an authorize has just failed; the lease, with which this
 * replica fetches and stores the token for all; or that another replica has the lease, and then it polls until one of the other answers
 * comes. A lease whose holder has died expires. When Redis does not answer it fetches
 * without asking.
 *
 * <p>The steps run one after another, on the link's own context or where the fetching ended.
 */
final class LeasedTokenFetch {

    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(500);

    private final RedisTokenStore store;
    private final long generation;
    private final TokenFetch fetch;
    private final LeaseTimes times;
    private final DelayedExecutor delay;
    private final Executor callers;
    private final UniEmitter<? super AccessToken> end;
    private final String fetchId = UUID.randomUUID().toString();

    private Duration nextWait = FIRST_WAIT;
    private Duration waited = Duration.ZERO;
    private Duration held = Duration.ZERO;
    private volatile boolean over;

    LeasedTokenFetch(
            RedisTokenStore store,
            long generation,
            TokenFetch fetch,
            LeaseTimes times,
            DelayedExecutor delay,
            Executor callers,
            UniEmitter<? super AccessToken> end) {
        this.store = store;
        this.generation = generation;
        this.fetch = fetch;
        this.times = times;
        this.delay = delay;
        this.callers = callers;
        this.end = end;
    }

    /** Begins the fetch; its later steps come back here. */
    void ask() {
        if (!fetch.isWanted()) {
            fetch();
            return;
        }
        store.ask(fetchId, generation).invoke(this::onAnswer).subscribe().with(answer -> {}, failure -> {
            if (failure instanceof RedisAway) {
                fetch();
            } else {
                end.fail(failure);
            }
        });
    }

    private void onAnswer(Response answer) {
        switch (answer.get(0).toString()) {
            case "found" -> onFound(answer);
            case "failed" -> onFailureElsewhere(answer);
            case "ours" -> {
                keepLease();
                fetch();
            }
            default -> waitForTheirs();
        }
    }

    private void onFound(Response answer) {
        Optional<AccessToken> token = store.tryTake(answer, generation, fetch);
        if (token.isPresent()) {
            callers.execute(() -> end.complete(token.get()));
        } else {
            ask(); // its serial is known to be of no use now
        }
    }

    private void onFailureElsewhere(Response answer) {
        String kind = answer.get(1).toString();
        Optional<ProblemKind> known = Arrays.stream(ProblemKind.values())
                .filter(candidate -> candidate.name().equals(kind))
                .findFirst();
        var theirs = new AuthorizeFailure(
                known.orElse(ProblemKind.UPSTREAM_UNAVAILABLE),
                answer.get(2).toInteger(),
                Duration.ofMillis(answer.get(3).toLong()));
        var failure = fetch.adoptFailure(theirs);
        callers.execute(() -> end.fail(failure));
    }

    private void waitForTheirs() {
        if (waited.compareTo(times.longestFetch()) >= 0) {
            fetch();
            return;
        }
        Duration wait = nextWait;
        waited = waited.plus(wait);
        Duration longer = wait.multipliedBy(3).dividedBy(2);
        nextWait = longer.compareTo(LONGEST_WAIT) < 0 ? longer : LONGEST_WAIT;
        delay.after(wait, this::ask);
    }

    /** For as long as the fetch runs; but one that never ends must not keep all callers waiting. */
    private void keepLease() {
        delay.after(times.betweenRenewals(), () -> {
            held = held.plus(times.betweenRenewals());
            if (!over && held.compareTo(times.longestFetch()) < 0) {
                store.extendLease(fetchId);
                keepLease();
            }
        });
    }

    private void fetch() {
        fetch.fetch().subscribe().with(this::onFetched, this::onFailure);
    }

    private void onFetched(AccessToken token) {
        over = true;
        store.publish(fetchId, token);
        end.complete(token);
    }

    private void onFailure(Throwable failure) {
        over = true;
        store.publishFailure(fetchId, fetch);
        end.fail(failure);
    }
}
