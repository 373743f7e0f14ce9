package io.itrgateway.token;

import io.itrgateway.transport.Account;
import io.quarkus.cache.Cache;
import io.quarkus.cache.CacheName;
import io.quarkus.cache.CaffeineCache;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Tokens in Quarkus Cache, in this process. The key holds a digest of the account, so that a changed client secret never meets
 * the old one's token.
 */
@Identifier("memory")
@ApplicationScoped
class MemoryTokenStore implements TokenStore {

    private record Slot(String accountDigest, long generation) {}

    private record Held(long generation, Optional<AccessToken> token) {}

    private final Cache cache;
    private final String accountDigest;

    /** What was found last: the cache makes futures for each look-up, which every call would pay for. */
    private volatile Held last = new Held(0, Optional.empty());

    MemoryTokenStore(@CacheName("access-tokens") Cache cache, Account account) {
        this.cache = cache;
        this.accountDigest = account.digest();
    }

    @Override
    public Optional<AccessToken> held(long generation) {
        Held known = last;
        if (known.generation() == generation && known.token().isPresent()) {
            return known.token();
        }
        Optional<AccessToken> found = inCache(generation);
        if (found.isPresent()) {
            last = new Held(generation, found);
        }
        return found;
    }

    private Optional<AccessToken> inCache(long generation) {
        CompletableFuture<AccessToken> token = cache.as(CaffeineCache.class).getIfPresent(slot(generation));
        return token == null || !token.isDone() || token.isCompletedExceptionally()
                ? Optional.empty()
                : Optional.of(token.join());
    }

    @Override
    public Uni<AccessToken> load(long generation, TokenFetch fetch) {
        Uni<AccessToken> inCache = cache.getAsync(slot(generation), slot -> fetch.fetch());
        // The cache hands out the very future that it holds: a subscriber that cancels it would fail all others. So
        // none may.
        return Uni.createFrom().emitter(emitter -> inCache.subscribe().with(emitter::complete, emitter::fail));
    }

    @Override
    public void drop(long generation) {
        cache.invalidate(slot(generation)).subscribe().with(gone -> {});
        last = new Held(generation, Optional.empty());
    }

    private Slot slot(long generation) {
        return new Slot(accountDigest, generation);
    }
}
