package io.itrgateway.binding.redis;

import io.itrgateway.binding.BindingStore;
import io.itrgateway.binding.MemoryBindingStore;
import io.itrgateway.redis.RedisLink;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Chooses the store of bindings: in Redis if there is one, else in this process. */
@Singleton
class BindingStores {

    @Produces
    @Singleton
    BindingStore store(@Identifier("memory") MemoryBindingStore inMemory, Optional<RedisLink> redis, Vertx vertx) {
        return redis.<BindingStore>map(link -> new RedisBindingStore(link, inMemory, vertx))
                .orElse(inMemory);
    }

    void close(@Disposes BindingStore store) {
        if (store instanceof RedisBindingStore shared) {
            shared.close();
        }
    }
}
