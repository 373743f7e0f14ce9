package io.itrgateway.ratelimit.redis;

import static io.itrgateway.ratelimit.redis.BudgetScripts.micros;

import io.itrgateway.ratelimit.BudgetSharing;
import io.itrgateway.ratelimit.PermitStore.Left;
import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.UpstreamBackoff;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** What one replica knows of the shared rate limit, and whether it has a share of the plan to itself. Not thread-safe. */
final class ReplicaState {

    /** Several heartbeats, so that a late one costs nothing. */
    private static final Duration LEASE = Duration.ofMillis(450);

    /** A replica that has never reached Redis may be new to others that do: it waits so long before it uses a share. */
    private static final Duration FIRST_CONTACT = Duration.ofSeconds(3);

    /** Within which all others have heard of a new replica. */
    private static final Duration INTRODUCTION = Duration.ofSeconds(1);

    /** A replica that loses Redis sooner stays on its share for longer, since each loss leaves reservations behind. */
    private static final Duration STABLE = Duration.ofSeconds(5);

    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final int MOST_DOUBLINGS = 4;

    private static final Duration RECENTLY = Duration.ofMillis(1_500);

    private final Plan plan;
    private final OptionalInt leastReplicas;
    private final Duration spacing;
    private final String replica = UUID.randomUUID().toString();
    private final OwnCalls own = new OwnCalls();
    private final SharedCalls calls;

    /** This replica's share of the plan; empty while all replicas count together. */
    private Optional<Share> share;

    private UpstreamBackoff backoff = UpstreamBackoff.NONE;
    private List<BudgetAnswer.Replica> replicas = List.of();
    private long numbers;
    private String seenId = "";
    private long seenCount;

    /** Since when {@code calls} may lack some. */
    private long readNanos;

    /** When the last request was made that asked for a lease. */
    private long leasedNanos;

    private long reservedNanos;
    /** From when on all others know of this replica. */
    private long introducedNanos;

    private long joinedNanos;
    private int losses;
    private long joinNanos;
    private boolean left;

    /** @param leastReplicas how many there are at least, if configured */
    ReplicaState(Plan plan, OptionalInt leastReplicas, Duration spacing, long now) {
        this.plan = plan;
        this.leastReplicas = leastReplicas;
        this.spacing = spacing;
        this.calls = new SharedCalls(plan.windows(), spacing);
        this.readNanos = now;
        this.leasedNanos = now - LEASE.toNanos();
        this.reservedNanos = now - RECENTLY.toNanos();
        this.introducedNanos = now + INTRODUCTION.toNanos();
        this.joinedNanos = now - STABLE.toNanos();
        this.joinNanos = now;
        this.share = Optional.of(new Share(leastReplicas.orElse(0), plan, now + FIRST_CONTACT.toNanos()));
    }

    OwnCalls own() {
        return own;
    }

    SharedCalls calls() {
        return calls;
    }

    Optional<Share> share() {
        return share;
    }

    List<BudgetAnswer.Replica> replicas() {
        return replicas;
    }

    UpstreamBackoff backoff() {
        return backoff;
    }

    void setBackoff(UpstreamBackoff next) {
        backoff = next;
    }

    /** A name for a call, unlike any other. */
    String nextName() {
        return replica + ':' + numbers++;
    }

    // Requests and answers

    /** For a request that is made now. A lease begins, at the latest, with it. */
    BudgetScripts.Sender sender(long now, boolean withLease) {
        if (withLease) {
            leasedNanos = now;
        }
        return new BudgetScripts.Sender(
                replica,
                withLease ? calls.microsOf(now) + micros(LEASE) : 0,
                left ? 0 : among(now),
                now - reservedNanos < RECENTLY.toNanos(),
                seenId,
                seenCount);
    }

    /** A call is to be reserved. */
    void markWaiting(long now) {
        reservedNanos = now;
    }

    /** Takes over what an answer says. Returns whether it is the newest; an older one may be overtaken on its way. */
    boolean apply(BudgetAnswer answer, long now) {
        if (answer.status() == BudgetAnswer.LOST) {
            degrade(now);
            return false;
        }
        seenId = answer.id();
        seenCount = Math.max(seenCount, answer.count());
        if (!answer.known()) {
            introducedNanos = now + INTRODUCTION.toNanos();
        }
        if (!calls.sync(answer, now)) {
            return false;
        }
        replicas = answer.replicas();
        return true;
    }

