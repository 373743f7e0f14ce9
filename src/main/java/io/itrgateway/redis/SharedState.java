package io.itrgateway.redis;

import io.itrgateway.problem.ConfigurationFaults;
import io.itrgateway.quota.SharedBook;
import io.itrgateway.transport.Account;
import io.itrgateway.transport.DeepvueConfig;
import io.quarkus.arc.InjectableInstance;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Chooses, at the start, where the token, the budget and the promises lie: in Redis if there is an address, else in this process.
 * Those in this process carry the qualifier {@code Identifier("memory")}; the ones that are injected everywhere come from here.
 */
@Singleton
class SharedState {

    /** What implements a port in this process. */
    static final String MEMORY = "memory";

    private final Optional<RedisLink> link;

    SharedState(InjectableInstance<Redis> client, Vertx vertx, DeepvueConfig deepvue, RedisMeter meter) {
        // Asked before it is taken: taking a client that has no address stops the start.
        this.link = client.getHandle().getBean().isActive()
                ? Optional.of(new RedisLink(
                        vertx, client.get(), new Keyspace(Account.from(deepvue, new ConfigurationFaults())), meter))
                : Optional.empty();
    }

    @Produces
    @Singleton
    Optional<SharedBook> budget() {
        return link.map(RedisBook::new);
    }

    /** After the check of the configuration. */
    void start(@Observes @Priority(2) StartupEvent event) {
        link.ifPresent(RedisLink::start);
    }

    @PreDestroy
    void stop() {
        link.ifPresent(RedisLink::close);
    }
}
