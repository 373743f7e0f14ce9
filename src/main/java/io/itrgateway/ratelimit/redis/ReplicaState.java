package io.itrgateway.ratelimit.redis;

import static io.itrgateway.ratelimit.redis.BudgetScripts.micros;

import io.itrgateway.ratelimit.BudgetSharing;
import io.itrgateway.ratelimit.BudgetWindow;
import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.Scheduler;
import io.itrgateway.ratelimit.UpstreamBackoff;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** The shared rate limit as one replica last read it, and whether it uses a share of its own. Safe for any thread. */
final class ReplicaState {

    /** Some heartbeats, so that a late one costs nothing. */
    private static final Duration LEASE = Duration.ofMillis(300);

    /** A replica that has never reached Redis may be new to others that do: it waits so long before it uses a share. */
    private static final Duration FIRST_CONTACT = Duration.ofSeconds(3);

    /** Time after which all others have read that there is a new replica. */
    private static final Duration INTRODUCTION = Duration.ofSeconds(1);

    /** A replica that loses Redis sooner stays on its share for longer, since each loss leaves reservations behind. */
    private static final Duration STABLE = Duration.ofSeconds(5);

    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final int MOST_DOUBLINGS = 4;

    private static final Duration RECENTLY = Duration.ofMillis(1_500);
    private static final long SOON_NANOS = Duration.ofMillis(1).toNanos();

    private final Plan plan;
    private final OptionalInt leastReplicas;
    private final Scheduler time;
    private final String replica = UUID.randomUUID().toString();
    private final UnconfirmedCalls own;
    private final SharedCallsCopy calls;

    /** This replica's share of the plan; empty while all replicas count together. */
    private Optional<Share> share;

    private UpstreamBackoff backoff = UpstreamBackoff.NONE;
    private List<BudgetAnswer.Replica> replicas = List.of();
    /** Replicas that Redis has lost, until this one counts together with others. */
    private List<BudgetAnswer.Replica> lost = List.of();

    private long numbers;
    private String seenId = "";
    private long seenCount;

    /** When the last request was made that asked for a lease. */
    private long leasedNanos;

    private long reservedNanos;
    /** From when on all others know of this replica. */
    private long introducedNanos;

    /** Whether Redis knows by how many this replica divides the plan: only then is its share left to it. */
    private boolean shareIsKnown;

    /** The largest number of replicas that Redis may have noted for this one. */
    private int mostNoted;

    /** The largest number of replicas in a request since the last heartbeat began. */
    private int mostSinceSync;

    /** Whether the last request has been answered, while this replica has a share. */
    private boolean reached;

    private long joinedNanos;
    private int losses;
    private long joinNanos;
    private boolean left;

    /** @param leastReplicas how many there are at least, if configured */
    ReplicaState(Plan plan, OptionalInt leastReplicas, Duration spacing, Scheduler time) {
        long now = time.nanos();
        this.time = time;
        this.plan = plan;
        this.leastReplicas = leastReplicas;
        this.own = new UnconfirmedCalls(plan.windows());
        this.calls = new SharedCallsCopy(plan.windows(), spacing);
        this.leasedNanos = now - LEASE.toNanos();
        this.reservedNanos = now - RECENTLY.toNanos();
        this.introducedNanos = now + INTRODUCTION.toNanos();
        this.joinedNanos = now - STABLE.toNanos();
        this.joinNanos = now;
        this.share = Optional.of(new Share(leastReplicas.orElse(0), plan, now + FIRST_CONTACT.toNanos()));
    }

    // Requests and answers

    /** A name for a call that is to be reserved, unlike any other. */
    synchronized String beginReservation() {
        reservedNanos = time.nanos();
        return replica + ':' + numbers++;
    }

    /** For a request that is made now and asks for a lease; empty if this replica has a share. */
    synchronized Optional<BudgetScripts.Sender> renewLease() {
        return share.isEmpty() ? Optional.of(sender(true)) : Optional.empty();
    }

    /** A lease begins, at the latest, with the request. */
    private BudgetScripts.Sender sender(boolean withLease) {
        long now = time.nanos();
        if (withLease) {
            leasedNanos = now;
        }
        int divisor = left ? 0 : divisor(now);
        shareIsKnown &= divisor > 0;
        mostSinceSync = Math.max(mostSinceSync, divisor);
        mostNoted = Math.max(mostNoted, divisor);
        return new BudgetScripts.Sender(
                replica,
                withLease ? calls.microsOf(now) + micros(LEASE) : 0,
                divisor,
                now - reservedNanos < RECENTLY.toNanos(),
                seenId,
                seenCount);
    }

