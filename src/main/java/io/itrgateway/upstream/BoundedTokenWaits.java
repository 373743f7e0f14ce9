package io.itrgateway.upstream;

import static io.itrgateway.problem.ProblemKind.OVERLOADED;

import io.itrgateway.fairness.CallerShares;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.token.AccessToken;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Waits of calls for an access token that is being fetched, with a bound on their number. They end in the order in which they began. */
final class BoundedTokenWaits {

    /** @param home runs tasks on the context of the call */
    private record Wait(String caller, UniEmitter<? super AccessToken> emitter, Executor home) {
        private void complete(AccessToken token) {
            home.execute(() -> emitter.complete(token));
        }

        private void fail(Throwable failure) {
            home.execute(() -> emitter.fail(failure));
        }
    }

    private final Supplier<Uni<AccessToken>> tokens;
    private final CallerShares permits;
    private final Queue<Wait> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    /** @param most waits of one caller at once */
    BoundedTokenWaits(Supplier<Uni<AccessToken>> tokens, int most) {
        this.tokens = tokens;
        this.permits = CallerShares.ofPlaces(most);
    }

    /**
     * The next token, null after {@link #endAll}; fails with {@code overloaded} if the caller has too many waits. One that leaves keeps its
     * permit until the fetch ends, because its subscription stays in memory until then.
     */
    Uni<AccessToken> next(String caller) {
        if (!permits.take(caller, 1)) {
            return Uni.createFrom()
                    .failure(GatewayException.of(
                            OVERLOADED, "Too many calls wait for an access token. Nothing was sent."));
        }
        return Uni.createFrom().emitter(emitter -> {
            waiting.add(new Wait(caller, emitter, currentContext()));
            tokens.get().subscribe().with(token -> next().complete(token), failure -> next().fail(failure));
            // Checked after the wait was added: either this sees that it has stopped, or endAll() sees the wait.
            if (stopped) {
                emitter.complete(null);
            }
        });
    }

    /** The one that waits longest. A fetch has as many results as there are waits for it, and brings the last of them first. */
    private Wait next() {
        Wait oldest = waiting.remove();
        permits.giveBack(oldest.caller, 1);
        return oldest;
    }

    /** Ends all waits, also those that begin from now on, without a token. */
    void endAll() {
        stopped = true;
        waiting.forEach(wait -> wait.complete(null));
    }

    private static Executor currentContext() {
        Context context = Vertx.currentContext();
        return context == null ? Runnable::run : task -> context.runOnContext(resumed -> task.run());
    }
}