    /** Takes over a later back-off of another replica. Returns whether there is one. */
    boolean applyBackoff(BudgetAnswer.Backoff theirs) {
        boolean isLater = theirs.epoch() > backoff.epoch();
        if (isLater) {
            backoff = new UpstreamBackoff(
                    theirs.epoch(), theirs.refusals(), calls.nanosOf(theirs.untilMicros()), theirs.cause());
        }
        return isLater;
    }

    /** Takes over the calls that were read with a request. */
    void applyCalls(BudgetAnswer answer, long requestedNanos) {
        calls.read(answer);
        readNanos = calls.hasMoreToRead() ? readNanos : requestedNanos;
    }

    /** Redis has its data back, as far as this replica has it. */
    void restored(BudgetAnswer answer) {
        seenId = answer.id();
        seenCount = answer.count();
        calls.forgetClock();
    }

    // With a share, and together

    /** Unless it is so already, this replica has a share to itself, from the end of its lease on. */
    void degrade(long now) {
        if (share.isEmpty()) {
            losses = now - joinedNanos < STABLE.toNanos() ? losses + 1 : 0;
            joinNanos = losses == 0 ? now : now + (FIRST_WAIT.toNanos() << Math.min(losses, MOST_DOUBLINGS));
            startShare(now);
        }
    }

    private void startShare(long now) {
        long from = Math.max(now, leasedNanos + LEASE.toNanos());
        int among = among(now);
        var part = new Share(among, plan, from);
        if (among > 0) {
            long unheard = (from - readNanos) / spacing.toNanos() + 1;
            calls.addTo(part.windows(), together(), own.ofShare(), unheard, from + BudgetScripts.HORIZON.toNanos());
        }
        share = Optional.of(part);
    }

    /** When it is to join the others; not at once, if it has lost Redis often. */
    long joinNanos() {
        return joinNanos;
    }

    /** A request is made that asks for a lease: until it would end, nothing is sent within the share. */
    void beginJoin(long now) {
        share.orElseThrow().suspend(now + LEASE.toNanos());
    }

    /** It is unknown whether this replica has that lease. */
    void failJoin(long now) {
        startShare(now);
    }

    void endJoin(long now) {
        joinedNanos = now;
        own.ofShare().clear();
        share = Optional.empty();
    }

    void leave() {
        left = true;
    }

    boolean hasLeft() {
        return left;
    }

    /** By how many the plan is divided; 0 if nobody knows, since not all know of this replica. */
    private int among(long now) {
        int known = (int) replicas.stream()
                .filter(other -> other.among() > 0 || other.leaseMicros() > calls.microsOf(now))
                .count();
        return now - introducedNanos < 0 && leastReplicas.isEmpty() ? 0 : Math.max(known, leastReplicas.orElse(0));
    }

    /** How many replicas counted together when that was last known, this one included. */
    private int together() {
        return 1
                + (int) replicas.stream()
                        .filter(other -> !other.id().equals(replica) && other.leaseMicros() > calls.nowMicros())
                        .count();
    }

    // What is known here

    private Optional<Share> usableShare(long now) {
        return share.filter(part -> part.isUsable(now));
    }

    boolean admitsNothing(long now) {
        return usableShare(now).filter(part -> part.admitsNothing(now)).isPresent();
    }

    long delayNanos(int nth, long now) {
        return usableShare(now)
                .filter(part -> part.among() > 0) // nobody waits for the smallest
                .map(part -> part.delayNanos(nth, now))
                .orElseGet(() -> calls.delayNanos((long) nth * (1 + rivals(now)), now));
    }

    /** Other replicas where calls wait, too: they take turns with this one. */
    private long rivals(long now) {
        return replicas.stream()
                .filter(other -> other.waits() && !other.id().equals(replica))
                .filter(other -> other.leaseMicros() > calls.microsOf(now) - micros(LEASE))
                .count();
    }

    List<Left> left(long now) {
        return usableShare(now).map(part -> part.left(now)).orElseGet(() -> calls.left(now));
    }

    BudgetSharing sharing(long now) {
        return new BudgetSharing(share.isEmpty(), share.map(Share::among).orElseGet(() -> Math.max(1, among(now))));
    }
}
