package io.itrgateway.token.redis;

import static io.itrgateway.sandbox.Gateway.metric;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static io.itrgateway.sandbox.Sandbox.AUTHORIZE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.redis.Keyspace;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.SharedRedis;
import io.itrgateway.secret.Secret;
import io.itrgateway.transport.Account;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The token over HTTP, with a Redis. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SharedRedis.class, restrictToAnnotatedClass = true)
@Needs(Needs.Tool.REDIS)
class SharedTokenQuarkusTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** How the tokens of the sandbox begin. */
    private static final String TOKEN = "eyJhbGci";

    private final RedisServer redis = SharedRedis.server();
    private final String key = new Keyspace(new Account("sandbox", Secret.of(Sandbox.CLIENT_SECRET))).key("token");

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    private String serial() {
        return String.valueOf(redis.command(Command.HGET, key, "serial"));
    }

    /** All lines that are logged meanwhile, at any level that reaches a handler. */
    private static Queue<String> saidDuring(Runnable act) {
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        var listener = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getMessage() + " " + Arrays.toString(line.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        listener.setLevel(Level.ALL);
        Logger.getLogger("").addHandler(listener);
        try {
            act.run();
        } finally {
            Logger.getLogger("").removeHandler(listener);
        }
        return lines;
    }

    @Test
    void aRefusedTokenIsReplacedInRedisToo() {
        register(ASHA).statusCode(200);
        await().atMost(LONG).until(() -> redis.keys().contains(key));
        String before = serial();

        register(magic("token-refused-once")).statusCode(200);

        await().atMost(LONG)
                .until(() -> !serial().equals(before) && redis.keys().contains(key));
    }

    @Test
    void aRegistrationPutsTheTokenIntoRedisSealedAndWithAnEndOfItsLife() {
        register(magic("token-refused-once")).statusCode(200);
        await().atMost(LONG).until(() -> redis.keys().contains(key));

        assertThat(new String(redis.command(Command.HGET, key, "sealed").toBytes(), ISO_8859_1))
                .doesNotContain(TOKEN);
        assertThat(redis.keys()).allSatisfy(name -> {
            assertThat(redis.command(Command.PTTL, name).toLong()).as(name).isPositive();
            assertThat(name).doesNotContain(Sandbox.CLIENT_SECRET);
        });
    }

    @Test
    @DisabledOnIntegrationTest("reads the log of this process")
    void aTokenIsNotLogged() {
        var said = saidDuring(() -> register(magic("token-refused-once")).statusCode(200));

        assertThat(String.join("\n", said))
                .contains("access token generation=")
                .doesNotContain(TOKEN)
                .doesNotContain(Sandbox.CLIENT_SECRET);
    }

    @Test
    void withoutRedisTheTokenInMemoryServes() {
        register(ASHA).statusCode(200);
        int authorizes = Sandbox.received(AUTHORIZE);
        redis.pause();
        try {
            register(ASHA).statusCode(200);
        } finally {
            redis.resume();
        }

        assertThat(Sandbox.received(AUTHORIZE)).isEqualTo(authorizes);
        await().atMost(LONG).until(() -> metric("gateway_redis_up") == 1);
    }
}
