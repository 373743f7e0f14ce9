package io.itrgateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of one token, from the moment it was received. */
class AccessTokenTest {

    private static final Instant RECEIVED = Instant.parse("2026-03-07T06:30:00Z");
    private static final Duration TICK = Duration.ofNanos(1);

    private static AccessToken living(Duration life) {
        return new AccessToken(Secret.of("eyJ.the-token.sig"), 7, RECEIVED, RECEIVED.plus(life));
    }

    @ParameterizedTest
    @CsvSource({
        "PT24H, PT23H59M", // 60 s early
        "PT20M, PT19M",
        "PT10M, PT9M", // here 60 s are 10 %
        "PT60S, PT54S", // 10 % early
        "PT10S, PT9S",
        "PT1S, PT0.9S",
    })
    void itIsNotSentInTheLastMinuteOrTheLastTenthOfItsLife(Duration life, Duration usableFor) {
        var token = living(life);

        assertThat(token.isUsableAt(RECEIVED)).isTrue();
        assertThat(token.isUsableAt(RECEIVED.plus(usableFor).minus(TICK))).isTrue();
        assertThat(token.isUsableAt(RECEIVED.plus(usableFor))).isFalse();
        assertThat(token.isUsableAt(RECEIVED.plus(life))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "PT24H, PT21H36M", // 90 %
        "PT20M, PT18M", // here 90 % are two margins before the end
        "PT10M, PT8M", // two margins of 60 s before the end
        "PT60S, PT48S", // two margins of 10 % before the end
        "PT10S, PT8S",
        "PT1S, PT0.8S",
    })
    void itsRenewalIsDueAtNinetyPercentOrTwoMarginsBeforeTheEnd(Duration life, Duration freshFor) {
        var token = living(life);

        assertThat(token.isRenewalDueAt(RECEIVED)).isFalse();
        assertThat(token.isRenewalDueAt(RECEIVED.plus(freshFor).minus(TICK))).isFalse();
        assertThat(token.isRenewalDueAt(RECEIVED.plus(freshFor))).isTrue();
        assertThat(token.isRenewalDueAt(RECEIVED.plus(life))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"PT24H", "PT3H", "PT20M", "PT19M59S", "PT10M", "PT9M59S", "PT60S", "PT10S", "PT1S", "PT0.01S"})
    void firstItIsFreshThenItServesWhileItIsRenewedAndThenItIsOver(Duration life) {
        var token = living(life);

        var stages = IntStream.rangeClosed(0, 1_000)
                .mapToObj(permille -> RECEIVED.plus(life.multipliedBy(permille).dividedBy(1_000)))
                .map(now -> (token.isUsableAt(now) ? "usable" : "over") + (token.isRenewalDueAt(now) ? ", due" : ""))
                .distinct();

        assertThat(stages).containsExactly("usable", "usable, due", "over, due");
    }

    @ParameterizedTest
    @CsvSource({"PT24H, PT2H23M", "PT20M, PT1M", "PT10M, PT1M", "PT60S, PT6S", "PT10S, PT1S"})
    void itsRenewalHasAtLeastOneMarginOfTime(Duration life, Duration timeToRenew) {
        var token = living(life);
        var lastUse = RECEIVED.plus(
                life.compareTo(Duration.ofMinutes(10)) > 0
                        ? life.minusSeconds(60)
                        : life.multipliedBy(9).dividedBy(10));

        assertThat(token.isRenewalDueAt(lastUse.minus(timeToRenew))).isTrue();
        assertThat(token.isRenewalDueAt(lastUse.minus(timeToRenew).minus(TICK))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT-24H"})
    void aTokenThatIsPastIsNotSent(Duration life) {
        assertThat(living(life).isUsableAt(RECEIVED)).isFalse();
    }

    @Test
    void itsTextNeverShowsTheToken() {
        var token = living(Duration.ofHours(24));

        assertThat(token.toString()).contains("generation=7").doesNotContain("eyJ", "the-token", "sig");
        assertThat("%s".formatted(token)).doesNotContain("the-token");
    }

    @Test
    void onlyTheAuthorizationHeaderShowsTheToken() {
        assertThat(living(Duration.ofHours(24)).bearer()).isEqualTo("Bearer eyJ.the-token.sig");
    }
}
