package io.itrgateway.doctor;

import static io.itrgateway.doctor.CheckStatus.FAILED;
import static io.itrgateway.doctor.CheckStatus.OK;
import static io.itrgateway.doctor.CheckStatus.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.redis.RedisSelfTest.Report;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisFindingsTest {

    private static Report report(
            String trouble, int roundTripMillis, OptionalInt replicas, OptionalInt acks, String... settings) {
        Map<String, String> all = new HashMap<>(Map.of("version", "7.0.15"));
        Arrays.stream(settings).map(each -> each.split("=", 2)).forEach(pair -> all.put(pair[0], pair[1]));
        return new Report(
                Optional.ofNullable(trouble), Optional.of(Duration.ofMillis(roundTripMillis)), replicas, acks, all);
    }

    private static Report with(String... settings) {
        return report(null, 1, OptionalInt.of(0), OptionalInt.empty(), settings);
    }

    private static Report withReplicas(OptionalInt replicas, OptionalInt acks, String... settings) {
        return report(null, 1, replicas, acks, settings);
    }

    private static Finding found(Check check, Report report) {
        return RedisFindings.of(report).stream()
                .filter(finding -> finding.check() == check)
                .findFirst()
                .orElseThrow();
    }

    // ---- the scripts ------------------------------------------------------------------------------------------------

    @Test
    void aBlockingFaultIsTheOnlyFindingAndNamesTheSufficientPermissions() {
        var findings = RedisFindings.of(
                report("EVALSHA is not allowed to this user", 1, OptionalInt.of(0), OptionalInt.empty()));

        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).verdict()).isEqualTo(FAILED);
        assertThat(findings.get(0).detail()).contains("EVALSHA").contains("+evalsha");
    }

    @Test
    void aRedisThatCannotBeReachedIsNotAQuestionOfRights() {
        var unreachable = new Report(
                Optional.of("it cannot be reached"),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Map.of());

        assertThat(found(Check.REDIS, unreachable).verdict()).isEqualTo(FAILED);
        assertThat(found(Check.REDIS, unreachable).detail()).doesNotContain("rights");
    }

    @Test
    void aRedisWithoutMemoryIsNotAQuestionOfRights() {
        var full = report("EVAL may not write: memory or disk is used up", 1, OptionalInt.of(0), OptionalInt.empty());

        assertThat(found(Check.REDIS, full).detail()).doesNotContain("rights");
    }

    @Test
    void aSlowOneIsAWarning() {
        var slow = report(null, 21, OptionalInt.of(0), OptionalInt.empty());

        assertThat(found(Check.REDIS, slow).verdict()).isEqualTo(WARNING);
    }

    @Test
    void aNodeOfAClusterThatIsUsedAsIfItWereAllOfItIsAWarning() {
        var finding = found(Check.REDIS, with("cluster_enabled=1", "client_type=standalone"));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("set QUARKUS_REDIS_CLIENT_TYPE to cluster");
        assertThat(found(Check.REDIS, with("cluster_enabled=1", "client_type=cluster"))
                        .verdict())
                .isEqualTo(OK);
    }

    // ---- persistence ------------------------------------------------------------------------------------------------

    @Test
    void nothingOnDiskIsAWarningWithWhatItCosts() {
        var finding = found(Check.PERSISTENCE, with("aof_enabled=0", "save="));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("forgets every Idempotency-Key").contains("appendonly yes");
    }

    @Test
    void snapshotsAreAWarningWithWhatTheyCost() {
        var finding = found(Check.PERSISTENCE, with("aof_enabled=0", "save=3600 1 300 100"));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("since the last one");
    }

    @Test
    void anAppendOnlyFileIsFine() {
        var finding = found(Check.PERSISTENCE, with("aof_enabled=1", "appendfsync=everysec"));

        assertThat(finding.verdict()).isEqualTo(OK);
        assertThat(finding.detail()).contains("appendfsync everysec").contains("the last second");
    }

    @ParameterizedTest
    @CsvSource({"PERSISTENCE", "EVICTION"})
    void whatCannotBeReadIsSaidAndIsNoFault(Check check) {
        assertThat(found(check, with()).verdict()).isEqualTo(OK);
        assertThat(found(check, with()).detail()).contains("cannot be read");
    }

    // ---- eviction ---------------------------------------------------------------------------------------------------

    @Test
    void aPolicyThatDropsKeysIsAWarning() {
        var finding = found(Check.EVICTION, with("maxmemory_policy=allkeys-lru", "maxmemory=67108864"));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("allkeys-lru").contains("set noeviction");
    }

    @Test
    void withoutALimitNothingIsDropped() {
        assertThat(found(Check.EVICTION, with("maxmemory_policy=allkeys-lru", "maxmemory=0"))
                        .verdict())
                .isEqualTo(OK);
    }

    @Test
    void noEvictionIsFine() {
        assertThat(found(Check.EVICTION, with("maxmemory_policy=noeviction", "maxmemory=67108864"))
                        .verdict())
                .isEqualTo(OK);
    }

    // ---- replicas ---------------------------------------------------------------------------------------------------

    @Test
    void fewerReplicasThanNeededIsAFailure() {
        var finding = found(Check.REPLICAS, withReplicas(OptionalInt.of(1), OptionalInt.of(2)));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains("every call with a key is refused");
    }

    @Test
    void replicasThatAreNotWaitedForAreAWarning() {
        var finding = found(Check.REPLICAS, withReplicas(OptionalInt.of(1), OptionalInt.of(0)));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("register again");
    }

    @Test
    void aReplicaThatIsBehindIsAWarning() {
        var finding = found(
                Check.REPLICAS,
                withReplicas(OptionalInt.of(1), OptionalInt.empty(), "slave0=ip=h,port=1,state=online,offset=1,lag=7"));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("7 s behind");
    }

    @Test
    void aRefusedWaitIsAFailureOnlyWhereItIsNeeded() {
        assertThat(found(Check.REPLICAS, withReplicas(OptionalInt.empty(), OptionalInt.of(1)))
                        .verdict())
                .isEqualTo(FAILED);
        assertThat(found(Check.REPLICAS, withReplicas(OptionalInt.empty(), OptionalInt.empty()))
                        .verdict())
                .isEqualTo(OK);
    }

    @Test
    void aReplicaThatFollowsIsFine() {
        var finding = found(
                Check.REPLICAS,
                withReplicas(OptionalInt.of(1), OptionalInt.empty(), "slave0=ip=h,port=1,state=online,offset=1,lag=0"));

        assertThat(finding.verdict()).isEqualTo(OK);
        assertThat(finding.facts()).containsEntry("replicas", 1).containsEntry("needed_acks", 1);
    }
}
