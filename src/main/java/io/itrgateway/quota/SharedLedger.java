package io.itrgateway.quota;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The book that all replicas write in, as one of them uses it; and what this one does while it cannot be reached.
 *
 * <p><b>Together.</b> A call is booked in one step for a slot that comes soon, and goes when the slot has come, without being asked for
 * again: so slots go round among those who ask, and a way that takes long costs nothing. The book counts a call as unsent until it hears
 * that it went out ({@link SlidingWindows} says why that is what keeps the plan), or for a hold that every beat prolongs. A copy of the
 * book's windows, brought up to date by every answer, says when the n-th call from now has its turn: with as many others in between as
 * there are replicas whose calls wait.
 *
 * <p><b>Alone.</b> When a step fails, this replica goes on by itself, with the plan divided by the replicas that were seen last. Its
 * windows begin with its part of all that was in the book; inside a second, which is too short to be divided, they take turns by the book's
 * clock, and count what the others sent in the last moment. So all of them together stay within the plan if all of them are
 * alone. One that has never seen the book, and was not told how many there are, sends one call a minute.
 *
 * <p><b>Together again.</b> Others may have been alone as well, and have told nothing yet. So whoever comes back first has all pause, then
 * tells what he sent, and is heard of; all go on when everybody was heard of, or must have been. A book that has forgotten is told everything
 * that is known here.
 */
final class SharedLedger implements Ledger {

    private static final Uni<Admission> ADMITTED = Uni.createFrom().item(Admission.ADMITTED);

    static final Duration BEAT = Duration.ofMillis(250);

    /** In which others may have sent what is not known here. */
    private static final Duration LAST_MOMENT = Duration.ofMillis(1_050);

    /** Longer than it takes a replica to find that the book is back. */
    static final Duration PAUSE = Duration.ofMillis(1_500);

    private static final Duration JUST_BACK = PAUSE.plusSeconds(1);

    static final Duration HOLD = Duration.ofSeconds(3);
    static final Duration HORIZON = Duration.ofMillis(500);
    static final Duration PRESENCE = Duration.ofSeconds(5);

    /** Within which a book that has forgotten has heard of all replicas again. */
    private static final Duration HEARD_AGAIN = Duration.ofSeconds(3);

    /** The longest time after which is asked again, since others give places back, or the book is found. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Of single calls the book knows those of the last minute. */
    private static final long REMEMBERED_MICROS = Duration.ofSeconds(61).toNanos() / 1_000;

    private static final long MICROS_A_MINUTE = 60_000_000;
    private static final int MINUTES_REMEMBERED = 25 * 60;

    /** Beyond it, forecasts go on at the pace up to there. */
    private static final int FURTHEST_FORECAST = 10_000;

    private static final int MOST_TOLD_AT_ONCE = 1_000;
    private static final int MOST_DOUBTFUL = 64;

    /**
     * A call that has a place and has not gone out.
     *
     * @param alone the windows of one who is alone in which it is booked; empty if it is booked in the book
     */
    private record Place(String call, Optional<SlidingWindows> alone) {}

    /** A call that went out and that the book has not heard of. */
    private record Untold(String call, long nanos) {}

    private final Plan plan;
    private final OptionalInt leastReplicas;
    private final SharedBook book;
    private final Timekeeper time;
    private final QuotaMeter meter;
    private final String replica = UUID.randomUUID().toString();

    /** Guards what follows. Held for moments only. */
    private final Object lock = new Object();

    private SlidingWindows copy;
    /** The windows of a replica that is alone; null while it is not. */
    private SlidingWindows alone;

    private final Deque<Place> places = new ArrayDeque<>();
    private final Deque<Untold> untold = new ArrayDeque<>();
    /** Calls that may have been booked although the answer did not come. */
    private final Deque<String> doubtful = new ArrayDeque<>();
    /** When calls of all replicas were sent, of the last minute, by the book's clock. */
    private final Deque<Long> remembered = new ArrayDeque<>();
    /** Calls of all replicas by the minute of the book's clock. */
    private final TreeMap<Long, Integer> minutes = new TreeMap<>();

