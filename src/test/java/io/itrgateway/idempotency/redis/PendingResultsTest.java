package io.itrgateway.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.idempotency.ClaimName;
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
        ends.markStored(end);
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

        assertThat(ends.next(1)).containsExactly(end("refused", false));
        assertThat(ends.next(1)).containsExactly(end("next", false));
        assertThat(ends.next(1)).containsExactly(end("refused", false));
    }

    @Test
    void aResultThatRedisMayHaveLostIsPendingAgain() {
        store(result("a"));
        assertThat(ends.size()).isZero();

        ends.recallStored();

        assertThat(ends.next(ROOM_FOR)).containsExactly(result("a"));
    }

    @Test
    void aResultThatWasStoredLongAgoIsNot() {
        store(result("long ago"));
        pass(PendingResults.STORED_FOR);
        store(result("lately"));
        pass(Duration.ofNanos(1));

        ends.recallStored();

        assertThat(ends.owners()).containsExactly(new Owner("lately"));
    }

    /** Its name may belong to another owner by now, whose claim Redis has lost, too. */
    @Test
    void aReleaseIsNot() {
        store(end("released", false));

        ends.recallStored();

        assertThat(ends.size()).isZero();
    }

    @Test
    void storedResultsMakeRoomForPendingOnes() {
        store(result("a"));
        store(result("b"));
        addRegistration("registration-1");
        addRegistration("registration-2");
        assertThat(ends.isFull()).isFalse();

        ends.recallStored();

        assertThat(ends.owners())
                .containsExactlyInAnyOrder(new Owner("b"), new Owner("registration-1"), new Owner("registration-2"));
    }
}
