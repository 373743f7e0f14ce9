package io.itrgateway.redis;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.function.BiFunction;

/** The connection of a process to Redis, for the tests of what uses it. */
public final class TestLink {

    /** What stands before each name of a key. */
    public static final String KEYS = "itr-gateway:4:{0123456789abcdef}:";

    private static final Keyspace KEYSPACE = new Keyspace("0123456789abcdef");

    private TestLink() {}

    /** It does not look for Redis by itself. */
    public static RedisLink notStarted(Redis redis, Vertx vertx) {
        return new RedisLink(vertx, redis, KEYSPACE, new RedisTelemetry(new SimpleMeterRegistry()));
    }

    /** It is there when this returns. */
    public static RedisLink to(String url, Vertx vertx) {
        return over(Redis.createClient(vertx, new RedisOptions().setConnectionString(url)), vertx);
    }

    /** It is there when this returns. */
    public static RedisLink over(Redis redis, Vertx vertx) {
        var link = notStarted(redis, vertx);
        link.start();
        await().atMost(Duration.ofMinutes(1)).until(link::isUp);
        return link;
    }

    /** @param calls gives what a method returns, unless that is the object itself */
    public static <T> T proxy(Class<T> type, BiFunction<String, Object[], Object> calls) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object result = calls.apply(method.getName(), arguments);
                    return method.getReturnType().isInstance(proxy) ? proxy : result;
                }));
    }
}
