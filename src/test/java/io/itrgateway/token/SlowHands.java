package io.itrgateway.token;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A store with a moment before a caller reaches into it, in which others may be faster. It counts who reached. */
final class SlowHands implements TokenStore {

    private final TokenStore store;
    private final AtomicReference<Runnable> others = new AtomicReference<>(() -> {});
    private final AtomicInteger loads = new AtomicInteger();

    SlowHands(TokenStore store) {
        this.store = store;
    }

    /** What others do just before the next load, once. */
    void beforeTheNextLoad(Runnable othersAct) {
        others.set(othersAct);
    }

    int loads() {
        return loads.get();
    }

    @Override
    public Optional<AccessToken> held(long generation) {
        return store.held(generation);
    }

    @Override
    public Uni<AccessToken> load(long generation, TokenFetch flight) {
        loads.incrementAndGet();
        others.getAndSet(() -> {}).run();
        return store.load(generation, flight);
    }

    @Override
    public void drop(long generation) {
        store.drop(generation);
    }
}
