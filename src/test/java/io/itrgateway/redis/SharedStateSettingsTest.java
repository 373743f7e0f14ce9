package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.ShownValue;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedStateSettingsTest {

    private final ConfigurationFaults faults = new ConfigurationFaults();

    private record Given(Optional<String> redisUrl, Optional<String> redisAcks) implements SharedStateSettings.Config {}

    private static Given acks(String acks) {
        return new Given(Optional.empty(), Optional.ofNullable(acks));
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "-1", "one", "1.5"})
    void aNumberOfAcknowledgementsThatIsNoneIsNoted(String acks) {
        new SharedStateSettings(acks(acks), faults);

        assertThat(faults.lines())
                .containsExactly(
                        "GATEWAY_REDIS_ACKS is " + ShownValue.of(acks) + "; it should be a whole number from 0 to 16");
    }

    @Test
    void replicasWithoutTheRedisThatTheyWouldShareAreNoted() {
        new SharedStateSettings(acks(null), faults).checkReplicas(OptionalInt.of(3), faults);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith("GATEWAY_REDIS_URL is not set, and GATEWAY_REPLICAS is; it should be the address");
    }

    @Test
    void acknowledgementsByNoRedisAreNoted() {
        new SharedStateSettings(acks("1"), faults);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith("GATEWAY_REDIS_URL is not set, and GATEWAY_REDIS_ACKS is; it should be the address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:6379",
                "http://localhost:6379",
                "redis://localhost:port",
                "redis://localhost:6379/mydb",
                "redis://localhost:6379/0/1",
                "redis://localhost:6379,redis://localhost:6380/x",
                "redis://localhost:6379?ssl=true",
                "redis://localhost:6379/1?db=1&tls",
                "redis://user:pass/word@localhost:6379",
                "redis://user:pass#word@localhost:6379"
            })
    void anAddressThatIsNoneIsNotedAndNotShown(String url) {
        new SharedStateSettings(new Given(Optional.of(url), Optional.empty()), faults);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith(
                        "GATEWAY_REDIS_URL is not an address of Redis; it should be redis://host:6379, or with TLS rediss://")
                .contains("percent-encoded")
                .doesNotContain(url);
    }

    @ParameterizedTest
    @CsvSource({
        "redis://user:hidden@localhost:65536, a port that is not from 1 to 65535",
        "rediss://localhost:0/1, a port that is not from 1 to 65535",
        "'redis://localhost:6379,redis://localhost:70000', a port that is not from 1 to 65535",
        "redis://user:hidden@localhost:6379/1000000000, a number of a database of more than 9 digits"
    })
    void aNumberOutOfRangeIsNotedAndTheAddressIsNotShown(String url, String has) {
        new SharedStateSettings(new Given(Optional.of(url), Optional.empty()), faults);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith("GATEWAY_REDIS_URL has " + has + "; it should be redis://host:6379")
                .doesNotContain("hidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://localhost",
                "redis://localhost:6379/",
                "redis://localhost:6379/12",
                "redis://localhost:6379?ssl=false&timeout=1",
                "rediss://localhost:6379?ssl=true",
                " rediss://user:pass%2Fword@redis.example:6379/1 , rediss://localhost"
            })
    void anAddressIsTakenAsItIs(String url) {
        new SharedStateSettings(new Given(Optional.of(url), Optional.empty()), faults);

        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"rediss://:hidden@one,redis://:hidden@other", "redis://:hidden@one, rediss://:hidden@other"})
    void addressesWithTlsAndWithoutAreNotedAndNotShown(String urls) {
        new SharedStateSettings(new Given(Optional.of(urls), Optional.empty()), faults);

        assertThat(faults.lines())
                .containsExactly(
                        "GATEWAY_REDIS_URL has addresses with TLS (rediss://) and without (redis://); it should be"
                                + " rediss:// for all of them, or redis:// for all of them");
    }

    @Test
    void aSingleReplicaNeedsNoRedis() {
        new SharedStateSettings(acks("0"), faults).checkReplicas(OptionalInt.of(1), faults);

        assertThat(faults.lines()).isEmpty();
    }

    @Test
    void withoutANumberTheServiceLooksForAReplica() {
        assertThat(new SharedStateSettings(acks(null), faults).acks()).isEmpty();
        assertThat(new SharedStateSettings(acks(" "), faults).acks()).isEmpty();
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "16"})
    void aNumberIsTakenAsItIs(String acks) {
        assertThat(new SharedStateSettings(acks(acks), faults).acks()).hasValue(Integer.parseInt(acks));
    }
}
