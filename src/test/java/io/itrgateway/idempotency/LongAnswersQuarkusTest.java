package io.itrgateway.idempotency;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.transport.AnswerMemory;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(
        value = Sandbox.class,
        restrictToAnnotatedClass = true,
        initArgs = {
            @ResourceArg(name = "gateway.breaker-attempts", value = "2"),
            @ResourceArg(name = "gateway.max-answer-bytes", value = "" + LongAnswersQuarkusTest.MEMORY_BYTES)
        })
class LongAnswersQuarkusTest {

    static final int MEMORY_BYTES = 16 * 1024 * 1024;

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LONGER_THAN_IT_IS_READ = Duration.ofMillis(300);
    private static final String ENVELOPE = "{\"data\":\"" + "x".repeat(1024 * 1024) + "\"}";

    @Inject
    Vertx vertx;

    @Inject
    MeterRegistry meters;

    @Inject
    AnswerMemory memory;

    /** Runs when the answer is there, and before it is written. */
    @Provider
    public static final class Observer implements ContainerResponseFilter {

        private static volatile Runnable onResponse = () -> {};

        @Override
        public void filter(ContainerRequestContext request, ContainerResponseContext response) {
            onResponse.run();
        }
    }

    @BeforeEach
    void forget() {
        Sandbox.forget();
    }

    @Test
    void aLongAnswerIsHeldAsLongAsItWaitsToBeEncrypted() {
        var isFree = new CountDownLatch(1);
        var worker = vertx.createSharedWorkerExecutor(Contexts.WORKER, 1);
        worker.executeBlocking(() -> isFree.await(LONG.toSeconds(), SECONDS), false);
        answerWithLongEnvelope();
        CompletableFuture<String> answer;
        try {
            answer = CompletableFuture.supplyAsync(
                    () -> send(caller().header("Idempotency-Key", UUID.randomUUID()), ASHA.json())
                            .statusCode(200)
                            .extract()
                            .asString());

            await().atMost(LONG).during(LONGER_THAN_IT_IS_READ).until(() -> heldBytes() == ENVELOPE.length());
            assertThat(answer).isNotDone();
        } finally {
            isFree.countDown();
            worker.close();
        }

        assertThat(answer.join()).isEqualTo(ENVELOPE);
        await().atMost(LONG).until(() -> heldBytes() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLongAnswerIsHeldUntilItIsWritten(boolean hasKey) {
        var held = new CopyOnWriteArrayList<Double>();
        answerWithLongEnvelope();
        Observer.onResponse = () -> held.add(heldBytes());
        try {
            var caller = hasKey ? caller().header("Idempotency-Key", UUID.randomUUID()) : caller();
            send(caller, ASHA.json()).statusCode(200);
        } finally {
            Observer.onResponse = () -> {};
        }

        assertThat(held).containsExactly((double) ENVELOPE.length());
        await().atMost(LONG).until(() -> heldBytes() == 0);
    }

    @Test
    void anAnswerThatFindsNoMemoryIsUnknownAndDoesNotOpenTheCircuit() {
        byte[] held = new byte[MEMORY_BYTES + 1];
        memory.hold("another caller", held);
        answerWithLongEnvelope();
        try {
            for (int i = 0; i < 2; i++) {
                register(ASHA)
                        .statusCode(504)
                        .body("code", equalTo("upstream-timeout"))
                        .body("outcome", equalTo("unknown"))
                        .body("detail", containsString("memory"));
            }
        } finally {
            memory.release(held);
        }

        register(ASHA).statusCode(200);
        await().atMost(LONG).until(() -> heldBytes() == 0);
    }

    private static void answerWithLongEnvelope() {
        Sandbox.stubs()
                .stubFor(post(Sandbox.CREATE_CLIENT)
                        .atPriority(1)
                        .willReturn(aResponse().withBody(ENVELOPE)));
    }

    private double heldBytes() {
        return meters.get("gateway.answer.bytes").gauge().value();
    }
}
