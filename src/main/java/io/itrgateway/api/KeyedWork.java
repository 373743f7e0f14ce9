package io.itrgateway.api;

import io.itrgateway.call.Call;
import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.idempotency.Work;
import io.itrgateway.telemetry.CallRecord.Keyed;
import io.itrgateway.transport.AnswerMemory;
import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;

/** A call with a key. Its long answer counts as held for its caller until it is stored and passed on: many may wait to be encrypted. */
final class KeyedWork implements Work {

    private final Call call;
    private final AnswerMemory memory;
    private final Supplier<Uni<KeptAnswer>> send;
    private volatile byte[] held;

    KeyedWork(Call call, AnswerMemory memory, Supplier<Uni<KeptAnswer>> send) {
        this.call = call;
        this.memory = memory;
        this.send = send;
    }

    @Override
    public Uni<KeptAnswer> begin() {
        call.record().setKeyed(Keyed.NEW);
        return send.get().invoke(this::hold);
    }

    private void hold(KeptAnswer answer) {
        if (!BackpressuredBodyWriter.isShort(answer.body())) {
            memory.hold(call.caller(), answer.body());
            held = answer.body();
        }
    }

    @Override
    public void withdraw() {
        call.withdraw();
    }

    @Override
    public void finish() {
        byte[] body = held;
        held = null;
        if (body != null) {
            memory.release(body);
        }
    }
}
