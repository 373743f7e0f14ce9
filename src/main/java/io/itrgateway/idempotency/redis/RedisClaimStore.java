package io.itrgateway.idempotency.redis;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.ClaimState;
import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.problem.Effect;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.Script;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Claims that all processes share. What lies in Redis is described in {@code lease.lua}; why a call is made once, in the package
 * {@link io.itrgateway.idempotency}.
 *
 * <p>Once a second, and when Redis is back, this process renews the lease of each claim that it holds, and then sends once more the ends of calls
 * of which Redis has not said that they are stored, or which it may have lost since; until then their claims are renewed as well, so that a Redis that
 * has lost everything has the claims before the results. An end that finds no place in memory is sent once; if that fails its claim is interrupted
 * as when the process had died. Nothing is claimed while there is no place for any end. Large results go in pieces ({@link LargeResults}).
 */
final class RedisClaimStore implements ClaimStore {

    private static final Script CLAIM = script("lease", "claim");
    static final Script COMPLETE = script("complete");
    /** What that script returns if Redis did not have the result. */
    static final int KEPT_NOW = 2;

    private static final Script RELEASE = script("release");
    private static final Script LOOK = script("lease", "look");

    /** A claim whose owner has not renewed it for that long is given as long once more, and then is interrupted. */
    static final Duration LEASE = Duration.ofSeconds(10);

    /**
     * How long nothing new is claimed in a data set that has just begun: longer than all processes need to find a Redis that came back empty,
     * and to put their claims back.
     */
    static final Duration PUT_BACK_IN = Duration.ofSeconds(2);

    /**
     * How long the result of a released claim can be looked up, and a claim or a renewal that arrives after its release is refused. Only what a
     * closed connection left over can arrive so late. Linux resends that for 102 s, with its 8 {@code tcp_orphan_retries}, the first after 0.2 s
     * and each after twice the time.
     */
    static final Duration RELEASED_FOR = Duration.ofMinutes(2);

    static final String DATASET = "dataset";

    /** So that what calls ask for does not wait behind many ends. */
    private static final int MAX_AT_ONCE = 100;

    /** Of those that Redis may have lost: so few pass in {@link RedisLink#SILENCE} at 8 Mbit/s, since a loss would bring all of them once more. */
    private static final int MAX_RECALLED_AT_ONCE = 8;

    private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(1);

    /** For the answer of Redis on a call's way. */
    static final Duration LONGEST_WAIT = Duration.ofMillis(75);

    /** For a result to be stored; storing goes on without the call. */
    private static final Duration LONGEST_KEEPING = Duration.ofMillis(25);

    private final RedisLink link;
    private final ReplicaAcknowledgement acknowledgement;
    private final PendingResults ends;
    private final LargeResults large;
    private final Duration claimWait;
    private final Vertx vertx;
    private final long timer;
    private final Map<Owner, HeldClaim> held = new ConcurrentHashMap<>();
    /** Owners of large results that are being stored. */
    private final Set<Owner> storing = ConcurrentHashMap.newKeySet();

    /** Owners whose end is sent once, since there is no place for it. */
    private final Set<Owner> sentOnce = ConcurrentHashMap.newKeySet();

    private final ClaimRenewal renewal;
    private final AtomicBoolean isSendingEnds = new AtomicBoolean();

    private volatile boolean isClosed;

    /** @param claimWait how long to wait for the answer to a claim */
    RedisClaimStore(
            RedisLink link,
            ReplicaAcknowledgement acknowledgement,
            PendingResults ends,
            LargeResults large,
            Duration claimWait,
            Vertx vertx) {
        this.link = link;
        this.acknowledgement = acknowledgement;
        this.ends = ends;
        this.large = large;
        this.claimWait = claimWait;
        this.vertx = vertx;
        this.renewal = new ClaimRenewal(link, this::claims, this::sendEndsUnlessSending);
        this.timer = vertx.setPeriodic(BETWEEN_RENEWALS.toMillis(), due -> renew(false));
        link.onDisconnect(() -> {
            ends.dropOld();
            ends.recallStored();
        });
        link.onReconnect(hasForgotten -> {
            ends.recallStored(); // it may have forgotten without a break, or what is lost may have answered late
            renew(true);
        });
        renew(true); // should it be found already
    }

    private static Script script(String... names) {
        return Script.in("idempotency", names);
    }

    void close() {
        isClosed = true;
        vertx.cancelTimer(timer);
        acknowledgement.close();
    }

