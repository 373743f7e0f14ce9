package io.itrgateway.api;

import io.itrgateway.transport.AnswerMemory;
import io.vertx.core.Context;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A long answer that counts as held for its caller until the request is over. It begins before what has read or stored the answer releases it,
 * so that the answer is counted without a gap.
 */
final class HeldAnswer {

    private final byte[] body;
    private final AnswerMemory memory;
    private final AtomicBoolean released = new AtomicBoolean();

    private HeldAnswer(byte[] body, AnswerMemory memory) {
        this.body = body;
        this.memory = memory;
    }

    /** @param home the Vert.x context of the request */
    static void hold(byte[] body, String caller, AnswerMemory memory, RoutingContext request, Context home) {
        if (!BackpressuredBodyWriter.isShort(body)) {
            memory.hold(caller, body);
            var held = new HeldAnswer(body, memory);
            home.runOnContext(now -> held.releaseAfter(request));
        }
    }

    private void releaseAfter(RoutingContext request) {
        if (request.response().ended() || request.response().closed()) {
            release();
        } else {
            request.addEndHandler(over -> release());
        }
    }

    /** Called more than once where a response fails. */
    private void release() {
        if (released.compareAndSet(false, true)) {
            memory.release(body);
        }
    }
}
