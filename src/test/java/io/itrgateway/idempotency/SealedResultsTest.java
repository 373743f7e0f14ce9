package io.itrgateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.itrgateway.fairness.EventLoopWork;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.Seal;
import io.itrgateway.secret.Secret;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealedResultsTest {

    private static final String CALL = "call-1";
    private static final int LONG_BYTES = EventLoopWork.LONGEST_BYTES + 1;

    private static final int MIB = 1024 * 1024;
    private static final int LONGEST_ANSWER_BYTES = 16 * MIB;
    private static final Seal SEAL = new KeyRing(Secret.of("client-secret-1")).seal("answer");

    private final HandTurnedContexts contexts = new HandTurnedContexts();

    /** Room for four long ones, half of it for one caller. */
    private final SealedResults results = new SealedResults(SEAL, contexts, 5 * LONG_BYTES);

    private byte[] sealed(int length) {
        return results.seal(CallResult.ofAnswer(new KeptAnswer(200, new byte[length])), CALL)
                .await()
                .indefinitely();
    }

    private UniAssertSubscriber<CallResult> opens(String caller, byte[] sealed) {
        return results.open(caller, sealed, CALL).subscribe().withSubscriber(UniAssertSubscriber.create());
    }

    private static void assertThatItIsRefused(UniAssertSubscriber<CallResult> opening) {
        assertThat(opening.assertFailed().getFailure())
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ProblemKind.CALL_INTERRUPTED));
    }

    @Test
    void aLongResultIsSealedByAWorker() {
        contexts.keepWorkersBusy();
        var sealing = results.seal(CallResult.ofAnswer(new KeptAnswer(200, new byte[LONG_BYTES])), CALL)
                .subscribe()
                .withSubscriber(UniAssertSubscriber.create());
        sealing.assertNotTerminated();

        contexts.freeWorkers();

        sealing.assertCompleted();
    }

    @Test
    void noMoreLongResultsOfOneCallerWaitToBeOpenedThanItsShareHolds() {
        byte[] sealed = sealed(LONG_BYTES);
        contexts.keepWorkersBusy();
        var first = opens("demo", sealed);
        var second = opens("demo", sealed);

        assertThatItIsRefused(opens("demo", sealed));

        var ofOther = opens("other", sealed);
        contexts.freeWorkers();
        first.assertCompleted();
        second.assertCompleted();
        ofOther.assertCompleted();
        opens("demo", sealed).assertCompleted();
    }

    @Test
    void shortResultsNeedNoRoomAndNoWorker() {
        byte[] sealed = sealed(LONG_BYTES);
        byte[] sealedShort = sealed(1024);
        contexts.keepWorkersBusy();
        opens("demo", sealed);
        opens("demo", sealed);

        opens("demo", sealedShort).assertCompleted();
    }

    @Test
    void oneThatCannotBeOpenedGivesItsRoomBack() {
        byte[] sealed = sealed(LONG_BYTES);
        byte[] changed = sealed.clone();
        changed[changed.length - 1]++;
        for (int time = 0; time < 3; time++) {
            opens("demo", changed).assertFailed();
        }

        opens("demo", sealed).assertCompleted();
    }

    @Test
    void sealingAllocatesNoMoreThanWhatIsStoredAndOpeningTwiceAsMuch() {
        var answer = CallResult.ofAnswer(new KeptAnswer(200, new byte[LONGEST_ANSWER_BYTES]));
        var stored = new AtomicReference<byte[]>();
        sealed(LONG_BYTES); // what is loaded and set up on first use
        results.open("demo", sealed(LONG_BYTES), CALL).await().indefinitely();
        var large = new SealedResults(SEAL, contexts, SealedResults.mostOpeningBytes(0));

        long toSeal =
                allocatedBy(() -> stored.set(large.seal(answer, CALL).await().indefinitely()));
        long toOpen =
                allocatedBy(() -> large.open("demo", stored.get(), CALL).await().indefinitely());

        assertThat(toSeal).isLessThan(LONGEST_ANSWER_BYTES / 4 * 5L);
        assertThat(toOpen).isLessThan(LONGEST_ANSWER_BYTES / 4 * 9L);
    }

    private static long allocatedBy(Runnable task) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        task.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest
    @CsvSource({"64, 17", "256, 64", "576, 68", "1048576, 68"})
    void roomToOpenFollowsFromTheHeap(long heapMib, int roomMib) {
        assertThat(SealedResults.mostOpeningBytes(heapMib * MIB)).isEqualTo(roomMib * MIB);
    }
}
