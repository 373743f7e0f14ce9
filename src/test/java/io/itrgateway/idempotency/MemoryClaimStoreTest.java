package io.itrgateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.itrgateway.TurnableClock;
import io.itrgateway.contract.ClaimStoreContract;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.RedactedThrowable;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryClaimStoreTest extends ClaimStoreContract {

    private static final long ROOM_FOR_THREE = 3L * (MemoryClaimStore.ENTRY_BYTES + 100);

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final MemoryClaimStore claims =
            new MemoryClaimStore(ROOM_FOR_THREE, IdempotencyRoom.nanosOf(clock), meters);
    private final MemoryClaimStore roomy =
            new MemoryClaimStore(1_000_000, IdempotencyRoom.nanosOf(clock), new SimpleMeterRegistry());

    @Override
    protected ClaimStore store() {
        return roomy;
    }

    @Override
    protected void pass(Duration time) {
        clock.turn(time);
    }

    private static ClaimName name(int number) {
        return new ClaimName("caller", "claim-" + number);
    }

    /** Of a call that was made and whose answer is no longer there. */
    private static final String NO_ANSWER = "[]";

    private String claim(int number) {
        return word(ended(claims.claim(name(number), PAYLOAD, SECOND)));
    }

    /** A call that is claimed and whose answer of that size is kept. */
    private void made(int number, int answerBytes) {
        ended(claims.claim(name(number), PAYLOAD, FIRST));
        ended(claims.complete(name(number), PAYLOAD, FIRST, Effect.REGISTERS, new byte[answerBytes]));
    }

    /** The same for a call that may be made again. */
    private void madeRepeatable(int number, int answerBytes) {
        ended(claims.claim(name(number), PAYLOAD, FIRST));
        ended(claims.complete(name(number), PAYLOAD, FIRST, Effect.FETCHES, new byte[answerBytes]));
    }

    private List<Integer> keptOf(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .filter(number ->
                        word(ended(claims.find(name(number), PAYLOAD, FIRST))).startsWith("[0"))
                .boxed()
                .toList();
    }

    private double gauge(String name) {
        return meters.get("gateway.idempotency.kept." + name).gauge().value();
    }

    private double evicted() {
        return meters.get("gateway.idempotency.evicted").counter().count();
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    /** It is for other processes, of which there are none. */
    @Test
    void theResultOfAReleasedClaimIsNotHeld() {
        ended(claims.claim(name(1), PAYLOAD, FIRST));
        ended(claims.release(name(1), FIRST, Optional.of(new byte[ClaimStore.LONGEST_RESULT_BYTES])));

        assertThat(word(ended(claims.find(name(1), PAYLOAD, FIRST)))).isEqualTo("released");
    }

    @Test
    void whenMemoryIsFullTheOldestCallsLoseTheirAnswersAndKeepTheirNames() {
        for (int number = 1; number <= 3; number++) {
            made(number, 200);
        }

        assertThat(claim(1)).isEqualTo(NO_ANSWER);
        assertThat(claim(2)).isEqualTo(NO_ANSWER);
        assertThat(keptOf(3, 3)).containsExactly(3);
        assertThat(evicted()).isEqualTo(2);
    }

    @Test
    void anAnswerThatIsAskedForOftenIsNoYounger() {
        for (int number = 1; number <= 3; number++) {
            made(number, 150);
            claim(1);
        }

        assertThat(claim(1)).isEqualTo(NO_ANSWER);
        assertThat(keptOf(2, 3)).containsExactly(2, 3);
    }

    @Test
    void aFurtherCallIsRefusedWhenNamesAloneFillTheMemory() {
        made(1, 100);
        made(2, 100);
        ended(claims.claim(name(3), PAYLOAD, FIRST));

        assertThatThrownBy(() -> claim(4))
                .as("what the log says of it")
                .extracting(RedactedThrowable::new)
                .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                .hasMessageEndingWith("GATEWAY_IDEMPOTENCY_MEMORY is full of keys");
        ended(claims.complete(name(3), PAYLOAD, FIRST, Effect.REGISTERS, new byte[100]));
        assertThat(keptOf(1, 3)).containsExactly(1, 2, 3);

        clock.turn(ClaimStore.KEPT_FOR);
        assertThat(claim(4)).isEqualTo("acquired");
    }

    @Test
    void oneLargeAnswerTakesThePlaceOfSeveral() {
        made(1, 100);
        made(2, 100);

        made(3, 250);

        assertThat(claim(1)).isEqualTo(NO_ANSWER);
        assertThat(claim(2)).isEqualTo(NO_ANSWER);
        assertThat(keptOf(3, 3)).containsExactly(3);
    }

    @Test
    void answersOfRepeatableCallsMakeRoomBeforeAllOthers() {
        made(1, 100);
        madeRepeatable(2, 100);
        madeRepeatable(3, 100);

        made(4, 100);
        made(5, 100);

        assertThat(keptOf(1, 5)).containsExactly(1, 4, 5);
        assertThat(evicted()).isEqualTo(2);
    }

    @Test
    void anAnswerOfARepeatableCallTakesNoPlaceOfOthers() {
        made(1, 100);
        made(2, 100);
        madeRepeatable(3, 100);
        madeRepeatable(4, 100);

        madeRepeatable(5, 100 + MemoryClaimStore.ENTRY_BYTES);

        assertThat(keptOf(1, 5)).containsExactly(1, 2, 4);
        assertThat(evicted()).isEqualTo(2);
    }

    @Test
    void anAnswerOfARepeatableCallThatNoMemoryCouldHoldEvictsNothingAndReleasesItsKey() {
        madeRepeatable(1, 100);

        madeRepeatable(2, (int) ROOM_FOR_THREE);

        assertThat(keptOf(1, 1)).containsExactly(1);
        assertThat(claim(2)).isEqualTo("acquired");
        assertThat(evicted()).isEqualTo(1);
    }

    /** To make it again could register twice. */
    @Test
    void aCallWhoseAnswerNoMemoryCouldHoldKeepsItsKeyAllTheSame() {
        made(1, (int) ROOM_FOR_THREE);

        assertThat(claim(1)).isEqualTo(NO_ANSWER);
        assertThat(evicted()).isEqualTo(1);
    }

    @Test
    void aRunningClaimIsNeverDrivenOut() {
        ended(claims.claim(NAME, PAYLOAD, FIRST));

        for (int number = 1; number <= 100; number++) {
            madeRepeatable(number, 100);
        }

        assertThat(word(ended(claims.claim(NAME, PAYLOAD, SECOND)))).isEqualTo("in progress");
    }

    @Test
    void memoryStaysInBoundsUnderTenThousandAnswers() {
        for (int number = 0; number < 10_000; number++) {
            if (number % 3 == 0) {
                clock.turn(ClaimStore.KEPT_FOR);
            }
            made(number, number % 400);
            assertThat(gauge("bytes")).isLessThanOrEqualTo(ROOM_FOR_THREE);
        }
    }

    @Test
    void memoryIsCountedWithWhatAnEntryCostsBesideItsAnswer() {
        made(1, 100);
        made(2, 0);

        assertThat(gauge("bytes")).isEqualTo(100 + 2 * MemoryClaimStore.ENTRY_BYTES);
        assertThat(gauge("answers")).isEqualTo(2);
    }

    // ---- callers ----------------------------------------------------------------------------------------------------

    private final MemoryClaimStore shared =
            new MemoryClaimStore(20_000, IdempotencyRoom.nanosOf(clock), new SimpleMeterRegistry());

    private void made(String caller, int number, int answerBytes, boolean isRepeatable) {
        var name = new ClaimName(caller, caller + number);
        ended(shared.claim(name, PAYLOAD, FIRST));
        var effect = isRepeatable ? Effect.FETCHES : Effect.REGISTERS;
        ended(shared.complete(name, PAYLOAD, FIRST, effect, new byte[answerBytes]));
    }

    private List<String> keptOf(String... names) {
        return Stream.of(names)
                .filter(name -> {
                    var claim = new ClaimName(name.replaceAll("\\d", ""), name);
                    return word(ended(shared.find(claim, PAYLOAD, FIRST))).startsWith("[0");
                })
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void longAnswersOfOneCallerDisplaceOnlyItsOwn(boolean isRepeatable) {
        made("small", 1, 100, false);
        made("small", 2, 100, true);

        for (int number = 1; number <= 10; number++) {
            made("large", number, 6_000, isRepeatable);
        }

        assertThat(keptOf("small1", "small2", "large1", "large10")).containsExactly("small1", "small2", "large10");
    }

    @Test
    void oneThatComesLaterTakesItsPartFromTheCallerThatHoldsMost() {
        made("small", 1, 100, false);
        made("large", 1, 8_000, false);
        made("large", 2, 8_000, false);

        made("later", 1, 6_000, false);
        made("later", 2, 4_000, false);

        assertThat(keptOf("small1", "large1", "large2", "later1", "later2"))
                .containsExactly("small1", "large2", "later2");
    }

    @Test
    void aCallerThatHoldsMostLosesItsRepeatableAnswersFirst() {
        made("small", 1, 100, true);
        made("large", 1, 8_000, false);
        made("large", 2, 4_000, true);

        made("later", 1, 6_000, false);

        assertThat(keptOf("small1", "large1", "large2", "later1")).containsExactly("small1", "large1", "later1");
    }

    @Test
    void aCallerThatHoldsMostWithoutRepeatableAnswersDisplacesNoneOfOthers() {
        made("large", 1, 10_000, false);
        for (int number = 1; number <= 8; number++) {
            made("small", number, 100, true);
        }

        made("large", 2, 6_000, true);

        assertThat(keptOf("large1", "large2", "small1", "small2", "small3", "small4", "small5", "small6", "small8"))
                .containsExactly("large1", "small1", "small2", "small3", "small4", "small5", "small6", "small8");
        assertThat(word(ended(shared.claim(new ClaimName("large", "large2"), PAYLOAD, SECOND))))
                .isEqualTo("acquired");
    }

    @Test
    void anAnswerThatIsLongerThanAllOfAnyOtherCallerDisplacesNone() {
        Stream.of("a", "b", "c", "d", "e").forEach(caller -> made(caller, 1, 3_000, false));

        made("long", 1, 13_000, false);

        assertThat(keptOf("a1", "b1", "c1", "d1", "e1", "long1")).containsExactly("a1", "b1", "c1", "d1", "e1");
        assertThat(word(ended(shared.claim(new ClaimName("long", "long1"), PAYLOAD, SECOND))))
                .isEqualTo(NO_ANSWER);
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    @Test
    void answersWhoseTimeIsOverMakeRoomAndAreNotCountedAsDrivenOut() {
        made(1, 100);
        made(2, 100);
        made(3, 100);
        clock.turn(ClaimStore.KEPT_FOR);

        made(4, 100);

        assertThat(gauge("answers")).isEqualTo(1);
        assertThat(gauge("bytes")).isEqualTo(100 + MemoryClaimStore.ENTRY_BYTES);
        assertThat(evicted()).isZero();
    }

    @Test
    void anAnswerWhoseTimeIsOverLeavesMemoryWhenItIsAskedFor() {
        made(1, 100);
        clock.turn(ClaimStore.KEPT_FOR);

        claim(1);

        assertThat(gauge("answers")).isZero();
        assertThat(gauge("bytes")).isZero();
    }

    // ---- what remains -----------------------------------------------------------------------------------------------
}
