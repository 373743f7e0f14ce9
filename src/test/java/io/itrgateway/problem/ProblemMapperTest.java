package io.itrgateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class ProblemMapperTest {

    @Test
    void whatComesAfterTheAnswerIsNotReportedAsABug() {
        var log = Logger.getLogger(ProblemMapper.class.getName());
        List<LogRecord> reported = new CopyOnWriteArrayList<>();
        var listener = new Handler() {
            @Override
            public void publish(LogRecord line) {
                reported.add(line);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var vertx = Vertx.vertx();
        var mapper = new ProblemMapper();
        var late = new CompletableFuture<Void>();
        var router = Router.router(vertx);
        router.route().handler(context -> {
            mapper.answer(context, GatewayException.of(ProblemKind.UPSTREAM_TIMEOUT));
            mapper.map(new IllegalStateException("the response has been written"), context);
            late.complete(null);
        });
        log.addHandler(listener);
        try {
            join(vertx.createHttpServer()
                    .requestHandler(router)
                    .listen(0)
                    .compose(server ->
                            vertx.createHttpClient().request(HttpMethod.GET, server.actualPort(), "localhost", "/"))
                    .compose(HttpClientRequest::send));
            late.orTimeout(60, TimeUnit.SECONDS).join();
        } finally {
            log.removeHandler(listener);
            join(vertx.close());
        }

        assertThat(reported).isEmpty();
    }

    private static void join(Future<?> future) {
        future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }
}
