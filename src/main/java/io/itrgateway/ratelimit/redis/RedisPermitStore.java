package io.itrgateway.ratelimit.redis;

import static io.itrgateway.ratelimit.redis.BudgetAnswer.DONE;

import io.itrgateway.ratelimit.Admission;
import io.itrgateway.ratelimit.BudgetSharing;
import io.itrgateway.ratelimit.PermitStore;
import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.RateLimitMeter;
import io.itrgateway.ratelimit.Scheduler;
import io.itrgateway.ratelimit.UpstreamBackoff;
import io.itrgateway.redis.RedisAway;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The calls of all replicas, in Redis; and this replica's share of the plan while Redis is away. The package's description has the protocol
 * and why it keeps the plan.
 */
final class RedisPermitStore implements PermitStore {

    /** Other replicas release slots, too: a deferred call tries again after this time at the latest. */
    private static final Duration LONGEST_DEFERRAL = Duration.ofSeconds(1);

    /** What tries again at the same time on all replicas is spread over this time. */
    private static final long SPREAD_NANOS = Duration.ofMillis(10).toNanos();

    private final boolean unlimited;
    private final BudgetScripts scripts;
    private final Scheduler time;

    /** Guarded by itself. */
    private final ReplicaState state;

    private final Heartbeat heartbeat;

    RedisPermitStore(
            Plan plan, OptionalInt leastReplicas, BudgetScripts scripts, Scheduler time, RateLimitMeter meter) {
        this.unlimited = plan.windows().isEmpty();
        this.scripts = scripts;
        this.time = time;
        this.state = new ReplicaState(plan, leastReplicas, scripts.spacing(), time.nanos());
        this.heartbeat = new Heartbeat(state, unlimited, scripts, time, meter);
    }

    /** Redis has been found. */
    void found() {
        heartbeat.found();
    }

    /** Redis has been lost. */
    void lost() {
        heartbeat.lost();
    }

    @Override
    public boolean isUnlimited() {
        return unlimited;
    }

    @Override
    public Uni<Admission> reserve() {
        return Uni.createFrom().deferred(() -> {
            String call;
            BudgetScripts.Sender sender;
            long now = time.nanos();
            synchronized (state) {
                call = state.nextName(now);
                if (state.share().isPresent()) {
                    return reserveInShare(call, now);
                }
                sender = state.sender(now, true);
            }
            return scripts.reserve(sender, call)
                    .onItem()
                    .transformToUni(answer -> reserved(call, now, answer))
                    .onFailure()
                    .recoverWithUni(() -> notReserved(call));
        });
    }

    private Uni<Admission> reserved(String call, long requestedNanos, BudgetAnswer answer) {
        long now = time.nanos();
        heartbeat.apply(answer);
        long waitNanos = answer.waitMicros() * 1_000;
        if (answer.status() != DONE) {
            // Earlier by the way there and back, so that a distant replica gets its turns, too.
            return deferred(Math.max(0, waitNanos - (now - requestedNanos)));
        }
        synchronized (state) {
            state.reserve(call, answer, now);
        }
        var admitted = new Admission.Admitted(new Held(call));
        return waitNanos == 0
                ? Uni.createFrom().item(admitted)
                : Uni.createFrom().emitter(slot -> time.in(waitNanos, () -> slot.complete(admitted)));
    }

    private Uni<Admission> notReserved(String call) {
        synchronized (state) {
            state.releaseUnknown(call);
        }
        heartbeat.lost();
        return reserve();
    }

    private Uni<Admission> reserveInShare(String call, long now) {
        if (state.admitsNothing(now)) {
            return Uni.createFrom().failure(new RedisAway("no share"));
        }
        long delay = state.reserveInShare(call, now);
        return delay > 0 ? deferred(delay) : Uni.createFrom().item(new Admission.Admitted(new Held(call)));
    }

    private static Uni<Admission> deferred(long nanos) {
        long spread = ThreadLocalRandom.current().nextLong(SPREAD_NANOS);
        var delay = Duration.ofNanos(Math.min(nanos, LONGEST_DEFERRAL.toNanos()) + spread);
        return Uni.createFrom().item(new Admission.Deferred(delay));
    }

    /** A reserved call. */
    private final class Held implements Reservation {
        private final String call;

        private Held(String call) {
            this.call = call;
        }

        @Override
        public void markSent() {
            synchronized (state) {
                state.markSent(call, time.nanos());
            }
        }

        @Override
        public void release() {
            synchronized (state) {
                state.release(call);
            }
        }
    }

    @Override
    public void leave() {
        heartbeat.leave();
    }

    @Override
    public boolean admitsNothing() {
        synchronized (state) {
            return state.admitsNothing(time.nanos());
        }
    }

    @Override
    public long delayNanos(int nth) {
        synchronized (state) {
            return unlimited ? 0 : state.delayNanos(nth, time.nanos());
        }
    }

    @Override
    public List<Left> left() {
        synchronized (state) {
            return state.left(time.nanos());
        }
    }

    @Override
    public Optional<BudgetSharing> sharing() {
        synchronized (state) {
            return unlimited ? Optional.empty() : Optional.of(state.sharing(time.nanos()));
        }
    }

    @Override
    public UpstreamBackoff backoff() {
        synchronized (state) {
            return state.backoff();
        }
    }

    @Override
    public boolean replaceBackoff(UpstreamBackoff previous, UpstreamBackoff next) {
        synchronized (state) {
            if (state.backoff().epoch() != previous.epoch()) {
                return false;
            }
            state.setBackoff(next);
        }
        heartbeat.sync();
        return true;
    }

    @Override
    public void onChange(Runnable listener) {
        heartbeat.onChange(listener);
    }
}
