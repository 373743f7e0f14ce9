package io.itrgateway.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;

/** Work that a test controls: each call that is carried out stays open until the test ends it. */
final class ScriptedWork implements Work {

    private final List<UniEmitter<? super KeptAnswer>> open = new ArrayList<>();
    private int carriedOut;
    private int cancelled;
    private int finished;
    private boolean isQueued;
    private boolean isWithdrawn;
    private Runnable atStart = () -> {};

    static KeptAnswer answer(String body) {
        return new KeptAnswer(200, body.getBytes(UTF_8));
    }

    void atStart(Runnable task) {
        atStart = task;
    }

    /** From now on calls wait in a queue for their turn, until they are {@link #sends sent}. */
    void queues() {
        isQueued = true;
    }

    void sends() {
        isQueued = false;
    }

    @Override
    public void withdraw() {
        if (isQueued) {
            isWithdrawn = open.isEmpty(); // then when it begins
            List.copyOf(open).forEach(waiting -> fails(withdrawn()));
        }
    }

    @Override
    public void finish() {
        finished++;
    }

    private static GatewayException withdrawn() {
        return GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE, "withdrawn");
    }

    @Override
    public Uni<KeptAnswer> begin() {
        return Uni.createFrom()
                .<KeptAnswer>emitter(emitter -> {
                    if (isWithdrawn) {
                        isWithdrawn = false;
                        emitter.fail(withdrawn());
                        return;
                    }
                    carriedOut++;
                    open.add(emitter);
                    atStart.run();
                })
                .onCancellation()
                .invoke(() -> cancelled++);
    }

    /** How often work was subscribed to. */
    int carriedOut() {
        return carriedOut;
    }

    int finished() {
        return finished;
    }

    int cancelled() {
        return cancelled;
    }

    /** Ends the oldest open one. */
    void answers(String body) {
        answers(answer(body));
    }

    void answers(KeptAnswer answer) {
        open.remove(0).complete(answer);
    }

    void endsAll() {
        while (!open.isEmpty()) {
            fails(new IllegalStateException("the test is over"));
        }
    }

    void fails(Throwable failure) {
        open.remove(0).fail(failure);
    }
}