    /**
     * The next request of the heartbeat. With a share, nothing is reported until Redis has answered in time: as long as it leaves this
     * replica its share, it should not count those calls, too. With the last report this replica asks for a lease.
     */
    synchronized BudgetScripts.Sync beginSync() {
        long now = time.nanos();
        boolean together = share.isEmpty() && !left;
        boolean joining = share.isPresent() && mayJoin(now);
        var report = together || joining || left ? own.report(now, joining) : UnconfirmedCalls.Report.NOTHING;
        boolean joins = joining && own.containsAllSent(report);
        if (joins) {
            share.get().suspend(now + LEASE.toNanos()); // until it would end
        }
        mostSinceSync = 0;
        var known = calls.hasBeenRead() ? backoff : UpstreamBackoff.NONE;
        return new BudgetScripts.Sync(
                now,
                joins,
                sender(together || joins),
                calls.readFrom(),
                known,
                known.isActive() ? calls.microsOf(known.untilNanos()) : 0,
                report,
                lost);
    }

    private boolean mayJoin(long now) {
        return reached && !calls.hasMoreToRead() && now - joinNanos >= 0 && !left;
    }

    /** Whether there is something to report or to read before this replica can join the others, or to ask for a lease. */
    synchronized boolean isRejoining() {
        return share.isPresent() && reached && (calls.hasMoreToRead() || mayJoin(time.nanos()));
    }

    /** Takes over what an answer says; an older one may be overtaken on its way. Returns whether something has changed for calls that wait. */
    synchronized boolean apply(BudgetAnswer answer) {
        long now = time.nanos();
        if (answer.status() == BudgetAnswer.LOST) {
            boolean isNew = degrade();
            lost = replicas;
            calls.clearAndReportAgain(own);
            seenId = "";
            seenCount = 0;
            reached = false;
            return isNew;
        }
        seenId = answer.id();
        seenCount = Math.max(seenCount, answer.count());
        if (!answer.known()) {
            introducedNanos = now + INTRODUCTION.toNanos();
        }
        if (!calls.apply(answer, now)) {
            return false;
        }
        replicas = answer.replicas();
        var theirs = answer.backoff();
        boolean isInForce = theirs.epoch() > backoff.epoch()
                || theirs.epoch() == backoff.epoch() && theirs.refusals() != backoff.refusals();
        if (isInForce) {
            backoff = new UpstreamBackoff(
                    theirs.epoch(), theirs.refusals(), calls.nanosOf(theirs.untilMicros()), theirs.cause());
        }
        return isInForce;
    }

    /** The heartbeat was answered. Returns whether something has changed for calls that wait. */
    synchronized boolean applySync(BudgetScripts.Sync request, BudgetAnswer answer) {
        boolean newest = answer.nowMicros() >= calls.nowMicros();
        boolean changed = apply(answer);
        if (answer.status() == BudgetAnswer.LOST) {
            return changed;
        }
        own.confirm(request.report());
        mostNoted = mostSinceSync;
        shareIsKnown = request.sender().divisor() > 0 && answer.known();
        if (newest) {
            calls.applyCalls(answer, request.nanos());
            reached = true;
        }
        if (request.joins()) {
            joinedNanos = time.nanos();
            own.sentDegraded().clear();
            lost = List.of();
            share = Optional.empty();
        }
        return changed || request.joins();
    }

    /** The heartbeat was not answered. Returns whether something has changed for calls that wait. */
    synchronized boolean applySyncFailure(BudgetScripts.Sync request) {
        reached = false;
        if (request.joins()) {
            startShare(time.nanos()); // it may have that lease
        }
        return degrade();
    }

    // With a share, and together

    /** Unless it is so already, this replica has a share to itself, from the end of its lease on. Returns whether that is new. */
    synchronized boolean degrade() {
        long now = time.nanos();
        boolean isNew = share.isEmpty();
        if (isNew) {
            losses = now - joinedNanos < STABLE.toNanos() ? losses + 1 : 0;
            joinNanos = losses == 0 ? now : now + (FIRST_WAIT.toNanos() << Math.min(losses, MOST_DOUBLINGS));
            reached = false;
            startShare(now);
        }
        return isNew;
    }