    private long calls;
    private long newestMicros;
    private long revision;
    private long pageMicros;
    private long pageNanos;
    private int rivals;
    private int replicasSeen;
    private long replicasSeenNanos;
    private OptionalInt rank = OptionalInt.empty();
    private boolean dayIsRead;
    private boolean hasForgotten;
    private boolean rejoining;
    /** The windows of when this one was alone last. */
    private SlidingWindows before;

    private long backNanos;

    /** The second in which calls of before and those of one who is alone meet; null when that is over. */
    private SlidingWindows firstMoment;

    private long firstMomentEnds;
    private boolean closed;

    /** @param leastReplicas how many there are at least, where somebody said so */
    SharedLedger(Plan plan, OptionalInt leastReplicas, SharedBook book, Timekeeper time, QuotaMeter meter) {
        this.plan = plan;
        this.leastReplicas = leastReplicas;
        this.book = book;
        this.time = time;
        this.meter = meter;
        this.copy = windowsOfAll();
        book.open(new SharedBook.Terms(
                plan.windows(), SlidingWindows.JITTER, Duration.ofNanos(copy.spacingNanos()), HOLD, HORIZON, PRESENCE));
        book.watch(this::found, this::lost);
        beatOn();
    }

    private SlidingWindows windowsOfAll() {
        return new SlidingWindows(plan, SlidingWindows.JITTER, true);
    }

    @Override
    public boolean isUnlimited() {
        return copy.isUnlimited();
    }

    // ---- booking ----------------------------------------------------------------------------------------------------

    @Override
    public Uni<Admission> book() {
        return isUnlimited() ? ADMITTED : Uni.createFrom().deferred(this::bookedHereOrThere);
    }

    private Uni<Admission> bookedHereOrThere() {
        String call;
        OptionalLong notAfter;
        SharedBook.Known known;
        synchronized (lock) {
            if (alone != null) {
                return bookedAlone();
            }
            call = nextCall();
            known = known();
            notAfter = pageMicros == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(
                            pageMicros + (time.nanos() - pageNanos + SharedBook.LONGEST_WAIT.toNanos()) / 1_000);
        }
        return book.book(call, notAfter, known)
                .onItem()
                .transformToUni(page -> booked(call, page))
                .onFailure()
                .recoverWithUni(failure -> notBooked(call));
    }

    private String nextCall() {
        return replica + ':' + calls++;
    }

    private Uni<Admission> booked(String call, SharedBook.Page page) {
        synchronized (lock) {
            read(page);
            if (page.done()) {
                places.add(new Place(call, Optional.empty()));
            }
        }
        long nanos = page.waitMicros() * 1_000;
        if (!page.done()) {
            return Uni.createFrom().item(new Admission.Deferred(sooner(nanos)));
        }
        return nanos == 0
                ? ADMITTED
                : Uni.createFrom().emitter(slot -> time.in(nanos, () -> slot.complete(Admission.ADMITTED)));
    }

    private Uni<Admission> notBooked(String call) {
        synchronized (lock) {
            if (doubtful.size() < MOST_DOUBTFUL) {
                doubtful.add(call);
            }
            goAlone();
            return bookedAlone();
        }
    }

    private Uni<Admission> bookedAlone() {
        synchronized (lock) {
            if (alone == null) {
                return Uni.createFrom().item(new Admission.Deferred(Duration.ofMillis(1)));
            }
            long now = time.nanos();
            long first = firstMomentNanos(now);
            long delay = first > 0 ? first : alone.book(now);
            if (delay > 0) {
                return Uni.createFrom().item(new Admission.Deferred(sooner(delay)));
            }
            if (firstMoment != null) {
                firstMoment.sentElsewhere(now);
            }
            places.add(new Place(nextCall(), Optional.of(alone)));
            return ADMITTED;
        }
    }

    private static Duration sooner(long nanos) {
        return Duration.ofNanos(Math.min(nanos, SOON.toNanos()));
    }

    @Override
    public void sent() {
        if (isUnlimited()) {
            return;
        }
        Untold gone;
        synchronized (lock) {
            Place place = places.pollFirst();
            gone = new Untold(place != null ? place.call() : nextCall(), time.nanos());
            untold.add(gone);
            forgetOldUntold();
            if (alone != null) {
                count(place, alone, gone.nanos());
                return;
            }
            if (isJustBack(gone.nanos())) {
                count(place, before, gone.nanos());
            }
        }
        tell(List.of(gone)).subscribe().with(told -> {}, failure -> lost());
    }

