package io.itrgateway.api;

import io.itrgateway.edge.RequestEnd;
import io.itrgateway.fairness.Once;
import io.itrgateway.transport.AnswerMemory;
import io.vertx.core.Context;
import io.vertx.ext.web.RoutingContext;

/**
 * A long answer that counts as held for its caller until the request is over. It begins before what has read or stored the answer releases it,
 * so that the answer is counted without a gap.
 */
final class HeldAnswer {

    private HeldAnswer() {}

    /** @param home the Vert.x context of the request */
    static void hold(byte[] body, String caller, AnswerMemory memory, RoutingContext request, Context home) {
        if (BackpressuredBodyWriter.isShort(body)) {
            return;
        }
        memory.hold(caller, body);
        var release = new Once(() -> memory.release(body));
        home.runOnContext(now -> RequestEnd.then(request, release));
    }
}