    @Override
    public Uni<ClaimState> claim(ClaimName name, Fingerprint fingerprint, Owner owner) {
        var claim = new HeldClaim(name, fingerprint, owner);
        return Uni.createFrom()
                .deferred(() ->
                        ends.isFull() ? Uni.createFrom().failure(new RedisAway(RedisAway.Reason.NO_ROOM)) : send(claim))
                .chain(answer -> state(name, answer))
                .chain(state -> state instanceof ClaimState.Acquired
                        ? acknowledgement.await(claimKey(name), owner).replaceWith(state)
                        : Uni.createFrom().item(state))
                .invoke(state -> {
                    if (state instanceof ClaimState.Acquired) {
                        held.put(owner, claim);
                    }
                })
                .onFailure(failure -> failure instanceof RedisAway away && away.mayHaveTakenEffect())
                .invoke(failure ->
                        release(name, owner, Optional.empty()).subscribe().with(released -> {}, unreleased -> {}));
    }

    private Uni<Response> send(HeldClaim claim) {
        return link.run(
                CLAIM,
                claimWait,
                List.of(claimKey(claim.name()), releasedKey(claim.owner()), DATASET),
                claim.owner().text(),
                LEASE.toMillis(),
                claim.fingerprint().text(),
                KEPT_FOR.toMillis(),
                PUT_BACK_IN.toMillis());
    }

    private Uni<ClaimState> state(ClaimName name, Response answer) {
        return switch (answer.get(0).toString()) {
            case "acquired" -> Uni.createFrom().item(new ClaimState.Acquired());
            case "in_progress" ->
                Uni.createFrom()
                        .item(new ClaimState.InProgress(new Owner(answer.get(1).toString())));
            case "completed" -> result(name, answer).map(ClaimState.Completed::new);
            case "interrupted" -> Uni.createFrom().item(new ClaimState.Interrupted());
            case "conflict" -> Uni.createFrom().item(new ClaimState.Conflict());
            case "incomplete" -> Uni.createFrom().failure(new RedisAway(RedisAway.Reason.INCOMPLETE));
            default -> Uni.createFrom().failure(new RedisAway(RedisAway.Reason.RELEASED));
        };
    }

    private Uni<byte[]> result(ClaimName name, Response answer) {
        int largeLength = answer.get(3).toInteger();
        return largeLength == 0
                ? Uni.createFrom().item(answer.get(1).toBytes())
                : large.read(name.caller(), new Owner(answer.get(2).toString()), largeLength)
                        .ifNoItem()
                        .after(LargeResults.LONGEST_READ)
                        .fail()
                        .onFailure()
                        .transform(unread -> LargeResults.unreadable());
    }

    @Override
    public Uni<ClaimState> find(ClaimName name, Fingerprint fingerprint, Owner owner) {
        return Uni.createFrom()
                .deferred(() -> link.run(
                        LOOK,
                        LONGEST_WAIT,
                        List.of(claimKey(name), releasedKey(owner)),
                        owner.text(),
                        LEASE.toMillis(),
                        fingerprint.text(),
                        KEPT_FOR.toMillis()))
                .chain(answer -> answer.get(0).toString().equals("released")
                        ? Uni.createFrom().item(new ClaimState.Released())
                        : state(name, answer));
    }

    @Override
    public Uni<Void> complete(ClaimName name, Fingerprint fingerprint, Owner owner, Effect effect, byte[] result) {
        var end = PendingResults.End.ofResult(new HeldClaim(name, fingerprint, owner), effect.isRepeatable(), result);
        return Uni.createFrom().deferred(() -> {
            boolean isSentAgain = isSentAgain(end);
            if (!isLarge(end)) { // else its lease is renewed until the first attempt to store it has ended
                held.remove(owner);
            }
            return store(end, isSentAgain);
        });
    }

    @Override
    public Uni<Void> release(ClaimName name, Owner owner, Optional<byte[]> result) {
        return Uni.createFrom().deferred(() -> {
            var end = releaseOf(name, owner, result);
            boolean isSentAgain = isSentAgain(end);
            held.remove(owner);
            return store(end, isSentAgain);
        });
    }

    private boolean isSentAgain(PendingResults.End end) {
        boolean isSentAgain = ends.add(end);
        if (!isSentAgain) {
            sentOnce.add(end.owner());
        }
        return isSentAgain;
    }

