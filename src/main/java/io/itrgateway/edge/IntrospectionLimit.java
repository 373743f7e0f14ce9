package io.itrgateway.edge;

import io.itrgateway.fairness.CallerShares;
import io.itrgateway.fairness.Once;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.common.OidcEndpoint;
import io.quarkus.oidc.common.OidcRequestFilter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.function.Supplier;

/**
 * Bounds the memory of requests whose token the issuer has to judge, and divides it among connections, since what has not been judged has no
 * other owner. The issuer is not asked for one more. Tokens that can be verified without the issuer are not concerned.
 */
@Singleton
@Unremovable
@OidcEndpoint({OidcEndpoint.Type.INTROSPECTION, OidcEndpoint.Type.USERINFO})
class IntrospectionLimit implements OidcRequestFilter {

    static final GatewayException FULL = GatewayException.of(
                    ProblemKind.OVERLOADED,
                    "Too many requests wait for the issuer of Bearer tokens, so the token could not be checked. Nothing was"
                            + " sent upstream. Repeat after Retry-After.")
            .withRetryAfter(IssuerFailureClassifier.RETRY_AFTER);

    /** A request may take some five times what is counted here: a token of 17 KiB stands in its header, its credential, its form and in buffers. */
    private static final int PART_OF_THE_HEAP = 16;

    /** Beside its head and its body. */
    private static final int BYTES_OF_A_REQUEST = 4 * 1024;

    /** What may come of a body meanwhile: of one in chunks 16 KiB at a time, but each chunk takes memory of its own. */
    private static final int BYTES_OF_CHUNKS = 64 * 1024;

    /** Over HTTP/2, where all streams of a connection share a window of 64 KiB. */
    private static final int BYTES_OF_UNKNOWN_LENGTH = 16 * 1024;

    /** Quarkus puts the cause of a failure in its place. */
    private static final VertxException NOT_ASKED = new VertxException(FULL.getMessage(), FULL, true);

    /** In the context of a request that found no room. */
    private static final String NO_ROOM = IntrospectionLimit.class.getName();

    private final CallerShares shares;

    @Inject
    IntrospectionLimit() {
        this(Runtime.getRuntime().maxMemory() / PART_OF_THE_HEAP);
    }

    IntrospectionLimit(long bytes) {
        this.shares = new CallerShares(bytes);
    }

    /**
     * Runs an authentication on the context of its request. If there is no room it runs all the same, but has to be over at once; an exchange
     * that it began would not end with it, so it may begin none.
     *
     * @param bytes what the request takes, see {@link #bytesOf}
     */
    <T> Uni<T> within(String connection, long bytes, Supplier<Uni<T>> authentication) {
        return Uni.createFrom().deferred(() -> {
            Context request = Vertx.currentContext();
            if (!shares.take(connection, bytes)) {
                request.putLocal(NO_ROOM, true);
                return Uni.combine()
                        .any()
                        .of(authentication.get(), Uni.createFrom().failure(FULL));
            }
            request.removeLocal(NO_ROOM);
            return Uni.createFrom()
                    .<T>deferred(authentication::get)
                    .onTermination()
                    .invoke(new Once(() -> shares.giveBack(connection, bytes)));
        });
    }

    static long bytesOf(HttpServerRequest request) {
        long bytes = BYTES_OF_A_REQUEST + request.uri().length() + bytesOfBody(request);
        for (var field : request.headers()) {
            bytes += field.getKey().length() + field.getValue().length();
        }
        return bytes;
    }

    private static long bytesOfBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            // Digits only: it has been judged by the guard, or by Netty.
            return length.length() > 5 ? BYTES_OF_CHUNKS : Math.min(Integer.parseInt(length), BYTES_OF_CHUNKS);
        }
        if (request.version() == HttpVersion.HTTP_2) {
            return BYTES_OF_UNKNOWN_LENGTH;
        }
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? BYTES_OF_CHUNKS : 0;
    }

    @Override
    public Uni<Void> filter(OidcRequestFilterContext exchange) {
        Context request = Vertx.currentContext();
        return request != null && request.getLocal(NO_ROOM) != null
                ? Uni.createFrom().failure(NOT_ASKED)
                : Uni.createFrom().voidItem();
    }
}
