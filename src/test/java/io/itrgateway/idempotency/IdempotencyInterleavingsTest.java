package io.itrgateway.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Repeats of one registration in two processes, in random order with all that happens between them: each request to the store and each of its answers
 * takes as long as it likes, callers leave, and Deepvue is unavailable, answers, with 202 too, or fails after it has registered.
 */
@ExtendWith(Hushed.class)
class IdempotencyInterleavingsTest {

    private static final int ORDERS = 2_000;
    private static final int STEPS = 100;

    static IntStream blocks() {
        return IntStream.range(0, 2);
    }

    /** A failure gives the number of its order, which is always the same. */
    @ParameterizedTest
    @MethodSource("blocks")
    void aRegistrationIsMadeOnceAndEachOfItsRepeatsIsAnsweredTruthfully(int block) {
        for (int order = block * ORDERS; order < (block + 1) * ORDERS; order++) {
            var world = new World(order);
            world.passes(STEPS);
            assertThat(world.faults).as("order %d: %s", order, world.log).isEmpty();
        }
    }

    private static final class World {

        private final Random dice;
        private final IdempotencyRoom room =
                new IdempotencyRoom(new TurnableClock(Instant.parse("2026-03-07T06:30:00Z")));
        private final Wire wire = new Wire();
        private final List<IdempotencyService> processes = List.of(room.neighbour(wire, 10), room.neighbour(wire, 10));
        private final List<Caller> waiting = new ArrayList<>();
        private final List<Call> calls = new ArrayList<>();
        private final List<Runnable> onTheWay = new ArrayList<>();
        final List<String> log = new ArrayList<>();
        final List<String> faults = new ArrayList<>();
        private int now;
        /** When a call ended that must not be made again. */
        private int madeAt = Integer.MAX_VALUE;

        World(int order) {
            dice = new Random(order);
        }

        void passes(int steps) {
            for (; now < steps; now++) {
                step();
            }
            // Then nothing new begins, and everything comes to its end.
            for (; (!waiting.isEmpty() || !onTheWay.isEmpty() || !calls.isEmpty()) && now < 10 * steps; now++) {
                arrive();
                calls.stream().findFirst().ifPresent(Call::proceeds);
                room.contexts.pass(RemoteResultPoller.LONGEST_PAUSE);
            }
            if (!waiting.isEmpty()) {
                faults.add("not answered: " + waiting);
            }
        }

        private void step() {
            switch (dice.nextInt(10)) {
                case 0, 1 -> calls();
                case 2, 3, 4, 5 -> arrive();
                case 6, 7 -> any(calls).ifPresent(Call::proceeds);
                case 8 -> room.contexts.pass(RemoteResultPoller.LONGEST_PAUSE);
                default -> {
                    if (dice.nextInt(4) == 0) {
                        any(waiting).ifPresent(Caller::leaves);
                    }
                }
            }
        }

        /** Often the latest, so that others take long. */
        private void arrive() {
            if (!onTheWay.isEmpty()) {
                int latest = onTheWay.size() - 1;
                onTheWay.remove(dice.nextInt(4) > 0 ? latest : dice.nextInt(latest + 1))
                        .run();
            }
        }

        private <T> Optional<T> any(List<T> all) {
            return all.isEmpty() ? Optional.empty() : Optional.of(all.get(dice.nextInt(all.size())));
        }

        private void calls() {
            if (waiting.size() < 5) {
                new Caller(dice.nextInt(processes.size())).begins();
            }
        }

        private void note(String what) {
            log.add(now + " " + what);
        }

        private final class Caller {
            private final int process;
            private final int since = now;
            private Cancellable wait;

            Caller(int process) {
                this.process = process;
            }

            void begins() {
                note("calls " + this);
                waiting.add(this);
                var call = new KeyedCall(
                        "demo",
                        "create-client",
                        Effect.REGISTERS,
                        IdempotencyKey.of(List.of("k-1")).orElseThrow(),
                        List.of(Secret.of("ABCDE1234F"), Secret.of("correct horse 7#")));
                wait = processes
                        .get(process)
                        .run(call, Optional::empty, () -> {}, new Call(this))
                        .subscribe()
                        .with(this::isAnswered, this::fails);
            }

            void leaves() {
                note("leaves " + this);
                waiting.remove(this);
                wait.cancel();
            }

            private void isAnswered(KeptAnswer answer) {
                ends(answer.status() + " " + new String(answer.body(), UTF_8));
                if (answer.status() == 200 && madeAt > now) {
                    faults.add("an answer of no call");
                }
            }

