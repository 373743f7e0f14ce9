package io.itrgateway.redis;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Runs scripts on Redis. */
public interface ScriptRunner {

    /**
     * Runs the script.
     *
     * @param longest how long to wait for its answer
     * @param names of keys, without the prefix of {@link Keyspace}
     * @param arguments each a {@code String}, a {@code Long}, an {@code Integer} or a {@code byte[]}
     * @return what the script returns, on any thread; fails with {@link RedisAway} only, and then may have run all the same
     */
    Uni<Response> run(Script script, Duration longest, List<String> names, Object... arguments);

    /** Calls the listener whenever Redis was found again, with whether it has lost what it knew; never, if it cannot be lost. */
    default void onReconnect(Consumer<Boolean> listener) {}

    /** Calls the listener whenever Redis was lost. */
    default void onDisconnect(Runnable listener) {}
}
