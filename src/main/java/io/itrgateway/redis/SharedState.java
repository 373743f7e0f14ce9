package io.itrgateway.redis;

import io.itrgateway.transport.Account;
import io.quarkus.arc.InjectableInstance;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Opens the connection to Redis at the start, if there is an address. The adapters of the ports ({@code token.redis} and others) use it; if it is
 * empty, what is shared is kept in this process, by the implementations with the qualifier {@code Identifier("memory")}.
 */
@Singleton
public class SharedState {

    private final Optional<RedisLink> link;

    SharedState(InjectableInstance<Redis> client, Vertx vertx, Account account, RedisTelemetry meter) {
        // Asked before it is taken: taking a client that has no address stops the start.
        this.link = client.getHandle().getBean().isActive()
                ? Optional.of(new RedisLink(vertx, client.get(), new Keyspace(account), meter))
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

    /** After the check of the configuration. */
    void start(@Observes @Priority(2) StartupEvent event) {
        link.ifPresent(RedisLink::start);
    }

    /** Before Quarkus closes its client, which would look like a Redis that is lost. */
    void stop(@Observes ShutdownEvent event) {
        link.ifPresent(RedisLink::close);
    }
}
