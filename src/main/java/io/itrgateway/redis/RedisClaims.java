package io.itrgateway.redis;

import io.itrgateway.idempotency.Claim;
import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.Claims;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.News;
import io.itrgateway.idempotency.Owner;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Claims that all replicas share. Each is a hash {@code claim:<name>} with the digest of its payload ({@code f}), its owner ({@code o}),
 * the process of the owner ({@code p}) and, when it is kept, its answer ({@code a}). How a call ended that was not kept lies under
 * {@code ended:<owner>} for a few seconds.
 *
 * <p>A claim does not lapse. While its call runs, its process renews one lease for all of its claims ({@link RedisLink#LEASE}); when that
 * has run out, the claims that have no answer are interrupted: nobody is granted them, since their calls may have been sent. If the process
 * was only slow or cut off, its lease is renewed when it is back, and what it keeps or frees takes effect as ever.
 *
 * <p>Nothing is claimed that Redis did not say was granted. What it did not hear about the end of a call it is told again
 * ({@link OwnPromises}), while the caller of that call goes on.
 *
 * <p>A claim whose answer was lost may have been granted all the same, and one that hung with its Redis may be granted after that: to
 * nobody. So whoever does not hear of his claim frees it, until that is heard; and freeing leaves a mark under the owner's own name,
 * which stops his claim if it comes after it, be it on a connection that was thought dead. That needs no clock of Redis, which can be set.
 */
final class RedisClaims implements Claims {

    static final Script CLAIM = Script.of("alive", "claim");
    static final Script NEWS = Script.of("alive", "news");
    private static final Script KEEP = Script.of("keep");
    private static final Script FREE = Script.of("free");

    /**
     * How long a claim is refused that arrives after its owner has freed it: longer than a kernel keeps sending what a closed connection
     * has left over.
     */
    private static final Duration LATEST_ARRIVAL = Duration.ofMinutes(5);

    private static final String ALIVE = "alive";
    private static final String SETTLING = "settling";

    private final RedisLink link;
    private final OwnPromises promises;
    private final Duration claimWait;
    private final Vertx vertx;
    private final Retelling retelling;

    RedisClaims(RedisLink link, OwnPromises promises, Vertx vertx) {
        this(link, promises, Waits.CLAIM, vertx);
    }

    /** @param claimWait how long somebody waits for his claim */
    RedisClaims(RedisLink link, OwnPromises promises, Duration claimWait, Vertx vertx) {
        this.link = link;
        this.promises = promises;
        this.claimWait = claimWait;
        this.vertx = vertx;
        this.retelling = new Retelling(vertx, link::isUp, promises, this::told);
        link.whenBack(retelling::back);
    }

    // ---- asking -----------------------------------------------------------------------------------------------------

    @Override
    public Uni<Claim> claim(ClaimName name, Fingerprint fingerprint, Owner owner) {
        var promise = new Promise.Running(name, fingerprint, owner);
        return Uni.createFrom()
                .deferred(() -> link.run(
                        CLAIM,
                        claimWait,
                        List.of(claimKey(name), endedKey(owner), ALIVE, SETTLING),
                        fingerprint.text(),
                        owner.text(),
                        link.process(),
                        KEPT_FOR.toMillis()))
                .onFailure(RedisClaims::mayBeGranted)
                .invoke(unheard -> promises.settles(new Promise.Freed(name, owner, Optional.empty()), KEPT_FOR))
                .map(answer -> claim(answer, promise));
    }

    private Claim claim(Response answer, Promise.Running promise) {
        String word = answer.get(0).toString();
        return switch (word) {
            case "granted" -> {
                promises.runs(promise, KEPT_FOR);
                yield new Claim.Granted();
            }
            case "running" -> new Claim.Running(new Owner(answer.get(1).toString()));
            case "kept" -> new Claim.Kept(answer.get(1).toBytes());
            case "interrupted" -> new Claim.Interrupted();
            case "mismatch" -> new Claim.Mismatch();
            default -> throw new RedisAway(word);
        };
    }

    /** What was not sent since Redis was known to be away never will be granted. */
    private static boolean mayBeGranted(Throwable failure) {
        return !"away".equals(failure.getMessage());
    }

    @Override
    public Uni<News> news(ClaimName name, Owner owner) {
        return Uni.createFrom()
                .deferred(() -> link.run(
                        NEWS, Waits.CLAIM, List.of(claimKey(name), endedKey(owner), ALIVE, SETTLING), owner.text()))
                .map(answer -> switch (answer.get(0).toString()) {
                    case "running" -> new News.Running();
                    case "ended" -> new News.Ended(answer.get(1).toBytes());
                    case "freed" -> new News.Freed();
                    default -> new News.Interrupted();
                });
    }

    // ---- telling ----------------------------------------------------------------------------------------------------

    @Override
    public Uni<Void> keep(ClaimName name, Fingerprint fingerprint, Owner owner, byte[] closed) {
        var promise = new Promise.Kept(name, fingerprint, owner, closed);
        return Uni.createFrom()
                .deferred(() -> promises.settles(promise, KEPT_FOR)
                        ? awaited(told(promise))
                        : awaited(keep(promise, KEPT_FOR)));
    }

    /** One who was not granted anything has nothing to free, as far as is known here; he is believed, but not remembered. */
    @Override
    public Uni<Void> free(ClaimName name, Owner owner, Optional<byte[]> closed) {
        var promise = new Promise.Freed(name, owner, closed);
        return Uni.createFrom()
                .deferred(() -> promises.isKnown(owner) && promises.settles(promise, KEPT_FOR)
                        ? awaited(told(promise))
                        : awaited(free(promise)));
    }

    /** Nobody waits for it for long, or hears that it was not heard: it goes on by itself. */
    private Uni<Void> awaited(Uni<Void> telling) {
        return Uni.createFrom().emitter(emitter -> {
            long timer = vertx.setTimer(Waits.KEEP.toMillis(), over -> emitter.complete(null));
            telling.subscribe()
                    .with(
                            heard -> {
                                vertx.cancelTimer(timer);
                                emitter.complete(null);
                            },
                            unheard -> {
                                vertx.cancelTimer(timer);
                                retelling.missed();
                                emitter.complete(null);
                            });
        });
    }

    private Uni<Void> told(Promise promise) {
        return Uni.createFrom()
                .deferred(() -> promises.left(promise)
                        .map(left ->
                                promise.fold(running -> putBack(running, left), kept -> keep(kept, left), this::free))
                        .orElseGet(() -> Uni.createFrom().voidItem()));
    }

    /** If another has claimed meanwhile, the claim is his. */
    private Uni<Void> putBack(Promise.Running promise, Duration left) {
        return link.run(
                        CLAIM,
                        RedisLink.SILENCE,
                        List.of(claimKey(promise.name()), endedKey(promise.owner()), ALIVE),
                        promise.fingerprint().text(),
                        promise.owner().text(),
                        link.process(),
                        millis(left))
                .invoke(() -> promises.heard(promise))
                .replaceWithVoid();
    }

    private Uni<Void> keep(Promise.Kept promise, Duration left) {
        String claim = claimKey(promise.name());
        return link.run(
                        KEEP,
                        RedisLink.SILENCE,
                        promises.wasLost(promise) ? List.of(claim, SETTLING) : List.of(claim),
                        promise.fingerprint().text(),
                        promise.owner().text(),
                        promise.closed(),
                        millis(left))
                .invoke(isKept -> {
                    if (isKept.toInteger() == 1) {
                        promises.heard(promise);
                    } else {
                        promises.isVoid(promise);
                    }
                })
                .replaceWithVoid();
    }

    private Uni<Void> free(Promise.Freed promise) {
        return link.run(
                        FREE,
                        RedisLink.SILENCE,
                        List.of(claimKey(promise.name()), endedKey(promise.owner())),
                        promise.owner().text(),
                        promise.closed().orElse(new byte[0]),
                        millis(promise.closed().isPresent() ? TOLD_FOR : LATEST_ARRIVAL))
                .invoke(() -> promises.heard(promise))
                .replaceWithVoid();
    }

    /** Redis takes no life of nothing. */
    private static long millis(Duration life) {
        return Math.max(1, life.toMillis());
    }

    private static String claimKey(ClaimName name) {
        return "claim:" + name.text();
    }

    private static String endedKey(Owner owner) {
        return "ended:" + owner.text();
    }
}
