package io.itrgateway.redis;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.token.AuthorizeTurn;
import io.itrgateway.token.TokenStore;
import io.itrgateway.transport.Account;
import io.itrgateway.transport.DeepvueConfig;
import io.itrgateway.transport.DeepvueTransport;
import io.quarkus.arc.InjectableInstance;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;

/**
 * Chooses, at the start, where the token and the budget lie: in Redis if there is an address, else in this process.
 * Those in this process carry the qualifier {@code Identifier("memory")}; the ones that are injected everywhere come from here.
 */
@Singleton
public class SharedState {

    /** What implements a port in this process. */
    static final String MEMORY = "memory";

    private final Optional<RedisLink> link;
    private final Vertx vertx;
    private final DeepvueConfig deepvue;

    SharedState(InjectableInstance<Redis> client, Vertx vertx, DeepvueConfig deepvue, RedisMeter meter) {
        this.vertx = vertx;
        this.deepvue = deepvue;
        // Asked before it is taken: taking a client that has no address stops the start.
        this.link = client.getHandle().getBean().isActive()
                ? Optional.of(new RedisLink(
                        vertx, client.get(), new Keyspace(Account.from(deepvue, new ConfigurationFaults())), meter))
                : Optional.empty();
    }

    /** Whether anything is shared at all. */
    public boolean isInRedis() {
        return link.isPresent();
    }

    /** Whether Redis answers. */
    public boolean isRedisUp() {
        return link.filter(RedisLink::isUp).isPresent();
    }

    /** What runs scripts on Redis; empty if there is none. */
    @Produces
    @Singleton
    Optional<RedisLink> link() {
        return link;
    }

    /** The token: in this process, and if there is a Redis, shared. */
    @Produces
    @Singleton
    TokenStore tokenShelf(
            @Identifier(MEMORY) Instance<TokenStore> inMemory,
            DeepvueTransport transport,
            AuthorizeTurn turn,
            Clock clock) {
        return link.<TokenStore>map(up -> new RedisTokenStore(
                        up,
                        inMemory.get(),
                        Account.from(deepvue, new ConfigurationFaults()),
                        TokenTimes.of(transport.answerTimeout(), turn.longestWait()),
                        clock,
                        (time, task) -> vertx.setTimer(Math.max(1, time.toMillis()), over -> task.run()),
                        this::ownContext))
                .orElseGet(inMemory::get);
    }

    /** A context of its own, as a request has one, for those who go on with what was found. */
    private void ownContext(Runnable task) {
        VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext()).runOnContext(start -> task.run());
    }

    /** After the check of the configuration. */
    void start(@Observes @Priority(2) StartupEvent event) {
        link.ifPresent(RedisLink::start);
    }

    /** Before Quarkus closes its client, which would look like a Redis that is lost. */
    void stop(@Observes ShutdownEvent event) {
        link.ifPresent(RedisLink::close);
    }
}
