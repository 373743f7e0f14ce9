package io.itrgateway.token;

import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Vertx;
import java.util.concurrent.Executor;

/** Runs each task in a context of its own, like that of a request, so that it inherits no caller's request scope, trace or end. */
public record OwnContexts(Vertx vertx) implements Executor {

    @Override
    public void execute(Runnable task) {
        VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext()).runOnContext(start -> task.run());
    }
}
