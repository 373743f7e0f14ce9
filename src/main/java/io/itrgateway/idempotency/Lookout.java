package io.itrgateway.idempotency;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Looks how a call is going that another process carries out: often at first, then less so, for as long as somebody waits here. That
 * the news cannot be had for a while is no news.
 */
final class Lookout {

    static final Duration SOONEST = Duration.ofMillis(50);
    static final Duration SELDOMEST = Duration.ofMillis(500);

    /** When that time is over nobody waits any longer; time that was spent asking is not counted. */
    static final Duration LONGEST = Duration.ofMinutes(10);

    private final Supplier<Uni<News>> news;
    private final BooleanSupplier nobodyWaits;
    private final Contexts contexts;

    /** @param nobodyWaits ends it */
    Lookout(Supplier<Uni<News>> news, BooleanSupplier nobodyWaits, Contexts contexts) {
        this.news = news;
        this.nobodyWaits = nobodyWaits;
        this.contexts = contexts;
    }

    /** The last news; that it still runs only if nobody waits any longer. */
    Uni<News> last() {
        return Uni.createFrom().emitter(emitter -> lookAfter(SOONEST, Duration.ZERO, emitter));
    }

    private void lookAfter(Duration pause, Duration waited, UniEmitter<? super News> emitter) {
        contexts.after(pause, () -> look(pause, waited.plus(pause), emitter));
    }

    private void look(Duration pause, Duration waited, UniEmitter<? super News> emitter) {
        if (nobodyWaits.getAsBoolean()) {
            emitter.complete(new News.Running());
            return;
        }
        Runnable again = waited.compareTo(LONGEST) < 0
                ? () -> lookAfter(longer(pause), waited, emitter)
                : () -> emitter.complete(new News.Running());
        Uni.createFrom()
                .deferred(news::get)
                .subscribe()
                .with(
                        heard -> heard.<Runnable>fold(
                                        () -> again,
                                        closed -> () -> emitter.complete(heard),
                                        () -> () -> emitter.complete(heard),
                                        () -> () -> emitter.complete(heard))
                                .run(),
                        unheard -> again.run());
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(SELDOMEST) < 0 ? twice : SELDOMEST;
    }
}
