package io.itrgateway.api;

import io.itrgateway.call.Call;
import io.itrgateway.call.Deadline;
import io.itrgateway.call.RequestValues;
import io.itrgateway.fairness.CallerShares;
import io.itrgateway.fairness.EventLoopWork;
import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.upstream.DeepvueClient;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Identical reads of one caller that run at the same time share one call to Deepvue. It has no deadline of its own: each of those who wait
 * for it has one; and it is cancelled, as long as it was not sent, when the last of them leaves. One that could not be sent before the
 * deadline of the call that would begin it is not begun. Those with a body of more than {@link EventLoopWork#LONGEST_BYTES} are never shared.
 */
@Singleton
class SharedReads {

    private record Key(String caller, String operation, RequestValues values) {}

    private final Vertx vertx;
    private final CallerShares places;
    private final Function<Call, Optional<GatewayException>> refusals;
    private final Function<Call, Optional<GatewayException>> reasonsForWait;
    private final ConcurrentMap<Key, Read> running = new ConcurrentHashMap<>();

    @Inject
    SharedReads(Vertx vertx, DeepvueClient deepvue) {
        this(vertx, deepvue.mostUnanswered(), deepvue::refuseInTime, deepvue::reasonForWait);
    }

    /**
     * @param mostWaiting most calls of one caller that wait for reads at once
     * @param refusals why a call cannot be sent before its deadline, as far as is known
     * @param reasonsForWait why a call that was begun has not been sent yet, as far as is known
     */
    SharedReads(
            Vertx vertx,
            int mostWaiting,
            Function<Call, Optional<GatewayException>> refusals,
            Function<Call, Optional<GatewayException>> reasonsForWait) {
        this.vertx = vertx;
        this.places = CallerShares.ofPlaces(mostWaiting);
        this.refusals = refusals;
        this.reasonsForWait = reasonsForWait;
    }

    /** Answers the call, with the answer of an identical one that runs if there is one, until its deadline. */
    Uni<KeptAnswer> run(Call call, Function<Call, Uni<KeptAnswer>> work) {
        if (hasLongBody(call)) {
            return call.untilDeadline(work.apply(call));
        }
        return Uni.createFrom().emitter(emitter -> {
            if (places.take(call.caller(), 1)) {
                join(call, work, new Waiter(call, emitter));
            } else {
                emitter.fail(GatewayException.of(ProblemKind.OVERLOADED, "Too many calls wait. Nothing was sent."));
            }
        });
    }

    /** To compare it would take the event loop too long. */
    private static boolean hasLongBody(Call call) {
        return call.values()
                .relayed()
                .filter(request -> request.body().length > EventLoopWork.LONGEST_BYTES)
                .isPresent();
    }

    private void join(Call call, Function<Call, Uni<KeptAnswer>> work, Waiter waiter) {
        var key = new Key(call.caller(), call.operation().name(), call.values());
        var refusal = running.containsKey(key) ? Optional.<GatewayException>empty() : refusals.apply(call);
        if (refusal.isPresent()) {
            places.giveBack(call.caller(), 1);
            waiter.emitter.fail(refusal.get());
            return;
        }
        var mine = new Read(key, call.withDeadline(Deadline.none()));
        Read read;
        do {
            read = running.computeIfAbsent(key, absent -> mine);
        } while (!read.add(waiter));
        waiter.waitFor(read);
        if (read == mine) {
            mine.start(work);
        }
    }

    /** A waiting call, on the Vert.x context where it arrived. */
    private final class Waiter {
        private final Call call;
        private final UniEmitter<? super KeptAnswer> emitter;
        private final Context context = vertx.getOrCreateContext();

        private Waiter(Call call, UniEmitter<? super KeptAnswer> emitter) {
            this.call = call;
            this.emitter = emitter;
        }

        private void waitFor(Read read) {
            long timer = call.deadline()
                    .remaining()
                    .map(left -> vertx.setTimer(Math.max(1, left.toMillis()), over -> expire(read)))
                    .orElse(-1L);
            emitter.onTermination(() -> {
                places.giveBack(call.caller(), 1);
                vertx.cancelTimer(timer);
                read.remove(this);
            });
        }

        private void expire(Read read) {
            var reason = reasonsForWait.apply(read.call); // which is unknown once it is cancelled
            read.remove(this); // first: if no other waits for it, it is not sent after this answer
            emitter.fail(read.call.isSent() ? Call.lateFor(call.deadline()) : reason.orElseGet(Call::notSentInTime));
        }

        private void end(Consumer<UniEmitter<? super KeptAnswer>> with) {
            if (Vertx.currentContext() == context) {
                with.accept(emitter);
            } else {
                context.runOnContext(now -> with.accept(emitter));
            }
        }
    }

    private final class Read {
        private final Key key;
        private final Call call;
        private final List<Waiter> waiters = new ArrayList<>();
        private boolean over;
        private Cancellable work;

        private Read(Key key, Call call) {
            this.key = key;
            this.call = call;
        }

        /** Adds a waiting call. @return false if it is over */
        private synchronized boolean add(Waiter waiter) {
            return !over && waiters.add(waiter);
        }

        private void start(Function<Call, Uni<KeptAnswer>> making) {
            var started = making.apply(call)
                    .subscribe()
                    .with(
                            answer -> end(emitter -> emitter.complete(answer)),
                            failure -> end(emitter -> emitter.fail(failure)));
            boolean isAbandoned;
            synchronized (this) {
                work = started;
                isAbandoned = over;
            }
            if (isAbandoned) {
                started.cancel();
            }
        }

        private void end(Consumer<UniEmitter<? super KeptAnswer>> with) {
            close().forEach(waiter -> waiter.end(with));
        }

        private List<Waiter> close() {
            List<Waiter> left;
            synchronized (this) {
                over = true;
                left = List.copyOf(waiters);
                waiters.clear();
            }
            running.remove(key, this);
            return left;
        }

        private void remove(Waiter waiter) {
            boolean isLast;
            Cancellable started;
            synchronized (this) {
                isLast = waiters.remove(waiter) && waiters.isEmpty();
                over |= isLast;
                started = work; // null while it is being started, which then finds it over
            }
            if (isLast) {
                running.remove(key, this);
                if (started != null) {
                    started.cancel();
                }
            }
        }
    }
}
