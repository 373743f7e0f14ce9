package io.itrgateway.binding.redis;

import io.itrgateway.binding.Binding;
import io.itrgateway.binding.BindingStore;
import io.itrgateway.binding.MemoryBindingStore;
import io.itrgateway.binding.Ownership;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.Script;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bindings that all processes share. This process remembers its own besides: they need no look into Redis, hold while Redis is away, are
 * sent again until Redis has said that they are stored, and are put back when Redis has lost them.
 */
final class RedisBindingStore implements BindingStore {

    private static final Script BIND = Script.in("binding", "bind");
    private static final Script OWNERSHIP = Script.in("binding", "ownership");

    /** For the answer of Redis on a call's way. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(50);

    /** For a binding to be stored; storing goes on without the call. */
    private static final Duration LONGEST_KEEPING = Duration.ofMillis(25);

    private static final Duration BETWEEN_REPEATS = Duration.ofSeconds(1);

    /** So that one script takes well below a millisecond, and those of calls do not wait behind many. */
    private static final int MAX_AT_ONCE = 100;

    private final RedisLink link;
    private final MemoryBindingStore own;
    private final Vertx vertx;
    private final long timer;

    /** Those of which Redis has not said that they are stored, in their order; a part of the own ones. Only under its own lock. */
    private final Set<Binding> unstored = new LinkedHashSet<>();

    private final AtomicBoolean isRepeating = new AtomicBoolean();
    private volatile boolean isClosed;

    /** @param own where this process remembers its own */
    RedisBindingStore(RedisLink link, MemoryBindingStore own, Vertx vertx) {
        this.link = link;
        this.own = own;
        this.vertx = vertx;
        this.timer = vertx.setPeriodic(BETWEEN_REPEATS.toMillis(), due -> repeat());
        link.onReconnect(hasForgotten -> {
            if (hasForgotten) {
                addUnstored(own.all());
            }
            repeat();
        });
    }

    void close() {
        isClosed = true;
        vertx.cancelTimer(timer);
    }

    @Override
    public Uni<Ownership> find(Binding binding) {
        return onTheSameContext(Uni.createFrom().deferred(() -> {
            Ownership here = own.findNow(binding);
            return here == Ownership.OWN
                    ? Uni.createFrom().item(here)
                    : link.run(OWNERSHIP, LONGEST_WAIT, List.of(key(binding)), binding.owner())
                            .map(answer -> Ownership.valueOf(answer.toString().toUpperCase(Locale.ROOT)))
                            .onFailure()
                            .recoverWithItem(Ownership.UNAVAILABLE)
                            .map(there -> here == Ownership.ANOTHERS && there != Ownership.OWN ? here : there);
        }));
    }

    /** Its caller goes on after {@link #LONGEST_KEEPING}, or at once when it failed, since it will be sent again. */
    @Override
    public Uni<Void> bind(Binding binding) {
        return onTheSameContext(Uni.createFrom().emitter(emitter -> {
            own.bindNow(binding);
            addUnstored(List.of(binding));
            long late = vertx.setTimer(LONGEST_KEEPING.toMillis(), due -> emitter.complete(null));
            emitter.onTermination(() -> vertx.cancelTimer(late));
            send(List.of(binding))
                    .subscribe()
                    .with(stored -> emitter.complete(null), failure -> emitter.complete(null));
        }));
    }

    private static <T> Uni<T> onTheSameContext(Uni<T> uni) {
        return Uni.createFrom().deferred(() -> {
            Context mine = Vertx.currentContext();
            return mine == null ? uni : uni.emitOn(task -> mine.runOnContext(here -> task.run()));
        });
    }

    private Uni<Response> send(List<Binding> bindings) {
        List<Object> arguments = new ArrayList<>(List.of(MAX_OWNERS));
        for (Binding binding : bindings) {
            arguments.addAll(
                    List.of(binding.owner(), Math.max(1, own.leftNow(binding).toMillis())));
        }
        return link.run(
                        BIND,
                        RedisLink.SILENCE,
                        bindings.stream().map(RedisBindingStore::key).toList(),
                        arguments.toArray())
                .invoke(() -> removeUnstored(bindings));
    }

    /** Sends what is not stored and still holds, as long as Redis takes it. */
    private void repeat() {
        if (!isClosed && link.isUp() && isRepeating.compareAndSet(false, true)) {
            repeatNext();
        }
    }

    private void repeatNext() {
        List<Binding> next = oldestUnstored();
        if (isClosed || next.isEmpty()) {
            isRepeating.set(false);
        } else {
            send(next).subscribe().with(stored -> repeatNext(), failure -> isRepeating.set(false));
        }
    }

    private void addUnstored(List<Binding> bindings) {
        synchronized (unstored) {
            for (Binding binding : bindings) {
                if (unstored.size() < MemoryBindingStore.MAX_CLIENTS) {
                    unstored.add(binding);
                }
            }
        }
    }

    private void removeUnstored(List<Binding> bindings) {
        synchronized (unstored) {
            bindings.forEach(unstored::remove);
        }
    }

    @Override
    public int unstored() {
        synchronized (unstored) {
            return unstored.size();
        }
    }

    private List<Binding> oldestUnstored() {
        List<Binding> oldest = new ArrayList<>();
        synchronized (unstored) {
            var each = unstored.iterator();
            while (each.hasNext() && oldest.size() < MAX_AT_ONCE) {
                Binding next = each.next();
                if (own.leftNow(next).isZero()) {
                    each.remove();
                } else {
                    oldest.add(next);
                }
            }
        }
        return oldest;
    }

    private static String key(Binding binding) {
        return "client:" + binding.client();
    }
}
