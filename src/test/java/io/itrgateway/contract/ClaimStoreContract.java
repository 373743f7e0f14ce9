package io.itrgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.ClaimState;
import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.problem.Effect;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link ClaimStore} guarantees. */
public abstract class ClaimStoreContract {

    protected static final ClaimName NAME = new ClaimName("caller", "name-1");
    protected static final Fingerprint PAYLOAD = new Fingerprint("payload-1");
    protected static final Owner FIRST = new Owner("first");
    protected static final Owner SECOND = new Owner("second");

    private static final ClaimName OTHER_NAME = new ClaimName("caller", "name-2");
    private static final Fingerprint OTHER_PAYLOAD = new Fingerprint("payload-2");
    private static final byte[] ANSWER = everyByte();
    private static final byte[] OTHER_ANSWER = {1};

    static {
        // Mutiny sets itself up on its first use, which must be one thread's; in production that is the start.
        Uni.createFrom().deferred(() -> Uni.createFrom().voidItem()).await().indefinitely();
    }

    private static byte[] everyByte() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    /** The store under test, empty at the start of each test, the same throughout one. */
    protected abstract ClaimStore store();

    /** Lets that much time pass for what is kept. */
    protected abstract void pass(Duration time);

    /** The name of a state, or the bytes of a result. */
    protected static String word(ClaimState state) {
        return state.fold(new ClaimState.Cases<>() {
            @Override
            public String acquired() {
                return "acquired";
            }

            @Override
            public String inProgress(Owner owner) {
                return "in progress";
            }

            @Override
            public String completed(byte[] result) {
                return Arrays.toString(result);
            }

            @Override
            public String released() {
                return "released";
            }

            @Override
            public String interrupted() {
                return "interrupted";
            }

            @Override
            public String conflict() {
                return "conflict";
            }
        });
    }

