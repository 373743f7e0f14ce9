package io.itrgateway.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MemoryReservationTest {

    private final MemoryReservation.Memory memory = new MemoryReservation.Memory(100);
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final MemoryReservation held = memory.open("one");

    private Uni<String> exchange() {
        return held.during(() -> Uni.createFrom().completionStage(answer));
    }

    @Test
    void moreThanThereIsIsRefusedAndTakesNothing() {
        held.during(() -> {
                    held.take(60);
                    return exchange();
                })
                .subscribe()
                .with(never -> {});

        assertThat(memory.open("one").take(41)).isFalse();
        assertThat(memory.heldBytes()).isEqualTo(60);
    }

    @Test
    void aCallerWithManyRequestsLeavesMemoryToOthers() {
        for (int requests = 0; requests < 10; requests++) {
            takes("one", 20);
        }

        assertThat(memory.heldBytes()).isEqualTo(60);
        assertThat(takes("two", 20)).isTrue();
    }

    @Test
    void theOnlyRequestOfACallerMayTakeAllThatIsLeft() {
        held.during(() -> {
                    assertThat(held.take(60)).isTrue();
                    assertThat(held.take(40)).isTrue();
                    assertThat(held.take(1)).isFalse();
                    return exchange();
                })
                .subscribe()
                .with(never -> {});

        assertThat(memory.heldBytes()).isEqualTo(100);
    }

    private boolean takes(String caller, int bytes) {
        var taken = new AtomicBoolean();
        var request = memory.open(caller);
        request.during(() -> {
                    taken.set(request.take(bytes));
                    return Uni.createFrom().nothing();
                })
                .subscribe()
                .with(never -> {});
        return taken.get();
    }

    @Test
    void theEndGivesItBack() {
        held.during(() -> Uni.createFrom().item(held.take(60))).subscribe().with(taken -> {});

        assertThat(memory.heldBytes()).isZero();
    }

    @Test
    void aFailureGivesItBack() {
        held.during(() -> {
                    held.take(60);
                    throw new IllegalStateException();
                })
                .subscribe()
                .with(never -> {}, failure -> {});

        assertThat(memory.heldBytes()).isZero();
    }

    /** As where a caller leaves while its answer, or its failure, is on the way to the context of its request. */
    @Test
    void anEndThatIsFollowedByACancellationCountsOnce() {
        List<Runnable> onTheWay = new ArrayList<>();
        var call = exchange().subscribe().with(never -> {});
        var caller = held.during(() -> Uni.createFrom().item(held.take(60)))
                .emitOn(onTheWay::add)
                .subscribe()
                .with(never -> {});

        caller.cancel();
        assertThat(onTheWay).hasSize(1);
        assertThat(memory.heldBytes()).isEqualTo(60);
        call.cancel();

        assertThat(held.take(10)).isFalse();
        assertThat(memory.heldBytes()).isZero();
    }

    /** The caller has left, and the call is at Deepvue. */
    @Test
    void anExchangeThatGoesOnHoldsItToItsEnd() {
        var caller = held.during(() -> {
                    held.take(60);
                    exchange().subscribe().with(answered -> {}, failed -> {});
                    return Uni.createFrom().nothing();
                })
                .subscribe()
                .with(never -> {});

        caller.cancel();
        assertThat(memory.heldBytes()).isEqualTo(60);
        answer.complete("answer");

        assertThat(memory.heldBytes()).isZero();
    }

    /** As with an Idempotency-Key, whose call is begun when its caller has left already. */
    @Test
    void workThatBeginsLateHoldsItAgain() {
        held.during(() -> Uni.createFrom().item(held.take(60))).subscribe().with(taken -> {});

        exchange().subscribe().with(answered -> {}, failed -> {});
        assertThat(memory.heldBytes()).isEqualTo(60);
        answer.completeExceptionally(new IllegalStateException());

        assertThat(memory.heldBytes()).isZero();
    }

    @Test
    void memoryReservedAfterTheLastHolderHasLeftIsNotKept() {
        held.during(() -> Uni.createFrom().item(held.take(10))).await().indefinitely();

        assertThat(held.take(10)).isFalse();
        assertThat(memory.heldBytes()).isZero();
    }
}
