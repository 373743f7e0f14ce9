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

    private static final String CALLER = "one";
    private static final int BODY_BYTES = 20;

    private final List<String> granted = new ArrayList<>();
    private final AnswerMemory memory = new AnswerMemory(100);

    @Test
    void whereNothingIsLeftOneGoesBeyondTheLimitAndTheNextWaits() {
        lease().acquire(100, NEVER);

        assertThat(lease().acquire(30, NEVER)).isTrue();
        assertThat(lease().acquire(30, grants("third"))).isFalse();
        assertThat(granted).isEmpty();
    }

    @Test
    void theOneBeyondTheLimitNeverWaits() {
        lease().acquire(100, NEVER);
        var beyond = lease();
        beyond.acquire(1, NEVER);
        lease().acquire(1, grants("waiting"));

        assertThat(beyond.acquire(1_000, NEVER)).isTrue();
    }

    @Test
    void waitingAnswersGetMemoryInTheirOrderAsItIsGivenBack() {
        var full = lease();
        full.acquire(100, NEVER);
        var beyond = lease();
        beyond.acquire(1, NEVER);
        lease().acquire(30, grants("first"));
        lease().acquire(30, grants("second"));
        lease().acquire(30, grants("third"));

        full.close();

        // the first within its caller's share, the second too; the third is one too many
        assertThat(granted).containsExactly("first", "second");
    }

    @Test
    void whenTheOneBeyondTheLimitEndsTheNextMayBe() {
        lease().acquire(100, NEVER);
        var beyond = lease();
        beyond.acquire(1, NEVER);
        lease().acquire(500, grants("next"));

        beyond.close();

        assertThat(granted).containsExactly("next");
    }

    @Test
    void waitingCallsAreServedInOrder() {
        var full = lease();
        full.acquire(100, NEVER);
        lease().acquire(1, NEVER); // beyond the limit
        lease().acquire(100, grants("waiting"));
        full.close();

        assertThat(lease().acquire(1, grants("later"))).isFalse();
        assertThat(granted).isEmpty();
    }

    @Test
    void whoHasClosedGetsNothingAndHoldsNothing() {
        var closed = lease();
        closed.acquire(100, NEVER);
        var beyond = lease();
        beyond.acquire(1, NEVER);
        var left = lease();
        left.acquire(1, NEVER);

        left.close();
        closed.close();
        closed.close();
        beyond.close();

        assertThat(closed.acquire(1, NEVER)).isFalse();
        assertThat(memory.isFull(CALLER)).isFalse();
        assertThat(lease().acquire(100, NEVER)).isTrue();
    }

    @Test
    void aBodyThatIsSentToSeveralCallersCountsOnceAndUntilTheLastHasIt() {
        byte[] body = new byte[100];
        memory.hold(CALLER, body);
        memory.hold(CALLER, body);
        assertThat(memory.isFull(CALLER)).isTrue();

        memory.release(body);
        assertThat(memory.isFull(CALLER)).isTrue();

        memory.release(body);
        assertThat(memory.isFull(CALLER)).isFalse();
    }

    @Test
    void equalBodiesOfDifferentAnswersCountEach() {
        byte[] body = new byte[60];
        memory.hold(CALLER, body);
        memory.hold(CALLER, body.clone());

        assertThat(memory.isFull(CALLER)).isTrue();
    }

    // ---- between callers --------------------------------------------------------------------------------------------

    @Test
    void aCallerThatReadsNothingLeavesMemoryToOthers() {
        assertThat(leavesUnread(CALLER)).isEqualTo(3);
        assertThat(memory.isFull(CALLER)).isTrue();
        assertThat(memory.isFull("two")).isFalse();
        assertThat(memory.lease("two").acquire(BODY_BYTES, NEVER)).isTrue();
    }

    @Test
    void whoHoldsNothingIsNotRefusedHoweverMuchOthersHold() {
        memory.hold(CALLER, new byte[200]);

        assertThat(memory.isFull("two")).isFalse();
    }

    @Test
    void howeverManyCallersReadNothingMoreThanTheLimitAndOneAnswerIsNeverHeld() {
        int unread = 0;
        for (int caller = 0; caller < 50; caller++) {
            unread += leavesUnread("caller-" + caller);
        }

        assertThat(unread * BODY_BYTES).isLessThanOrEqualTo(100 + BODY_BYTES);
    }

    @Test
    void anAnswerThatWaitsHoldsUpThoseOfItsOwnCallerOnly() {
        memory.hold(CALLER, new byte[60]);
        lease().acquire(20, grants("one"));
        var first = memory.lease("two");
        first.acquire(40, NEVER);
        memory.lease("two").acquire(10, NEVER); // beyond the limit
        memory.lease("three").acquire(10, grants("three"));

        first.close();

        assertThat(granted).containsExactly("three");
    }

    @Test
    void anAnswerThatWaitsForItsCallerToReadComesWhenTheCallerHasRead() {
        byte[] unread = new byte[100];
        memory.hold(CALLER, unread);
        lease().acquire(20, grants("next"));
        assertThat(granted).isEmpty();

        memory.release(unread);

        assertThat(granted).containsExactly("next");
    }

    /** @return how many of ten answers arrive without waiting, one after the other, none of which the caller reads */
    private int leavesUnread(String caller) {
        int unread = 0;
        for (int answers = 0; answers < 10; answers++) {
            var arriving = memory.lease(caller);
            if (arriving.acquire(BODY_BYTES, () -> {})) {
                memory.hold(caller, new byte[BODY_BYTES]);
                unread++;
            }
            arriving.close();
        }
        return unread;
    }

    @Test
    void whateverIsAskedForEveryAnswerGetsAllThatItNeedsInTheEnd() {
        var random = new Random(1);
        Deque<Growing> running = new ArrayDeque<>();
        int begun = 0;
        int ended = 0;
        while (ended < 1_000) {
            if (begun < 1_000 && random.nextInt(3) > 0) {
                String caller = "caller-" + random.nextInt(3);
                running.add(new Growing(memory.lease(caller), caller, 1 + random.nextInt(60), random));
                begun++;
            }
            var next = running.poll();
            if (next != null && !next.isWaiting && next.advances()) {
                ended++;
            } else if (next != null) {
                running.add(next);
            }
            assertThat(running.isEmpty() || running.stream().anyMatch(one -> !one.isWaiting))
                    .isTrue();
        }
        assertThat(lease().acquire(100, NEVER)).isTrue();
    }

    private AnswerMemory.Lease lease() {
        return memory.lease(CALLER);
    }

    private Runnable grants(String name) {
        return () -> granted.add(name);
    }

    /** An answer that takes a part of what it needs at a time, and then is sent. */
    private final class Growing {
        private final AnswerMemory.Lease lease;
        private final String caller;
        private final byte[] body;
        private final Random random;
        private int needed;
        private boolean isWaiting;
        private boolean isSent;

        private Growing(AnswerMemory.Lease lease, String caller, int bytes, Random random) {
            this.lease = lease;
            this.caller = caller;
            this.body = new byte[bytes];
            this.needed = bytes;
            this.random = random;
        }

        /** @return whether that was its end */
        private boolean advances() {
            if (isSent) {
                memory.release(body);
            } else if (needed == 0) {
                memory.hold(caller, body);
                lease.close();
                isSent = true;
                return false;
            } else {
                int part = 1 + random.nextInt(needed);
                needed -= part;
                isWaiting = !lease.acquire(part, () -> isWaiting = false);
            }
            return isSent;
        }
    }
}