    private static void count(Place place, SlidingWindows in, long nanos) {
        if (place != null && place.alone().filter(in::equals).isPresent()) {
            in.sent(nanos);
        } else {
            in.sentElsewhere(nanos);
        }
    }

    private void forgetOldUntold() {
        long longest = plan.windows().stream()
                .mapToLong(window -> window.length().toNanos())
                .max()
                .orElse(0);
        while (!untold.isEmpty() && time.nanos() - untold.getFirst().nanos() > longest) {
            untold.removeFirst();
        }
    }

    /** What the book has confirmed is not told again. */
    private Uni<SharedBook.Page> tell(List<Untold> gone) {
        List<SharedBook.Sent> sent;
        SharedBook.Known known;
        synchronized (lock) {
            long now = time.nanos();
            sent = gone.stream()
                    .map(one -> new SharedBook.Sent(one.call(), Math.max(0, now - one.nanos()) / 1_000))
                    .toList();
            known = known();
        }
        return book.sent(sent, known).invoke(page -> {
            synchronized (lock) {
                gone.forEach(untold::remove);
                read(page);
            }
        });
    }

    @Override
    public void unsent() {
        if (isUnlimited()) {
            return;
        }
        Place place;
        SharedBook.Known known;
        synchronized (lock) {
            place = places.pollFirst();
            known = known();
            if (place == null) {
                return;
            }
            if (place.alone().isPresent()) {
                place.alone().get().unsent();
                return;
            }
        }
        book.unsent(List.of(place.call()), known).subscribe().with(this::readLocked, failure -> lost());
    }

    // ---- reading ----------------------------------------------------------------------------------------------------

    private void readLocked(SharedBook.Page page) {
        synchronized (lock) {
            read(page);
        }
    }

    private void read(SharedBook.Page page) {
        if (page.nowMicros() < pageMicros) {
            return; // answers may overtake each other on their way here
        }
        pageMicros = page.nowMicros();
        pageNanos = time.nanos();
        if (page.whole()) {
            newestMicros = 0;
            remembered.clear();
        }
        revision = Math.max(0, page.revision());
        for (long micros : page.sentMicros()) {
            if (micros > newestMicros) {
                newestMicros = micros;
                remembered.addLast(micros);
                if (!page.whole()) {
                    copy.sentElsewhere(nanosOf(micros));
                }
            }
        }
        if (page.whole()) {
            copyAnew();
        }
        while (!remembered.isEmpty() && remembered.getFirst() < pageMicros - REMEMBERED_MICROS) {
            remembered.removeFirst();
        }
        copy.bookedElsewhere(page.unsent(), nanosOf(page.nextMicros()));
        rivals = page.rivals();
    }

    private SharedBook.Known known() {
        return new SharedBook.Known(newestMicros, revision);
    }

    private long nanosOf(long micros) {
        return pageNanos - (pageMicros - micros) * 1_000;
    }

    @Override
    public long delayNanos(int nth) {
        synchronized (lock) {
            if (isUnlimited()) {
                return 0;
            }
            return alone != null
                    ? Math.max(firstMomentNanos(time.nanos()), alone.delayNanos(nth, time.nanos()))
                    : delayAmongRivalsNanos((long) nth * (1 + rivals));
        }
    }

    private long delayAmongRivalsNanos(long nth) {
        long foreseen = Math.min(nth, FURTHEST_FORECAST);
        return copy.delayNanos((int) foreseen, time.nanos()) * nth / foreseen;
    }

    @Override
    public List<Left> left() {
        synchronized (lock) {
            return (alone != null ? alone : copy).left(time.nanos());
        }
    }

    @Override
    public Optional<Sharing> sharing() {
        synchronized (lock) {
            return isUnlimited() ? Optional.empty() : Optional.of(new Sharing(alone == null, divisor()));
        }
    }

    // ---- being there ------------------------------------------------------------------------------------------------

    private void beatOn() {
        if (!isUnlimited()) {
            time.in(BEAT.toNanos(), this::beat);
        }
    }

    private void beat() {
        boolean isAlone;
        synchronized (lock) {
            if (closed) {
                return;
            }
            isAlone = alone != null;
        }
        beatOn();
        if (isAlone) {
            rejoin();
        } else {
            heard().subscribe().with(page -> {}, failure -> lost());
        }
    }

