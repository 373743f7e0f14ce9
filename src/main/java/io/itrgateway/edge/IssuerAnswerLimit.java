package io.itrgateway.edge;

import static io.itrgateway.edge.IssuerFailureClassifier.LONGEST_ATTEMPT;

import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.common.OidcRequestFilter;
import io.quarkus.oidc.runtime.OidcProviderClientImpl;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.smallrye.mutiny.Uni;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.client.impl.ClientPhase;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.client.impl.WebClientInternal;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import io.vertx.mutiny.ext.web.client.HttpRequest;
import io.vertx.mutiny.ext.web.client.WebClient;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Bounds the answers of the OIDC issuer, which Quarkus reads into memory whole: an exchange whose answer is longer fails. So does one whose
 * answer does not begin, or does not end, for longer than its request waits; it would keep the token, and its connection, for as long as the
 * issuer hangs. While the service starts there is no exchange at all: Quarkus would wait for it, and end the start if the keys cannot be read.
 */
@Singleton
@Unremovable
class IssuerAnswerLimit implements OidcRequestFilter {

    private static final int MOST_BYTES = 1 << 20;

    private static final Buffer BYTE_ORDER_MARK = Buffer.buffer("\uFEFF");

    private static final IssuerFault NOT_YET = new IssuerFault("it has not been asked yet");

    private static final BodyCodec<Buffer> BOUNDED = opened -> opened.handle(Future.succeededFuture(new BoundedBody()));

    private final Instance<TenantConfigBean> tenants;
    private final AtomicReference<WebClient> limited = new AtomicReference<>();
    private volatile boolean isOpen;

    IssuerAnswerLimit(Instance<TenantConfigBean> tenants) {
        this.tenants = tenants;
    }

    /** The service has started: from now on the issuer may be asked. Until then the tenants are being made. */
    void open() {
        isOpen = true;
    }

    boolean isOpen() {
        return isOpen;
    }

    static <T> HttpRequest<T> bounded(HttpRequest<T> request) {
        // Both change the request itself.
        request.as(io.vertx.mutiny.ext.web.codec.BodyCodec.newInstance(BOUNDED));
        // Without it, an issuer may choose any coding (RFC 9110, 12.5.3), and Quarkus would read what it chose as JSON.
        request.putHeader(HttpHeaders.ACCEPT_ENCODING.toString(), HttpHeaders.IDENTITY.toString());
        return request.timeout(LONGEST_ATTEMPT.toMillis());
    }

    @Override
    public Uni<Void> filter(OidcRequestFilterContext context) {
        if (!isOpen) {
            return Uni.createFrom().failure(NOT_YET);
        }
        bounded(context.request());
        limitAnswers(tenants.get().getDefaultTenant().getOidcProviderClient());
        return Uni.createFrom().voidItem();
    }

    /** The timeout of a request is over when its answer begins. */
    private void limitAnswers(OidcProviderClientImpl issuer) {
        WebClient client = issuer == null ? null : issuer.getWebClient(); // null before the issuer was reached
        if (client != null && limited.getAndSet(client) != client) {
            ((WebClientInternal) client.getDelegate())
                    .addInterceptor(IssuerAnswerLimit::limitAnswer)
                    .addInterceptor(IssuerAnswerLimit::nameFailure);
        }
    }

    private static void limitAnswer(HttpContext<?> exchange) {
        if (exchange.phase() == ClientPhase.SEND_REQUEST) {
            IssuerConnection.watch(exchange.clientRequest().connection());
        } else if (exchange.phase() == ClientPhase.RECEIVE_RESPONSE) {
            HttpClientResponse answer = exchange.clientResponse();
            Vertx vertx = Vertx.currentContext().owner();
            long timer = vertx.setTimer(
                    LONGEST_ATTEMPT.toMillis(), late -> answer.request().reset());
            answer.end().onComplete(ended -> vertx.cancelTimer(timer));
        }
        exchange.next();
    }

    /**
     * Gives every failed exchange a failure of its own: for an answer that is no HTTP, or a redirect that leads nowhere, there are exceptions
     * that a token may cause, too. What is thrown here takes the place of the failure.
     */
    private static void nameFailure(HttpContext<?> exchange) {
        if (exchange.phase() == ClientPhase.FAILURE
                && !(exchange.failure() instanceof IOException)) { // which Quarkus repeats
            throw failed(IssuerFault.of(exchange.failure()));
        }
        exchange.next();
    }

    /** Quarkus puts the cause of a failure in its place. */
    private static VertxException failed(IssuerFault fault) {
        return new VertxException(fault.getMessage(), fault, true);
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
                return Future.failedFuture(
                        failed(new IssuerFault("its answer has more than %d bytes".formatted(MOST_BYTES))));
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
            result.tryComplete(withoutByteOrderMark());
            Future.<Void>succeededFuture().onComplete(handler);
        }

        /** Readers of JSON may ignore it (RFC 8259, 8.1); Quarkus' do not. */
        private Buffer withoutByteOrderMark() {
            int length = BYTE_ORDER_MARK.length();
            return body.length() >= length && body.slice(0, length).equals(BYTE_ORDER_MARK)
                    ? body.slice(length, body.length())
                    : body;
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
