package io.itrgateway.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The work as a test wants it: each call that is carried out stays open until the test ends it. */
final class ScriptedWork implements Supplier<Uni<KeptAnswer>> {

    private final List<UniEmitter<? super KeptAnswer>> open = new ArrayList<>();
    private int carriedOut;
    private int cancelled;
    private Runnable atStart = () -> {};

    static KeptAnswer answer(String body) {
        return new KeptAnswer(200, body.getBytes(UTF_8));
    }

    void atStart(Runnable task) {
        atStart = task;
    }

    @Override
    public Uni<KeptAnswer> get() {
        return Uni.createFrom()
                .<KeptAnswer>emitter(emitter -> {
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
