package io.itrgateway.edge;

import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.common.OidcRequestFilter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import jakarta.inject.Singleton;
import java.io.IOException;

/**
 * Bounds the answers of the OIDC issuer, which Quarkus reads into memory whole: an exchange whose answer is longer fails. So does one that
 * takes longer than its request waits; it would keep the token, and its connection, for as long as the issuer hangs.
 */
@Singleton
@Unremovable
class IssuerAnswerLimit implements OidcRequestFilter {

    private static final int MOST_BYTES = 1 << 20;

    private static final BodyCodec<Buffer> BOUNDED = opened -> opened.handle(Future.succeededFuture(new BoundedBody()));

    @Override
    public Uni<Void> filter(OidcRequestFilterContext context) {
        // Both change the request itself.
        context.request().as(io.vertx.mutiny.ext.web.codec.BodyCodec.newInstance(BOUNDED));
        context.request().timeout(IssuerFailureClassifier.LONGEST_ATTEMPT.toMillis());
        return Uni.createFrom().voidItem();
    }

    private static final class BoundedBody implements BodyStream<Buffer> {
        private final Promise<Buffer> result = Promise.promise();
        private final Buffer body = Buffer.buffer();

        @Override
        public Future<Buffer> result() {
            return result.future();
        }

        @Override
        public Future<Void> write(Buffer part) {
            if (body.length() + part.length() > MOST_BYTES) {
                String fault = "an answer of the issuer has more than %d bytes".formatted(MOST_BYTES);
                // Quarkus puts the cause of a failure in its place.
                return Future.failedFuture(new VertxException(fault, new IOException(fault), true));
            }
            body.appendBuffer(part);
            return Future.succeededFuture();
        }

        @Override
        public void write(Buffer part, Handler<AsyncResult<Void>> handler) {
            write(part).onComplete(handler);
        }

        @Override
        public void end(Handler<AsyncResult<Void>> handler) {
            result.tryComplete(body);
            Future.<Void>succeededFuture().onComplete(handler);
        }

        @Override
        public void handle(Throwable failure) {
            result.tryFail(failure);
        }

        @Override
        public boolean writeQueueFull() {
            return false;
        }

        @Override
        public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
            return this;
        }

        @Override
        public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
            return this;
        }

        @Override
        public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
            return this;
        }
    }
}
