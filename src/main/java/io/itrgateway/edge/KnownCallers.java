package io.itrgateway.edge;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Adds the {@link CallerHeaders} to every answer of a call whose caller is known, the refusals included that come before or instead of the
 * resource.
 *
 * <p>A caller with a key is known by the key itself, at any time. A caller with a token is known once the token is verified, which happens
 * when a policy or a resource asks who is calling: not for 404, 405, 406 and 415, which are found out before and cost no verification.
 */
@Singleton
public class KnownCallers {

    private static final String KNOWN = "itr.caller-known";

    private final CallerKeys keys;
    private final CallerHeaders headers;

    KnownCallers(CallerKeys keys, CallerHeaders headers) {
        this.keys = keys;
        this.headers = headers;
    }

    /** Records that authentication has identified the caller of that request. */
    public static void markKnown(RoutingContext context) {
        context.put(KNOWN, true);
    }

    /** Adds the headers when the answer leaves. */
    void watch(RoutingContext context) {
        context.addHeadersEndHandler(answering -> {
            if (isKnown(context)) {
                headers.current().forEach(context.response()::putHeader);
            }
        });
    }

    private boolean isKnown(RoutingContext context) {
        if (context.get(KNOWN) != null) {
            return true;
        }
        List<String> presented = context.request().headers().getAll(ApiKeyMechanism.HEADER);
        return presented.size() == 1 && keys.nameOf(presented.get(0)).isPresent();
    }
}
