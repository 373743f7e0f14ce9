package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Memory of 100 bytes. */
class AnswerMemoryTest {

    private static final Runnable NEVER = () -> {
        throw new AssertionError("granted");
    };

    private final List<String> granted = new ArrayList<>();
    private final AnswerMemory memory = new AnswerMemory(100);

    @Test
    void whereNothingIsLeftOneGoesBeyondTheLimitAndTheNextWaits() {
        memory.lease().acquire(100, NEVER);

        assertThat(memory.lease().acquire(30, NEVER)).isTrue();
        assertThat(memory.lease().acquire(30, grants("third"))).isFalse();
        assertThat(granted).isEmpty();
    }

    @Test
    void theOneBeyondTheLimitNeverWaits() {
        memory.lease().acquire(100, NEVER);
        var beyond = memory.lease();
        beyond.acquire(1, NEVER);
        memory.lease().acquire(1, grants("waiting"));

        assertThat(beyond.acquire(1_000, NEVER)).isTrue();
    }

    @Test
    void thoseWhoWaitAreGrantedInTheirOrderAsMemoryIsGivenBack() {
        var full = memory.lease();
        full.acquire(100, NEVER);
        var beyond = memory.lease();
        beyond.acquire(1, NEVER);
        memory.lease().acquire(60, grants("first"));
        memory.lease().acquire(30, grants("second"));
        memory.lease().acquire(30, grants("third"));

        full.close();

        // the first within the limit, the second too; the third is one too many
        assertThat(granted).containsExactly("first", "second");
    }

    @Test
    void whenTheOneBeyondTheLimitEndsTheNextMayBe() {
        memory.lease().acquire(100, NEVER);
        var beyond = memory.lease();
        beyond.acquire(1, NEVER);
        memory.lease().acquire(500, grants("next"));

        beyond.close();

        assertThat(granted).containsExactly("next");
    }

    @Test
    void waitingCallsAreServedInOrder() {
        var held = memory.lease();
        held.acquire(90, NEVER);
        memory.lease().acquire(20, NEVER);
        memory.lease().acquire(50, grants("waiting"));
        held.shrinkTo(60);

        assertThat(memory.lease().acquire(1, grants("later"))).isFalse();
        assertThat(granted).isEmpty();
    }

    @Test
    void whoHasClosedGetsNothingAndHoldsNothing() {
        var closed = memory.lease();
        closed.acquire(100, NEVER);
        var beyond = memory.lease();
        beyond.acquire(1, NEVER);
        var left = memory.lease();
        left.acquire(1, NEVER);

        left.close();
        closed.close();
        closed.close();
        beyond.close();

        assertThat(closed.acquire(1, NEVER)).isFalse();
        assertThat(memory.isFull()).isFalse();
        assertThat(memory.lease().acquire(100, NEVER)).isTrue();
    }

    @Test
    void aBodyThatIsSentToSeveralCallersCountsOnceAndUntilTheLastHasIt() {
        byte[] body = new byte[100];
        memory.hold(body);
        memory.hold(body);
        assertThat(memory.isFull()).isTrue();

        memory.release(body);
        assertThat(memory.isFull()).isTrue();

        memory.release(body);
        assertThat(memory.isFull()).isFalse();
    }

    @Test
    void equalBodiesOfDifferentAnswersCountEach() {
        byte[] body = new byte[60];
        memory.hold(body);
        memory.hold(body.clone());

        assertThat(memory.isFull()).isTrue();
    }

    @Test
    void whateverIsAskedForEveryAnswerGetsAllThatItNeedsInTheEnd() {
        var random = new Random(1);
        Deque<Growing> running = new ArrayDeque<>();
        int begun = 0;
        int ended = 0;
        while (ended < 1_000) {
            if (begun < 1_000 && random.nextInt(3) > 0) {
                running.add(new Growing(memory.lease(), 1 + random.nextInt(60), random));
                begun++;
            }
            var next = running.poll();
            if (next != null && next.isWaiting || next != null && next.takesMore()) {
                running.add(next);
            } else if (next != null) {
                next.lease.close();
                ended++;
            }
            assertThat(running.isEmpty() || running.stream().anyMatch(one -> !one.isWaiting))
                    .isTrue();
        }
        assertThat(memory.lease().acquire(100, NEVER)).isTrue();
    }

    private Runnable grants(String name) {
        return () -> granted.add(name);
    }

    /** An answer that takes a part of what it needs at a time. */
    private static final class Growing {
        private final AnswerMemory.Lease lease;
        private final Random random;
        private int needed;
        private boolean isWaiting;

        private Growing(AnswerMemory.Lease lease, int needed, Random random) {
            this.lease = lease;
            this.needed = needed;
            this.random = random;
        }

        /** @return false if it has all */
        private boolean takesMore() {
            if (needed == 0) {
                return false;
            }
            int part = 1 + random.nextInt(needed);
            needed -= part;
            isWaiting = !lease.acquire(part, () -> isWaiting = false);
            return true;
        }
    }
}
