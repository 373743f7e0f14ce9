package io.itrgateway.token.redis;

import io.itrgateway.ratelimit.RateLimitSettings;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.token.OwnContexts;
import io.itrgateway.token.TokenStore;
import io.itrgateway.transport.Account;
import io.itrgateway.transport.DeepvueTransport;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;

/** Chooses the store of the token: shared in Redis if there is one, else in this process. */
@Singleton
class TokenStores {

    @Produces
    @Singleton
    TokenStore store(
            @Identifier("memory") Instance<TokenStore> inMemory,
            Optional<RedisLink> redis,
            Account account,
            DeepvueTransport transport,
            RateLimitSettings limits,
            Clock clock,
            Vertx vertx) {
        if (redis.isEmpty()) {
            return inMemory.get();
        }
        return new RedisTokenStore(
                redis.get(),
                inMemory.get(),
                account,
                LeaseTimes.of(transport.answerTimeout(), limits.maxWait()),
                clock,
                (delay, task) -> vertx.setTimer(Math.max(1, delay.toMillis()), due -> task.run()),
                new OwnContexts(vertx));
    }
}
