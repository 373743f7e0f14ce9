package io.itrgateway.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PendingResultsTest {

    private static final int ROOM_FOR = 3;

    private final AtomicLong nanos = new AtomicLong();
    private final PendingResults ends = new PendingResults(ROOM_FOR * PendingResults.ENTRY_BYTES, nanos::get);

    private static PendingResults.End end(String owner, boolean isRepeatable) {
        return end(owner, isRepeatable, Optional.empty());
    }

    private static PendingResults.End end(String owner, boolean isRepeatable, Optional<HeldClaim> claim) {
        return new PendingResults.End(
                new Owner(owner),
                RedisClaimStore.COMPLETE,
                List.of(),
                List.of(),
                claim,
                Optional.empty(),
                0,
                isRepeatable);
    }

    private static PendingResults.End result(String owner) {
        return end(
                owner,
                false,
                Optional.of(
                        new HeldClaim(new ClaimName("caller", owner), new Fingerprint("payload"), new Owner(owner))));
    }

    private void store(PendingResults.End end) {
        ends.add(end);
        ends.markStored(end, true);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private boolean addRegistration(String owner) {
        return ends.add(end(owner, false));
    }

    private boolean addDownload(String owner) {
        return ends.add(end(owner, true));
    }

    private boolean has(String owner) {
        return ends.owners().contains(new Owner(owner));
    }

    @Test
    void theResultOfADownloadMakesRoomForThatOfARegistration() {
        addRegistration("registration-1");
        addDownload("download-1");
        addDownload("download-2");

        assertThat(addRegistration("registration-2")).isTrue();

        assertThat(has("registration-1")).isTrue();
        assertThat(has("download-1")).isFalse();
        assertThat(has("download-2")).isTrue();
        assertThat(ends.bytes()).isEqualTo(ROOM_FOR * PendingResults.ENTRY_BYTES);
    }

    @Test
    void nothingMakesRoomForTheResultOfADownload() {
        addRegistration("registration");
        addDownload("download-1");
        addDownload("download-2");

        assertThat(addDownload("download-3")).isFalse();

        assertThat(ends.size()).isEqualTo(ROOM_FOR);
        assertThat(has("download-3")).isFalse();
    }

    @Test
    void itIsFullWhenEveryPlaceIsThatOfACallThatMustNotBeMadeAgain() {
        addRegistration("registration-1");
        addRegistration("registration-2");
        addDownload("download");
        assertThat(ends.isFull()).isFalse();

        addRegistration("registration-3");

        assertThat(ends.isFull()).isTrue();
        assertThat(addRegistration("registration-4")).isFalse();
    }

    @Test
    void thoseThatStayDoNotHoldUpTheOthers() {
        addRegistration("refused");
        addRegistration("next");

        assertThat(ends.next(1, 1)).containsExactly(end("refused", false));
        assertThat(ends.next(1, 1)).containsExactly(end("next", false));
        assertThat(ends.next(1, 1)).containsExactly(end("refused", false));
    }

    private List<String> sentNext() {
        return ends.next(ROOM_FOR, ROOM_FOR).stream()
                .map(end -> end.owner().text())
                .toList();
    }

    @Test
    void aResultThatRedisMayHaveLostIsSentAgainWithItsClaim() {
        store(result("a"));
        assertThat(sentNext()).isEmpty();

        ends.recallStored();

        assertThat(ends.next(ROOM_FOR, ROOM_FOR)).containsExactly(result("a"));
        assertThat(ends.claims()).isEqualTo(result("a").claim().stream().toList());
    }

    @Test
    void aStopDoesNotWaitForAResultThatIsSentAgain() {
        store(result("a"));

        ends.recallStored();

        assertThat(ends.owners()).isEmpty();
        assertThat(ends.size()).isZero();
        assertThat(ends.bytes()).isZero();
    }

    @Test
    void aResultThatIsStoredAgainIsNotSentOnceMore() {
        store(result("a"));
        ends.recallStored();

        ends.markStored(result("a"), false);

        assertThat(sentNext()).isEmpty();
        assertThat(ends.claims()).isEmpty();
    }

    @Test
    void aResultThatWasStoredLongAgoIsNotSentAgain() {
        store(result("long ago"));
        pass(PendingResults.STORED_FOR);
        store(result("lately"));
        pass(Duration.ofNanos(1));
        ends.dropOld();

        ends.recallStored();

        assertThat(sentNext()).containsExactly("lately");
    }

    private List<String> sentAfterASecondLoss(boolean wasLostTheFirstTime) {
        store(result("a"));
        pass(PendingResults.STORED_FOR);
        ends.recallStored();
        ends.markStored(result("a"), wasLostTheFirstTime);
        pass(Duration.ofNanos(1));
        ends.dropOld();
        ends.recallStored();
        return sentNext();
    }

    /** Else a connection that is lost again and again would bring more of them each time. */
    @Test
    void aResultThatRedisStillHadIsNoYoungerForThat() {
        assertThat(sentAfterASecondLoss(false)).isEmpty();
    }

    @Test
    void aResultThatRedisHadLostIsKeptAsAfterTheFirstTime() {
        assertThat(sentAfterASecondLoss(true)).containsExactly("a");
    }

    @Test
    void aResultIsSentAgainHoweverLongRedisIsAway() {
        store(result("a"));
        ends.recallStored();
        pass(ClaimStore.KEPT_FOR);
        ends.dropOld();

        assertThat(sentNext()).containsExactly("a");
    }

    @Test
    void afterTheLifeOfAKeyItIsNotTakenAgain() {
        store(result("a"));
        ends.recallStored();
        pass(ClaimStore.KEPT_FOR.plusNanos(1));
        ends.dropOld();

        assertThat(sentNext()).isEmpty();
        assertThat(ends.claims()).isEmpty();
    }

    private List<PendingResults.End> sentAfterLossOfALargeResult(boolean isRepeatable) {
        var roomy = new PendingResults(1024 * 1024, nanos::get);
        var large = PendingResults.End.ofResult(
                result("a").claim().orElseThrow(), isRepeatable, new byte[ClaimStore.LARGEST_RELEASED_BYTES + 1]);
        roomy.add(large);
        roomy.markStored(large, true);
        roomy.recallStored();
        return roomy.next(1, 1);
    }

    /** So a repeat does not register once more, and long answers take no memory while Redis has them. */
    @Test
    void ofALargeResultOnlyThatTheCallWasMadeIsSentAgain() {
        assertThat(sentAfterLossOfALargeResult(false)).singleElement().satisfies(sent -> {
            assertThat(sent.owner()).isEqualTo(new Owner("a"));
            assertThat(sent.largeResult()).isEmpty();
            assertThat(sent.resultBytes()).isZero();
        });
    }

    @Test
    void theLargeResultOfADownloadIsForgottenSoThatItIsMadeAgain() {
        assertThat(sentAfterLossOfALargeResult(true)).isEmpty();
    }

    /** Its name may belong to another owner by now, whose claim Redis has lost, too. */
    @Test
    void aReleaseIsNotSentAgain() {
        store(end("released", false));

        ends.recallStored();

        assertThat(sentNext()).isEmpty();
    }

    @Test
    void storedResultsMakeRoomForPendingOnes() {
        store(result("a"));
        store(result("b"));
        addRegistration("registration-1");
        addRegistration("registration-2");
        assertThat(ends.isFull()).isFalse();

        ends.recallStored();

        assertThat(sentNext()).containsExactly("registration-1", "registration-2", "b");
    }

    @Test
    void thoseThatRedisMayHaveLostMakeRoomForPendingOnes() {
        store(result("a"));
        store(result("b"));
        store(result("c"));
        ends.recallStored();
        assertThat(ends.isFull()).isFalse();

        assertThat(addDownload("download")).isTrue();
        assertThat(addRegistration("registration")).isTrue();

        assertThat(sentNext()).containsExactly("download", "registration", "c");
    }

    @Test
    void thoseThatRedisMayHaveLostTakeNoPlaceOfPendingOnes() {
        store(result("a"));
        addDownload("download-1");
        addDownload("download-2");
        addDownload("download-3");

        ends.recallStored();

        assertThat(sentNext()).containsExactly("download-1", "download-2", "download-3");
    }
}
