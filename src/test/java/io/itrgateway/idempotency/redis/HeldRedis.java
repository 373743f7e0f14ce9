package io.itrgateway.idempotency.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;

/** The client of a process whose new connections can be held back. */
final class HeldRedis implements Redis {

    private final Redis client;
    private volatile Promise<Void> released = Promise.promise();

    HeldRedis(Vertx vertx, String url) {
        client = Redis.createClient(vertx, url);
        letGo();
    }

    void hold() {
        released = Promise.promise();
    }

    void letGo() {
        released.complete();
    }

    @Override
    public Future<RedisConnection> connect() {
        return released.future().compose(free -> client.connect());
    }

    @Override
    public Future<Response> send(Request request) {
        return client.send(request);
    }

    @Override
    public Future<List<Response>> batch(List<Request> requests) {
        return client.batch(requests);
    }

    @Override
    public void close() {
        client.close();
    }
}