    protected static <T> T ended(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    private String claim(ClaimName name, Fingerprint payload, Owner owner) {
        return word(ended(store().claim(name, payload, owner)));
    }

    private void complete(Owner owner, byte[] answer) {
        ended(store().complete(NAME, PAYLOAD, owner, Effect.REGISTERS, answer));
    }

    private void release(Owner owner) {
        ended(store().release(NAME, owner, Optional.empty()));
    }

    private void release(Owner owner, byte[] ending) {
        ended(store().release(NAME, owner, Optional.of(ending)));
    }

    private String look(Owner owner) {
        return word(ended(store().find(NAME, PAYLOAD, owner)));
    }

    @Test
    void anotherPayloadIsAConflictWhileTheFirstRuns() {
        claim(NAME, PAYLOAD, FIRST);

        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("conflict");
    }

    @Test
    void anotherPayloadIsAConflictWhenTheResultIsKept() {
        claim(NAME, PAYLOAD, FIRST);
        complete(FIRST, ANSWER);

        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("conflict");
    }

    @Test
    void anOwnerWithAConflictChangesNothing() {
        claim(NAME, PAYLOAD, FIRST);
        claim(NAME, OTHER_PAYLOAD, SECOND);

        release(SECOND);
        ended(store().complete(NAME, OTHER_PAYLOAD, SECOND, Effect.REGISTERS, OTHER_ANSWER));

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("in progress");
    }

    @Test
    void aClaimDoesNotLapseWhileItsCallRuns() {
        claim(NAME, PAYLOAD, FIRST);

        pass(ClaimStore.KEPT_FOR.minusMinutes(1));

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("in progress");
    }

    @Test
    void theSamePayloadIsInProgressForEveryOtherOwner() {
        claim(NAME, PAYLOAD, FIRST);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("in progress");
        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("in progress");
    }

    @Test
    void noOwnerReleasesTheClaimOfAnother() {
        claim(NAME, PAYLOAD, FIRST);

        release(SECOND);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("in progress");
    }

    @Test
    void noOwnerCompletesTheClaimOfAnother() {
        claim(NAME, PAYLOAD, FIRST);

        complete(SECOND, OTHER_ANSWER);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("in progress");
    }

    @Test
    void anOwnerWhoseNameWasClaimedByAnotherNeitherCompletesNorReleases() {
        claim(NAME, PAYLOAD, FIRST);
        release(FIRST);
        claim(NAME, PAYLOAD, SECOND);

        complete(FIRST, OTHER_ANSWER);
        release(FIRST);

        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo("in progress");
    }

    @Test
    void anOwnerWhoseNameWasClaimedByAnotherDoesNotReplaceItsResult() {
        claim(NAME, PAYLOAD, FIRST);
        release(FIRST);
        claim(NAME, PAYLOAD, SECOND);
        complete(SECOND, ANSWER);

        complete(FIRST, OTHER_ANSWER);
        release(FIRST);

        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo(Arrays.toString(ANSWER));
    }

    @Test
    void aLateResultIsKeptIfNoOtherOwnerHasClaimed() {
        claim(NAME, PAYLOAD, FIRST);
        release(FIRST);

        complete(FIRST, ANSWER);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo(Arrays.toString(ANSWER));
        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("conflict");
    }

    @Test
    void aKeptResultCannotBeReleased() {
        claim(NAME, PAYLOAD, FIRST);
        complete(FIRST, ANSWER);

        release(FIRST);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo(Arrays.toString(ANSWER));
    }

    @Test
    void aNameWithoutAClaimIsAcquired() {
        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo("acquired");
    }

    @Test
    void theOwnerOfAClaimAcquiresItAgain() {
        claim(NAME, PAYLOAD, FIRST);

        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo("acquired");
    }

    @Test
    void aReleasedNameIsAcquiredByTheNextWithAnyPayload() {
        claim(NAME, PAYLOAD, FIRST);
        release(FIRST);

        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("acquired");
    }

    @Test
    void aKeptResultIsReturnedByteForByteAnyNumberOfTimes() {
        claim(NAME, PAYLOAD, FIRST);
        complete(FIRST, ANSWER);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo(Arrays.toString(ANSWER));
        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo(Arrays.toString(ANSWER));
    }

    @Test
    void namesAreIndependent() {
        claim(NAME, PAYLOAD, FIRST);
        complete(FIRST, ANSWER);

        assertThat(claim(OTHER_NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("acquired");
    }

    @Test
    void aResultIsKeptUntilItExpires() {
        claim(NAME, PAYLOAD, FIRST);
        complete(FIRST, ANSWER);

        pass(ClaimStore.KEPT_FOR.minusMinutes(1));

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo(Arrays.toString(ANSWER));
    }

    @Test
    void anExpiredNameIsAcquiredWithAnyPayload() {
        claim(NAME, PAYLOAD, FIRST);
        complete(FIRST, ANSWER);

        pass(ClaimStore.KEPT_FOR);

        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("acquired");
    }

    @Test
    void aNewResultExpiresByItsOwnTime() {
        claim(NAME, PAYLOAD, FIRST);
        complete(FIRST, ANSWER);
        pass(ClaimStore.KEPT_FOR);
        claim(NAME, PAYLOAD, SECOND);
        complete(SECOND, OTHER_ANSWER);

        pass(ClaimStore.KEPT_FOR.minusMinutes(1));

        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo(Arrays.toString(OTHER_ANSWER));
    }

    // ---- looking up
    // -------------------------------------------------------------------------------------------------------

    @Test
    void anOwnerThatReleasedWithoutAResultHasReleased() {
        claim(NAME, PAYLOAD, FIRST);
        release(FIRST);

        assertThat(look(FIRST)).isEqualTo("released");
    }

    @Test
    void anOwnerWhoseNameIsHeldByAnotherHasReleased() {
        claim(NAME, PAYLOAD, FIRST);
        release(FIRST, ANSWER);
        pass(Duration.ofMinutes(5)); // what it left is gone
        claim(NAME, PAYLOAD, SECOND);

        assertThat(look(FIRST)).isEqualTo("released");
    }

    @Test
    void theResultOfAnotherOwnerIsNotReturned() {
        claim(NAME, PAYLOAD, FIRST);
        release(FIRST);
        claim(NAME, PAYLOAD, SECOND);
        complete(SECOND, ANSWER);

        assertThat(look(FIRST)).isEqualTo("released");
    }

    @Test
    void aClaimInProgressNamesItsOwner() {
        claim(NAME, PAYLOAD, FIRST);

        var claim = ended(store().claim(NAME, PAYLOAD, SECOND));

        assertThat(claim)
                .isInstanceOfSatisfying(
                        ClaimState.InProgress.class,
                        running -> assertThat(running.owner()).isEqualTo(FIRST));
    }

    @Test
    void anOwnerThatHasNotEndedIsInProgress() {
        claim(NAME, PAYLOAD, FIRST);

        assertThat(look(FIRST)).isEqualTo("in progress");
    }

    @Test
    void theKeptResultOfAnOwnerIsFound() {
        claim(NAME, PAYLOAD, FIRST);
        complete(FIRST, ANSWER);

        assertThat(look(FIRST)).isEqualTo(Arrays.toString(ANSWER));
    }

    /** As where the answer could not be sealed: the call was made, and is not in progress any more. */
    @Test
    void aKeptResultWithoutAnAnswerIsFound() {
        claim(NAME, PAYLOAD, FIRST);
        complete(FIRST, new byte[0]);

        assertThat(look(FIRST)).isEqualTo("[]");
    }

    // ---- all of it ------------------------------------------------------------------------------------------------

    @Test
    void nothingHappensBeforeItIsSubscribedTo() {
        Uni<ClaimState> unsubscribed = store().claim(NAME, OTHER_PAYLOAD, SECOND);

        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo("acquired");
        assertThat(word(ended(unsubscribed))).isEqualTo("conflict");
    }

    @Test
    void oneOfManyConcurrentOwnersAcquires() throws Exception {
        int threads = 8;
        var start = new CyclicBarrier(threads);
        var pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 50; round++) {
                var name = new ClaimName("caller", "round-" + round);
                List<Callable<String>> all = new ArrayList<>();
                for (int thread = 0; thread < threads; thread++) {
                    var owner = new Owner("owner-" + thread);
                    all.add(() -> {
                        start.await(30, TimeUnit.SECONDS);
                        return claim(name, PAYLOAD, owner);
                    });
                }
                List<String> words = new ArrayList<>();
                for (var each : pool.invokeAll(all)) {
                    words.add(each.get());
                }
                List<String> expected = new ArrayList<>(Collections.nCopies(threads - 1, "in progress"));
                expected.add("acquired");
                assertThat(words).containsExactlyInAnyOrderElementsOf(expected);
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
