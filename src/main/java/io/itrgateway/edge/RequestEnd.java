package io.itrgateway.edge;

import io.vertx.ext.web.RoutingContext;

/**
 * The end of a request: its answer has been written, or its caller has gone.
 *
 * <p>Vert.x runs the end handlers of a request once. Where its connection fails over HTTP/2, it does so before the response counts as closed, and
 * a handler that is added in between never runs.
 */
public final class RequestEnd {

    private static final String OVER = "itr.request-over";

    private RequestEnd() {}

    /** To be called when the request begins. */
    public static void watch(RoutingContext request) {
        request.addEndHandler(ended -> request.put(OVER, true));
    }

    public static boolean isOver(RoutingContext request) {
        return request.response().ended() || request.response().closed() || request.get(OVER) != null;
    }

    /** Runs the action at the end of the request, or now if it is over. On the Vert.x context of the request. */
    public static void then(RoutingContext request, Runnable action) {
        if (isOver(request)) {
            action.run();
        } else {
            request.addEndHandler(ended -> action.run());
        }
    }
}