    /** Says that this one is there, and reads what is new of the day. */
    private Uni<SharedBook.Page> heard() {
        List<String> unsent;
        long fromMinute;
        SharedBook.Known known;
        synchronized (lock) {
            unsent = places.stream()
                    .filter(place -> place.alone().isEmpty())
                    .map(Place::call)
                    .toList();
            fromMinute = firstMinuteToRead();
            known = known();
        }
        return book.beat(unsent, fromMinute, known).invoke(page -> {
            synchronized (lock) {
                read(page);
                countReplicas(page);
                minutes.putAll(page.minutes());
                minutes.headMap(page.nowMicros() / MICROS_A_MINUTE - MINUTES_REMEMBERED)
                        .clear();
                if (!dayIsRead) {
                    dayIsRead = true;
                    copyAnew();
                }
            }
        });
    }

    /** Fewer than before are believed only when that has been so for a while: a book that has forgotten hears of them one by one. */
    private void countReplicas(SharedBook.Page page) {
        boolean fewer = page.replicas() < replicasSeen;
        if (!fewer || time.nanos() - replicasSeenNanos > HEARD_AGAIN.toNanos()) {
            replicasSeen = page.replicas();
            replicasSeenNanos = time.nanos();
            rank = page.rank();
        }
    }

    private long firstMinuteToRead() {
        if (plan.perDay() == 0) {
            return Long.MAX_VALUE;
        }
        return dayIsRead ? pageMicros / MICROS_A_MINUTE - 1 : 0;
    }

    /** Of what is more than a minute ago no more is known than the minute. */
    private void copyAnew() {
        copy = windowsOfAll();
        long longAgo = pageMicros - REMEMBERED_MICROS;
        minutes.headMap(longAgo / MICROS_A_MINUTE, true).forEach((minute, booked) -> {
            long known = remembered.stream()
                    .filter(micros -> micros / MICROS_A_MINUTE == minute)
                    .count();
            for (long call = known; call < booked; call++) {
                copy.sentElsewhere(nanosOf(Math.min((minute + 1) * MICROS_A_MINUTE, longAgo)));
            }
        });
        remembered.forEach(micros -> copy.sentElsewhere(nanosOf(micros)));
    }

    @Override
    public void leave() {
        synchronized (lock) {
            if (closed || isUnlimited()) {
                return;
            }
            closed = true;
        }
        book.leave().subscribe().with(left -> {}, failure -> {});
    }

    // ---- alone, and together again ----------------------------------------------------------------------------------

    private void lost() {
        synchronized (lock) {
            goAlone();
        }
    }

    private void goAlone() {
        if (alone != null || closed || isUnlimited()) {
            return;
        }
        long now = time.nanos();
        int replicas = divisor();
        if (replicas == 0) {
            alone = new SlidingWindows(
                    List.of(new Window("minute", 1, Duration.ofMinutes(1))), SlidingWindows.JITTER, false);
        } else {
            alone = startAlone(replicas, now);
            if (isJustBack(now)) {
                alone.countAsMuchAs(before, now);
            }
            if (copy.spacingNanos() > 0) {
                alone.takeTurns(Turns.of(rank(replicas), replicas, copy.spacingNanos(), nanosOf(0)));
                startFirstMoment(replicas, now);
            }
        }
        meter.alone(replicas);
    }

    private SlidingWindows startAlone(int replicas, long now) {
        var windows = new SlidingWindows(plan.windowsOfOneOf(replicas), SlidingWindows.JITTER, false);
        windows.takeOver(copy, replicas, now);
        addUnheard(windows, replicas, now);
        return windows;
    }

    /** What the others may have sent since this one heard of them last. */
    private void addUnheard(SlidingWindows windows, int replicas, long now) {
        long unheard = copy.spacingNanos() == 0 ? 0 : (now - pageNanos) / copy.spacingNanos();
        for (long call = 0; call < unheard; call += replicas) {
            windows.sentElsewhere(now);
        }
    }

