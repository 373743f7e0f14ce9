package io.itrgateway.token.redis;

import static org.awaitility.Awaitility.await;

import io.itrgateway.redis.Keyspace;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.RedisTelemetry;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.token.AccessToken;
import io.itrgateway.token.Callers;
import io.itrgateway.token.ScriptedAuthorizer;
import io.itrgateway.token.TokenRoom;
import io.itrgateway.token.TokenService;
import io.itrgateway.transport.Account;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One of several processes that share the token, as far as the token goes: its own link, its own memory, its own Deepvue. */
final class Replica {

    static final Duration LONG = Duration.ofSeconds(30);

    static final LeaseTimes TIMES = new LeaseTimes(Duration.ofSeconds(3), Duration.ofSeconds(30));

    final ScriptedAuthorizer deepvue;
    final TokenRoom room;
    final RedisLink link;
    final RedisTokenStore store;
    final TokenService tokens;

    Replica(Vertx vertx, RedisServer server, Account account, Clock clock) {
        deepvue = new ScriptedAuthorizer(clock);
        room = new TokenRoom(clock, deepvue);
        link = link(vertx, server, new Keyspace(account));
        store = new RedisTokenStore(
                link,
                room.storeOf(account),
                account,
                TIMES,
                clock,
                (time, task) -> vertx.setTimer(time.toMillis(), over -> task.run()),
                Runnable::run);
        tokens = room.tokensOn(store);
    }

    static RedisLink link(Vertx vertx, RedisServer server, Keyspace keys) {
        var redis = Redis.createClient(vertx, new RedisOptions().setConnectionString(server.url()));
        return new RedisLink(vertx, redis, keys, new RedisTelemetry(new SimpleMeterRegistry()));
    }

    /** Its link is there when this returns. */
    Replica started() {
        link.start();
        await().atMost(LONG).until(link::isUp);
        return this;
    }

    /** It does nothing any more, least of all say so. */
    void crashes() {
        link.close();
    }

    CompletableFuture<AccessToken> caller() {
        return Callers.callerOf(tokens);
    }
}
