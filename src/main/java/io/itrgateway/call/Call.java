package io.itrgateway.call;

import io.itrgateway.operation.Operation;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.telemetry.CallRecord;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A valid inbound call on its way to Deepvue: who calls what, with which values, and by when.
 *
 * <p>The end of the call and what its caller sees of it are two things. A caller whose deadline has passed is answered with what is
 * known then, while a call that was sent goes on to its end, which a later caller with the same Idempotency-Key may ask for. A call
 * that was not sent by its deadline never is, so that the answer stays true.
 */
public final class Call {

    private enum Stage {
        /** Nothing has begun. */
        NEW,
        /** For a token, its turn, or a connection. */
        WAITING,
        SENT,
        /** The deadline passed first, or all callers left. */
        EXPIRED
    }

    private final Operation operation;
    private final String caller;
    private final RequestValues values;
    private final Deadline deadline;
    private final CallRecord record;
    private final Vertx vertx;

    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.NEW);
    private final AtomicBoolean counted = new AtomicBoolean();
    private volatile boolean awaitsTurn;
    private volatile boolean lost;
    private volatile UniEmitter<?> end;
    private volatile Supplier<Optional<GatewayException>> reasonForWait = Optional::empty;
    private volatile Function<byte[], Uni<Void>> onAnswer =
            answer -> Uni.createFrom().voidItem();

    /**
     * @param caller as limits and turns know it
     * @param deadline of all that the call does
     * @param record where to put down what comes to light of it
     */
    public Call(
            Operation operation,
            String caller,
            RequestValues values,
            Deadline deadline,
            CallRecord record,
            Vertx vertx) {
        this.operation = operation;
        this.caller = caller;
        this.values = values;
        this.deadline = deadline;
        this.record = record;
        this.vertx = vertx;
    }

    public Operation operation() {
        return operation;
    }

    /** What identifies the operation: its name; method and path of a relayed one. */
    public String operationId() {
        return values.relayed().map(RelayedRequest::operation).orElse(operation.name());
    }

    public String caller() {
        return caller;
    }

    public RequestValues values() {
        return values;
    }

    public Deadline deadline() {
        return deadline;
    }

    public CallRecord record() {
        return record;
    }

    /**
     * Runs the pipeline, once, and brings its end, whenever that is. A subscriber who leaves before it is sent cancels it.
     *
     * @param reasonForWait why it has not been sent yet, as far as is known, should its deadline pass while it waits
     */
    public <T> Uni<T> run(Function<Call, Uni<T>> pipeline, Supplier<Optional<GatewayException>> reasonForWait) {
        return Uni.createFrom().emitter(emitter -> {
            this.reasonForWait = reasonForWait;
            end = emitter;
            if (!stage.compareAndSet(Stage.NEW, Stage.WAITING)) {
                emitter.fail(notSentInTime());
                return;
            }
            var running = pipeline.apply(this).subscribe().with(emitter::complete, emitter::fail);
            emitter.onTermination(() -> {
                stage.compareAndSet(Stage.WAITING, Stage.EXPIRED);
                running.cancel();
            });
        });
    }

    /**
     * That view of the end, until the deadline. Then it fails with {@code upstream-timeout} if the call was sent; and if it waits
     * still, the call itself fails, as not processed.
     */
    public <V> Uni<V> untilDeadline(Uni<V> view) {
        if (deadline.allowsNoWait()) {
            return view;
        }
        return deadline.remaining()
                .map(left -> Uni.createFrom().<V>emitter(emitter -> {
                    var running = view.subscribe().with(emitter::complete, emitter::fail);
                    // Not delayIt(): its scheduler holds a cancelled task until its time, which here the caller
                    // chooses.
                    long timer = vertx.setTimer(Math.max(1, left.toMillis()), over -> expire(emitter));
                    emitter.onTermination(() -> {
                        vertx.cancelTimer(timer);
                        running.cancel();
                    });
                }))
                .orElse(view);
    }

    private void expire(UniEmitter<?> view) {
        // One that was never begun here was begun by another call, and is waited for elsewhere; it must not begin any
        // more.
        if (!stage.compareAndSet(Stage.NEW, Stage.EXPIRED) && stage.compareAndSet(Stage.WAITING, Stage.EXPIRED)) {
            end.fail(lost ? lateFor(deadline) : reasonForWait.get().orElseGet(Call::notSentInTime));
        } else if (stage.get() == Stage.SENT) {
            view.fail(lateFor(deadline));
        }
    }

    /** Gives the call up because no caller is left. If it has not been sent, it never will be, and it fails as not processed. */
    public void withdraw() {
        if (!lost
                && !stage.compareAndSet(Stage.NEW, Stage.EXPIRED)
                && stage.compareAndSet(Stage.WAITING, Stage.EXPIRED)) {
            end.fail(GatewayException.of(
                    ProblemKind.UPSTREAM_UNAVAILABLE, "All callers hung up before the call could be sent."));
        }
    }

    /** @param action run with the answer of a successful call, even if the caller has disconnected; must not fail */
    public void setOnAnswer(Function<byte[], Uni<Void>> action) {
        onAnswer = action;
    }

    /** Runs the action of {@link #setOnAnswer}, before any caller gets the answer. */
    public Uni<Void> completeWith(byte[] answer) {
        return onAnswer.apply(answer);
    }

    /** The same call to be made for several callers, each of which has a deadline of its own. */
    public Call withDeadline(Deadline other) {
        return new Call(operation, caller, values, other, record, vertx);
    }

    /** Whether it was sent, and not known to be without effect. */
    public boolean isSent() {
        return lost || stage.get() == Stage.SENT;
    }

    /** Counts it for its caller's own limit: true once, however many attempts it takes. */
    public boolean countOnce() {
        return counted.compareAndSet(false, true);
    }

    /** Notes whether it waits for its turn. */
    public void setAwaitsTurn(boolean awaits) {
        awaitsTurn = awaits;
    }

    /** Whether it waits for its turn. */
    public boolean awaitsTurn() {
        return awaitsTurn;
    }

    /** Marks it as sent, when there is a connection for it. @return false if it may no longer be sent */
    public boolean markSent() {
        return stage.compareAndSet(Stage.WAITING, Stage.SENT);
    }

    /** It turned out that nothing had been done with it: it waits again. */
    public void markUnsent() {
        stage.compareAndSet(Stage.SENT, Stage.WAITING);
    }

    /** Its answer was lost, and a repeat does no harm: it waits again, and is no longer surely not processed. */
    public void markLost() {
        lost = true;
        markUnsent();
    }

    /** For a call that was not sent by its deadline. */
    public static GatewayException notSentInTime() {
        return GatewayException.of(
                ProblemKind.UPSTREAM_UNAVAILABLE, "The deadline of the caller passed before the call could be sent.");
    }

    /** For a call that was sent and not answered within that time. */
    public static GatewayException timedOut(Duration after) {
        return GatewayException.of(
                ProblemKind.UPSTREAM_TIMEOUT, "Deepvue did not answer within %s s.".formatted(seconds(after)));
    }

    /** For a call that was sent and not answered by its deadline. */
    public static GatewayException lateFor(Deadline deadline) {
        return GatewayException.of(
                ProblemKind.UPSTREAM_TIMEOUT,
                "Deepvue's answer did not come within %s s of the request."
                        .formatted(seconds(deadline.length().orElseThrow())));
    }

    private static String seconds(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString();
    }
}