    /**
     * The book's slots and the turns do not know of each other: while calls of both can be in one second, all of them count there, those
     * with a place that have not gone out as going out as late as they can.
     */
    private void startFirstMoment(int replicas, long now) {
        Window second = plan.windows().get(0);
        firstMomentEnds = now + HORIZON.plus(LAST_MOMENT).toNanos();
        int quota = second.quota() / replicas;
        if (quota == 0) {
            firstMoment = null;
            alone.notBefore(firstMomentEnds);
            return;
        }
        firstMoment = new SlidingWindows(
                List.of(new Window(second.name(), quota, second.length())), SlidingWindows.JITTER, false);
        firstMoment.takeOver(copy, replicas, now + HORIZON.toNanos());
        addUnheard(firstMoment, replicas, now);
    }

    /** Nanoseconds until a further call may go in the first moment alone; 0 for now, or when that is over. */
    private long firstMomentNanos(long now) {
        if (firstMoment != null && now - firstMomentEnds >= 0) {
            firstMoment = null;
        }
        return firstMoment == null ? 0 : firstMoment.delayNanos(1, now);
    }

    /**
     * Whether the others may not have told yet what they sent alone, so that the book, and the copy of it, lack that; while what was left to
     * this one alone lacks what all have sent together since.
     */
    private boolean isJustBack(long now) {
        return before != null && now - backNanos < JUST_BACK.toNanos();
    }

    /** What the plan is divided by for one who is alone; 0 if nobody knows. */
    private int divisor() {
        return Math.max(replicasSeen, leastReplicas.orElse(0));
    }

    /** Whoever was told how many there are and not which of them he is takes any of their turns. */
    private int rank(int replicas) {
        return rank.orElse(Math.floorMod(replica.hashCode(), replicas));
    }

    private void found(boolean forgot) {
        synchronized (lock) {
            if (forgot && pageMicros != 0) {
                hasForgotten = true;
            }
        }
        rejoin();
    }

    private void rejoin() {
        synchronized (lock) {
            if (rejoining || isUnlimited() || closed) {
                return;
            }
            rejoining = true;
        }
        paused().chain(this::recalled)
                .chain(this::told)
                .chain(this::heard)
                .subscribe()
                .with(page -> rejoined(), failure -> {
                    synchronized (lock) {
                        rejoining = false;
                    }
                    lost();
                });
    }

    private Uni<Void> paused() {
        int untilHeard;
        synchronized (lock) {
            if (alone == null && !hasForgotten) {
                return Uni.createFrom().voidItem();
            }
            untilHeard = hasForgotten ? 0 : replicasSeen;
        }
        return book.pause(PAUSE, untilHeard).replaceWithVoid();
    }

    private Uni<Void> recalled() {
        List<Long> sent;
        Map<Long, Integer> days;
        synchronized (lock) {
            if (!hasForgotten) {
                return Uni.createFrom().voidItem();
            }
            sent = List.copyOf(remembered);
            days = Map.copyOf(minutes);
        }
        Uni<Void> all = book.recall(List.of(), days).replaceWithVoid();
        for (int from = 0; from < sent.size(); from += MOST_TOLD_AT_ONCE) {
            List<Long> some = sent.subList(from, Math.min(sent.size(), from + MOST_TOLD_AT_ONCE));
            all = all.chain(() -> book.recall(some, Map.of())).replaceWithVoid();
        }
        return all.invoke(() -> {
            synchronized (lock) {
                hasForgotten = false;
            }
        });
    }

    private Uni<Void> told() {
        List<Untold> some;
        synchronized (lock) {
            some = untold.stream().limit(MOST_TOLD_AT_ONCE).toList();
        }
        return some.isEmpty() ? Uni.createFrom().voidItem() : tell(some).chain(this::told);
    }

    private void rejoined() {
        List<String> gaveBack;
        List<Untold> rest;
        SharedBook.Known known;
        boolean wasAlone;
        synchronized (lock) {
            rejoining = false;
            wasAlone = alone != null;
            if (wasAlone && divisor() > 0) {
                before = alone;
                backNanos = time.nanos();
            }
            alone = null;
            gaveBack = List.copyOf(doubtful);
            doubtful.clear();
            rest = List.copyOf(untold);
            known = known();
        }
        if (!rest.isEmpty()) {
            tell(rest).subscribe().with(told -> {}, failure -> lost());
        }
        if (!gaveBack.isEmpty()) {
            book.unsent(gaveBack, known).subscribe().with(this::readLocked, failure -> lost());
        }
        if (wasAlone) {
            meter.together();
        }
    }
}
