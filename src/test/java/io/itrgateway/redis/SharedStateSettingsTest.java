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
    @CsvSource(delimiter = '|', textBlock = """
            localhost:6379                            | does not begin with redis:// or rediss://
            redis:localhost:6379                      | does not begin with redis:// or rediss://
            redis:/localhost                          | does not begin with redis:// or rediss://
            //localhost                               | does not begin with redis:// or rediss://
            user:hidden@localhost:6379                | does not begin with redis:// or rediss://
            http://localhost:6379                     | begins with http:// and not with redis:// or rediss://
            REDIS://localhost:6379                    | begins with REDIS:// and not with redis:// or rediss://
            unix:///run/redis.sock                    | begins with unix:// and not with redis:// or rediss:// (sockets of this machine are not supported)
            redis-sentinel://localhost:26379          | begins with redis-sentinel:// and not with redis:// or rediss:// (QUARKUS_REDIS_CLIENT_TYPE says
            redis+cluster://localhost:7000            | begins with redis+cluster:// and not with redis:// or rediss:// (QUARKUS_REDIS_CLIENT_TYPE says
            redis://localhost redis://other           | is two addresses without a comma between them
            redis://localhost;redis://other           | is two addresses without a comma between them
            redis://user:hid den@localhost            | has white space, or a character that is not seen, in it
            redis://localhost​:6379              | has white space, or a character that is not seen, in it
            redis://localhost:6379 /1                 | has white space, or a character that is not seen, in it
            redis://user:hid%ing@localhost            | has a % without two hexadecimal digits behind it (percent-encoded it is %25)
            redis://user:hid^den@localhost            | has one of the characters " < > \\ ^ `
            redis://<host>:6379                       | has one of the characters " < > \\ ^ `
            redis://user:hid/den@localhost:6379       | has a /, ? or # in user or password (percent-encoded they are %2F, %3F and %23)
            redis://user:hid#den@localhost:6379       | has a /, ? or # in user or password (percent-encoded they are %2F, %3F and %23)
            redis://user:hid?den@localhost:6379       | has a /, ? or # in user or password (percent-encoded they are %2F, %3F and %23)
            redis://user:1234?hid=den@localhost:6379  | has a /, ? or # in user or password (percent-encoded they are %2F, %3F and %23)
            redis://user:hid@den@localhost:6379       | has an @ in user or password (percent-encoded it is %40)
            redis://:6379                             | has no host
            redis://user:hidden@                      | has no host
            redis://user:hidden@:6379                 | has no host
            redis:///1                                | has no host
            redis://::1                               | has no host
            redis://fe80::1:6379                      | has more than one colon in host and port (an address of IPv6 is written as [::1])
            redis://my_redis:6379                     | has a host with an underscore
            redis://rédis:6379                        | has a host with other characters than letters, digits, dots and dashes
            redis://[::g]:6379                        | has a host with other characters than letters, digits, dots and dashes
            redis://-redis-:6379                      | is not an address of Redis
            redis://localhost:                        | has a colon without a port behind it
            redis://localhost:port                    | has a port that is not a number
            redis://localhost:6379a                   | has a port that is not a number
            redis://localhost:-1                      | has a port that is not a number
            redis://user:hidden@localhost:65536       | has a port that is not from 1 to 65535
            rediss://localhost:0/1                    | has a port that is not from 1 to 65535
            redis://localhost:99999999999             | has a port that is not from 1 to 65535
            redis://localhost:6379/mydb               | has something else than the number of a database behind host and port
            redis://localhost:6379/-1                 | has something else than the number of a database behind host and port
            redis://localhost:6379/0/1                | has something else than the number of a database behind host and port
            redis://localhost:6379/1000000000         | has a number of a database of more than 9 digits
            redis://localhost:6379#1                  | has a # (percent-encoded, in a password, it is %23)
            redis://localhost:6379?ssl=true           | asks for TLS by a parameter, which has no effect; rediss:// asks for it
            redis://localhost:6379/1?db=1&tls         | asks for TLS by a parameter, which has no effect; rediss:// asks for it
            """)
    void whatIsWrongWithAnAddressIsNotedAndTheAddressIsNotShown(String url, String whatIsWrong) {
        new SharedStateSettings(new Given(Optional.of(url), Optional.empty()), faults);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith("GATEWAY_REDIS_URL " + whatIsWrong)
                .contains("; it should be redis://host:6379, or with TLS rediss://", "percent-encoded")
                .doesNotContain(url, "hid");
    }

    @Test
    void ofSeveralAddressesTheNumbersOfTheWrongOnesAreNoted() {
        String urls = "redis://one:6379,,redis://localhost:6380/x, redis://user:hid,den@localhost";
        new SharedStateSettings(new Given(Optional.of(urls), Optional.empty()), faults);

        assertThat(faults.lines())
                .map(line -> line.replaceFirst("; it should be .*", ""))
                .containsExactly(
                        "GATEWAY_REDIS_URL lists an address, number 2, that is empty (a comma in a password is written %2C)",
                        "GATEWAY_REDIS_URL lists an address, number 3, that has something else than the number of a database"
                                + " behind host and port (a comma in a password is written %2C)",
                        "GATEWAY_REDIS_URL lists an address, number 4, that has a port that is not a number (a comma in a"
                                + " password is written %2C)",
                        "GATEWAY_REDIS_URL lists an address, number 5, that does not begin with redis:// or rediss://"
                                + " (a comma in a password is written %2C)");
    }

    @Test
    void aPartOfAPasswordThatLooksLikeAnotherAddressIsNotShown() {
        new SharedStateSettings(
                new Given(Optional.of("redis://user:hid,Den://hid@localhost"), Optional.empty()), faults);

        assertThat(faults.lines()).hasSize(2).noneMatch(line -> line.contains("hid") || line.contains("Den"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://localhost",
                "redis://localhost:6379/",
                "redis://localhost:6379/12",
                "redis://localhost:6379?ssl=false&timeout=1",
                "rediss://localhost:6379?ssl=true",
                "redis://localhost:6379/1?user=demo&password=p@ss/word",
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
