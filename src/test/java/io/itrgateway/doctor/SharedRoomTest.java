package io.itrgateway.doctor;

import static io.itrgateway.doctor.Verdict.FAILED;
import static io.itrgateway.doctor.Verdict.OK;
import static io.itrgateway.doctor.Verdict.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.redis.RedisCheckup.Result;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SharedRoomTest {

    private static Result found(int roundTripMillis, String eviction, boolean hasLimit) {
        return new Result(
                Optional.empty(),
                Optional.of("7.0.15"),
                Optional.of(Duration.ofMillis(roundTripMillis)),
                Optional.ofNullable(eviction),
                hasLimit);
    }

    @Test
    void whatIsInTheWayIsSaidWithTheRightsThatAreEnough() {
        var finding = SharedRoom.judged(new Result(
                Optional.of("EVALSHA of the script claim is not allowed to this user"),
                Optional.of("7.0.15"),
                Optional.of(Duration.ofMillis(1)),
                Optional.empty(),
                false));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains("EVALSHA of the script claim").contains("+evalsha");
    }

    @Test
    void aRedisThatCannotBeReachedIsNotAQuestionOfRights() {
        var finding = SharedRoom.judged(new Result(
                Optional.of("it cannot be reached"), Optional.empty(), Optional.empty(), Optional.empty(), false));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).doesNotContain("rights");
    }

    @Test
    void aRedisThatThrowsAwayWhatWasPromisedIsAWarning() {
        var finding = SharedRoom.judged(found(1, "allkeys-lru", true));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("allkeys-lru").contains("noeviction");
    }

    @Test
    void aRedisWithoutALimitThrowsNothingAway() {
        assertThat(SharedRoom.judged(found(1, "allkeys-lru", false)).verdict()).isEqualTo(OK);
    }

    @Test
    void aSlowOneIsAWarning() {
        assertThat(SharedRoom.judged(found(21, "noeviction", true)).verdict()).isEqualTo(WARNING);
    }

    @Test
    void aUserWhoMayNotAskForThePolicyIsNoFault() {
        var finding = SharedRoom.judged(found(1, null, false));

        assertThat(finding.verdict()).isEqualTo(OK);
        assertThat(finding.detail()).contains("not told to this user");
        assertThat(finding.facts()).containsEntry("version", "7.0.15").doesNotContainKey("maxmemory_policy");
    }
}