            private void fails(Throwable failure) {
                var kind = ((GatewayException) failure).kind();
                ends(kind.code());
                if (kind == ProblemKind.UPSTREAM_UNAVAILABLE && madeAt < since) {
                    faults.add("not processed, though it was made before " + this);
                }
                if (kind == ProblemKind.UPSTREAM_ERROR && madeAt > now) {
                    faults.add("unknown, though no call was");
                }
            }

            private void ends(String how) {
                note("ends " + this + " with " + how);
                if (!waiting.remove(this)) {
                    faults.add("answered twice or though gone: " + this);
                }
            }

            @Override
            public String toString() {
                return "one at " + process + " since " + since;
            }
        }

        /** Waits for its turn, is sent, and ends. */
        private final class Call implements Work {
            private final Caller caller;
            private UniEmitter<? super KeptAnswer> end;
            private boolean isSent;
            private boolean isWithdrawn;

            Call(Caller caller) {
                this.caller = caller;
            }

            @Override
            public Uni<KeptAnswer> begin() {
                return Uni.createFrom().emitter(emitter -> {
                    note("begins the call of " + caller);
                    end = emitter;
                    if (isWithdrawn) {
                        emitter.fail(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));
                        return;
                    }
                    calls.add(this);
                });
            }

            @Override
            public void withdraw() {
                note("withdraws the call of " + caller);
                if (calls.contains(this) && !isSent) {
                    ends(() -> end.fail(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE)));
                } else {
                    isWithdrawn = true;
                }
            }

            void proceeds() {
                if (!isSent) {
                    note("sends the call of " + caller);
                    if (madeAt < now || calls.stream().anyMatch(each -> each.isSent)) {
                        faults.add("a second call");
                    }
                    isSent = true;
                    return;
                }
                switch (dice.nextInt(5)) {
                    case 0, 1 -> ends(() -> end.fail(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE)));
                    case 2 -> ends(() -> end.complete(new KeptAnswer(202, new byte[0])));
                    case 3 -> {
                        madeAt = now;
                        ends(() -> end.fail(GatewayException.of(ProblemKind.UPSTREAM_ERROR)));
                    }
                    default -> {
                        madeAt = now;
                        ends(() -> end.complete(new KeptAnswer(200, "A".getBytes(UTF_8))));
                    }
                }
            }

            private void ends(Runnable how) {
                note("ends the call of " + caller);
                calls.remove(this);
                how.run();
            }
        }

        /** The store that both share. Now and then a claim has no answer in time, and is released. */
        private final class Wire implements ClaimStore {
            private final Map<Owner, byte[]> released = new HashMap<>();

            private <T> Uni<T> travel(Uni<T> done) {
                return Uni.createFrom()
                        .emitter(emitter -> onTheWay.add(() -> done.subscribe()
                                .with(
                                        answer -> onTheWay.add(() -> emitter.complete(answer)),
                                        failure -> onTheWay.add(() -> emitter.fail(failure)))));
            }

            @Override
            public Uni<ClaimState> claim(ClaimName name, Fingerprint fingerprint, Owner owner) {
                return dice.nextInt(10) > 0
                        ? travel(room.claims.claim(name, fingerprint, owner))
                        : travel(room.claims
                                .claim(name, fingerprint, owner)
                                .chain(lost -> room.claims.release(name, owner, Optional.empty()))
                                .chain(lost -> Uni.createFrom().failure(new IllegalStateException("no answer"))));
            }

            @Override
            public Uni<Void> complete(
                    ClaimName name, Fingerprint fingerprint, Owner owner, Effect effect, byte[] result) {
                return stored(room.claims.complete(name, fingerprint, owner, effect, result));
            }

            @Override
            public Uni<Void> release(ClaimName name, Owner owner, Optional<byte[]> result) {
                return stored(room.claims
                        .release(name, owner, result)
                        .invoke(() -> released.put(owner, result.orElse(new byte[0]))));
            }

            /** The caller is not kept waiting where it takes long. */
            private Uni<Void> stored(Uni<Void> done) {
                return dice.nextBoolean()
                        ? travel(done)
                        : Uni.createFrom()
                                .voidItem()
                                .invoke(() -> travel(done).subscribe().with(end -> {}));
            }

            @Override
            public Uni<ClaimState> find(ClaimName name, Fingerprint fingerprint, Owner owner) {
                return travel(room.claims.find(name, fingerprint, owner).map(state -> {
                    byte[] left = released.get(owner);
                    return left != null && left.length > 0 ? new ClaimState.Completed(left) : state;
                }));
            }
        }
    }
}
