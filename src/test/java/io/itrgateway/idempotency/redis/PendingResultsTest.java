package io.itrgateway.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.idempotency.Owner;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PendingResultsTest {

    private static final int ROOM_FOR = 3;

    private final PendingResults ends = new PendingResults(ROOM_FOR * PendingResults.ENTRY_BYTES);

    private static PendingResults.End end(String owner, boolean isRepeatable) {
        return new PendingResults.End(
                new Owner(owner),
                RedisClaimStore.COMPLETE,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                0,
                isRepeatable);
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
}