    private static PendingResults.End releaseOf(ClaimName name, Owner owner, Optional<byte[]> result) {
        // A large one is not shared; that of a call that does harm when it is made again is not handed over.
        Optional<byte[]> kept = result.filter(bytes -> !LargeResults.isLarge(bytes));
        byte[] bytes = kept.orElse(new byte[0]);
        return new PendingResults.End(
                owner,
                RELEASE,
                List.of(claimKey(name), releasedKey(owner)),
                List.of(owner.text(), bytes, RELEASED_FOR.toMillis()),
                Optional.empty(),
                Optional.empty(),
                bytes.length,
                false);
    }

    /** The caller goes on after {@link #LONGEST_KEEPING}, or at once when it failed, if it will be sent again. */
    private Uni<Void> store(PendingResults.End end, boolean isSentAgain) {
        return Uni.createFrom().emitter(emitter -> {
            long late = vertx.setTimer(LONGEST_KEEPING.toMillis(), due -> emitter.complete(null));
            emitter.onTermination(() -> vertx.cancelTimer(late));
            send(end, isSentAgain).subscribe().with(emitter::complete, failure -> {
                if (isSentAgain) {
                    emitter.complete(null);
                } else {
                    emitter.fail(failure);
                }
            });
        });
    }

    private Uni<Void> send(PendingResults.End end, boolean mayWait) {
        return (isLarge(end) ? sendLarge(end, mayWait) : run(end))
                .onTermination()
                .invoke(() -> sentOnce.remove(end.owner()));
    }

    private static boolean isLarge(PendingResults.End end) {
        return end.largeResult().isPresent();
    }

    /** @param mayWait whether it may wait for others, since memory is set aside for it */
    private Uni<Void> sendLarge(PendingResults.End end, boolean mayWait) {
        Owner owner = end.owner();
        if (!mayWait && large.isBusy()) {
            held.remove(owner);
            return Uni.createFrom().failure(new RedisAway(RedisAway.Reason.NO_ROOM));
        }
        if (!storing.add(owner)) {
            return Uni.createFrom().failure(new RedisAway(RedisAway.Reason.BUSY));
        }
        return large.write(
                        end.claim().orElseThrow().name().caller(),
                        owner,
                        end.largeResult().get())
                .chain(() -> run(end))
                .onTermination()
                .invoke(() -> {
                    storing.remove(owner);
                    held.remove(owner);
                });
    }

    private Uni<Void> run(PendingResults.End end) {
        return link.run(
                        end.script(),
                        RedisLink.SILENCE,
                        end.keys(),
                        end.arguments().toArray())
                .invoke(answer -> {
                    int kept = answer.toInteger();
                    if (kept == 0) {
                        throw new RedisAway(RedisAway.Reason.LOST);
                    }
                    ends.markStored(end, kept == KEPT_NOW);
                })
                .replaceWithVoid();
    }

    @Override
    public int unstored() {
        Set<Owner> owners = new HashSet<>(held.keySet()); // first: from there they pass to the others
        owners.addAll(ends.owners());
        owners.addAll(sentOnce);
        return owners.size();
    }

    private void renew(boolean again) {
        if (!isClosed && link.isUp()) {
            acknowledgement.lookForReplica();
            ends.dropOld();
            renewal.renew(again);
        }
    }

    private List<HeldClaim> claims() {
        return Stream.concat(held.values().stream(), ends.claims().stream())
                .distinct()
                .toList();
    }

    private void sendEndsUnlessSending() {
        if (!isClosed && link.isUp() && isSendingEnds.compareAndSet(false, true)) {
            sendEnds();
        }
    }

    /** Goes on as long as ends are stored. Those with large results, which pass a few at a time, are not waited for. */
    private void sendEnds() {
        List<PendingResults.End> batch = ends.next(MAX_AT_ONCE, MAX_RECALLED_AT_ONCE);
        batch.stream()
                .filter(RedisClaimStore::isLarge)
                .forEach(end -> send(end, true).subscribe().with(stored -> {}, failure -> {}));
        List<Uni<Boolean>> others = batch.stream()
                .filter(end -> !isLarge(end))
                .map(end -> send(end, true).replaceWith(true).onFailure().recoverWithItem(false))
                .toList();
        if (others.isEmpty()) {
            isSendingEnds.set(false);
            return;
        }
        Uni.join().all(others).andCollectFailures().subscribe().with(stored -> {
            if (stored.contains(true) && !isClosed) {
                sendEnds();
            } else {
                isSendingEnds.set(false);
            }
        });
    }

    static String claimKey(ClaimName name) {
        return "claim:" + name.text();
    }

    static String releasedKey(Owner owner) {
        return "released:" + owner.text();
    }
}