    private void startShare(long now) {
        long from = Math.max(now, leasedNanos + LEASE.toNanos());
        int known = shareIsKnown || leastReplicas.isPresent() ? divisor(now) : 0;
        int divisor = known > 0 ? Math.max(known, mostNoted) : 0; // as little as Redis leaves to it
        var part = new Share(divisor, plan, from);
        if (divisor > 0) {
            calls.addTo(part.windows(), leasesOfOthers(), own.sentDegraded(), from);
        }
        part.windows().addUnsent(own.unsent());
        share = Optional.of(part);
    }

    synchronized boolean isShared() {
        return share.isEmpty();
    }

    /** Whether calls are sent within the share. */
    synchronized boolean usesShare() {
        return usableShare(time.nanos()).isPresent();
    }

    /** Returns whether that is new. */
    synchronized boolean leave() {
        boolean isNew = !left;
        left = true;
        return isNew;
    }

    synchronized boolean hasLeft() {
        return left;
    }

    /** By how many the plan is divided; 0 if that is not known, since the others may not have counted this replica. */
    private int divisor(long now) {
        int known = (int) replicas.stream()
                .filter(other -> other.divisor() > 0 || other.leaseMicros() > calls.microsOf(now))
                .count();
        return now - introducedNanos < 0 && leastReplicas.isEmpty() ? 0 : Math.max(known, leastReplicas.orElse(0));
    }

    private List<Long> leasesOfOthers() {
        return replicas.stream()
                .filter(other -> other.divisor() > 0 && !other.id().equals(replica))
                .map(BudgetAnswer.Replica::leaseMicros)
                .toList();
    }

    // Calls

    /** Redis has reserved the call. */
    synchronized void reserve(String call, BudgetAnswer answer) {
        own.reserve(call, time.nanos());
        share.ifPresent(part -> part.windows().addUnsent(1)); // it has begun since the request
        calls.addReserved(call, answer.nowMicros() + answer.waitMicros());
    }

    /** Returns 0 if the share has room for the call, else the nanoseconds after which to try again. */
    synchronized long reserveInShare(String call) {
        long now = time.nanos();
        long delay = share.map(part -> part.reserve(now)).orElse(SOON_NANOS);
        if (delay == 0) {
            own.reserve(call, now);
        }
        return delay;
    }

    synchronized void markSent(String call) {
        long now = time.nanos();
        own.markSent(call, now, share.isPresent());
        share.ifPresent(part -> part.windows().markSent(now));
    }

    synchronized void release(String call) {
        own.release(call);
        share.ifPresent(part -> part.windows().release());
    }

    /** It is unknown whether Redis has reserved the call. */
    synchronized void releaseUnknown(String call) {
        own.release(call);
    }

    // What is known here

    private Optional<Share> usableShare(long now) {
        return share.filter(part -> part.isUsable(now));
    }

    synchronized boolean admitsNothing() {
        long now = time.nanos();
        return usableShare(now).filter(part -> part.admitsNothing(now)).isPresent();
    }

    synchronized long delayNanos(int nth) {
        long now = time.nanos();
        return usableShare(now)
                .filter(part -> part.divisor() > 0) // for the smallest share no call waits
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

    synchronized List<BudgetWindow> remaining() {
        long now = time.nanos();
        return usableShare(now).map(part -> part.left(now)).orElseGet(() -> calls.left(now));
    }

    synchronized BudgetSharing sharing() {
        long now = time.nanos();
        return new BudgetSharing(share.isEmpty(), share.map(Share::divisor).orElseGet(() -> Math.max(1, divisor(now))));
    }

    /** By how many the limits of callers are divided; unlike those of the plan, also where the others may not know of this replica. */
    synchronized int replicas() {
        int known = share.map(Share::divisor).orElseGet(() -> divisor(time.nanos()));
        return known > 0 ? known : Math.max(1, replicas.size());
    }

    synchronized UpstreamBackoff backoff() {
        return backoff;
    }

    /** Unless another back-off has replaced the previous one. Returns whether it is replaced. */
    synchronized boolean replaceBackoff(UpstreamBackoff previous, UpstreamBackoff next) {
        boolean replaces = backoff.epoch() == previous.epoch();
        backoff = replaces ? next : backoff;
        return replaces;
    }
}
