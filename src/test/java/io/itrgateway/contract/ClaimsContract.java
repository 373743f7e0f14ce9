package io.itrgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.idempotency.Claim;
import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.Claims;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.News;
import io.itrgateway.idempotency.Owner;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What everyone who implements {@link Claims} has promised. */
public abstract class ClaimsContract {

    protected static final ClaimName NAME = new ClaimName("name-1");
    protected static final Fingerprint PAYLOAD = new Fingerprint("payload-1");
    protected static final Owner FIRST = new Owner("first");
    protected static final Owner SECOND = new Owner("second");

    private static final ClaimName OTHER_NAME = new ClaimName("name-2");
    private static final Fingerprint OTHER_PAYLOAD = new Fingerprint("payload-2");
    private static final byte[] ANSWER = everyByte();
    private static final byte[] OTHER_ANSWER = {1};

    static {
        // Mutiny sets itself up on its first use, which must be one thread's; in production that is the start.
        Uni.createFrom().deferred(() -> Uni.createFrom().voidItem()).await().indefinitely();
    }

    private static byte[] everyByte() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    /** The claims to be judged, empty at the start of each test, the same throughout one. */
    protected abstract Claims claims();

    /** Lets that much time pass for what is kept. */
    protected abstract void pass(Duration time);

    /** Names what became of a claim: granted, running, interrupted, mismatch, or the bytes that are kept. */
    protected static String word(Claim claim) {
        return claim.fold(() -> "granted", owner -> "running", Arrays::toString, () -> "interrupted", () -> "mismatch");
    }

    protected static String word(News news) {
        return news.fold(() -> "running", Arrays::toString, () -> "freed", () -> "interrupted");
    }

    protected static <T> T ended(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    private String claim(ClaimName name, Fingerprint payload, Owner owner) {
        return word(ended(claims().claim(name, payload, owner)));
    }

    private void keep(Owner owner, byte[] answer) {
        ended(claims().keep(NAME, PAYLOAD, owner, answer));
    }

    private void free(Owner owner) {
        ended(claims().free(NAME, owner, Optional.empty()));
    }

    private void free(Owner owner, byte[] ending) {
        ended(claims().free(NAME, owner, Optional.of(ending)));
    }

    private String news(Owner owner) {
        return word(ended(claims().news(NAME, owner)));
    }

    @Test
    void anotherPayloadIsTurnedAwayWhileTheFirstRuns() {
        claim(NAME, PAYLOAD, FIRST);

        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("mismatch");
    }

    @Test
    void anotherPayloadIsTurnedAwayWhenTheAnswerIsKept() {
        claim(NAME, PAYLOAD, FIRST);
        keep(FIRST, ANSWER);

        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("mismatch");
    }

    @Test
    void oneWhoWasTurnedAwayChangesNothing() {
        claim(NAME, PAYLOAD, FIRST);
        claim(NAME, OTHER_PAYLOAD, SECOND);

        free(SECOND);
        ended(claims().keep(NAME, OTHER_PAYLOAD, SECOND, OTHER_ANSWER));

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("running");
    }

    @Test
    void aClaimDoesNotLapseWhileItsCallRuns() {
        claim(NAME, PAYLOAD, FIRST);

        pass(Claims.KEPT_FOR.minusMinutes(1));

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("running");
    }

    @Test
    void theSamePayloadIsRunningForEveryOtherOwner() {
        claim(NAME, PAYLOAD, FIRST);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("running");
        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("running");
    }

    @Test
    void nobodyFreesTheClaimOfAnother() {
        claim(NAME, PAYLOAD, FIRST);

        free(SECOND);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("running");
    }

    @Test
    void nobodyKeepsAnAnswerForTheClaimOfAnother() {
        claim(NAME, PAYLOAD, FIRST);

        keep(SECOND, OTHER_ANSWER);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo("running");
    }

    @Test
    void oneWhoseClaimIsLostToAnotherNeitherKeepsNorFrees() {
        claim(NAME, PAYLOAD, FIRST);
        free(FIRST);
        claim(NAME, PAYLOAD, SECOND);

        keep(FIRST, OTHER_ANSWER);
        free(FIRST);

        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo("running");
    }

    @Test
    void oneWhoseClaimIsLostDoesNotReplaceTheAnswerOfAnother() {
        claim(NAME, PAYLOAD, FIRST);
        free(FIRST);
        claim(NAME, PAYLOAD, SECOND);
        keep(SECOND, ANSWER);

        keep(FIRST, OTHER_ANSWER);
        free(FIRST);

        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo(Arrays.toString(ANSWER));
    }

    @Test
    void anAnswerThatComesLateIsKeptIfNobodyElseHasClaimed() {
        claim(NAME, PAYLOAD, FIRST);
        free(FIRST);

        keep(FIRST, ANSWER);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo(Arrays.toString(ANSWER));
        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("mismatch");
    }

    @Test
    void whatIsKeptCannotBeFreed() {
        claim(NAME, PAYLOAD, FIRST);
        keep(FIRST, ANSWER);

        free(FIRST);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo(Arrays.toString(ANSWER));
    }

    @Test
    void aClaimThatNobodyHasIsGranted() {
        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo("granted");
    }

    @Test
    void whoHoldsTheClaimIsGrantedItAgain() {
        claim(NAME, PAYLOAD, FIRST);

        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo("granted");
    }

    @Test
    void aFreedClaimIsGrantedToTheNextWithWhateverPayload() {
        claim(NAME, PAYLOAD, FIRST);
        free(FIRST);

        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("granted");
    }

    @Test
    void aKeptAnswerComesBackByteForByteAsOftenAsItIsAskedFor() {
        claim(NAME, PAYLOAD, FIRST);
        keep(FIRST, ANSWER);

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo(Arrays.toString(ANSWER));
        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo(Arrays.toString(ANSWER));
    }

    @Test
    void namesHaveNothingToDoWithEachOther() {
        claim(NAME, PAYLOAD, FIRST);
        keep(FIRST, ANSWER);

        assertThat(claim(OTHER_NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("granted");
    }

    @Test
    void anAnswerIsKeptUntilItsTimeIsOver() {
        claim(NAME, PAYLOAD, FIRST);
        keep(FIRST, ANSWER);

        pass(Claims.KEPT_FOR.minusMinutes(1));

        assertThat(claim(NAME, PAYLOAD, SECOND)).isEqualTo(Arrays.toString(ANSWER));
    }

    @Test
    void afterItsTimeTheNameIsFreeForWhateverPayload() {
        claim(NAME, PAYLOAD, FIRST);
        keep(FIRST, ANSWER);

        pass(Claims.KEPT_FOR);

        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("granted");
    }

    @Test
    void anAnswerThatIsKeptAnewLivesAnew() {
        claim(NAME, PAYLOAD, FIRST);
        keep(FIRST, ANSWER);
        pass(Claims.KEPT_FOR);
        claim(NAME, PAYLOAD, SECOND);
        keep(SECOND, OTHER_ANSWER);

        pass(Claims.KEPT_FOR.minusMinutes(1));

        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo(Arrays.toString(OTHER_ANSWER));
    }

    // ---- news -------------------------------------------------------------------------------------------------------

    @Test
    void anOwnerOfWhomNothingIsKnownMayHaveSentHisCall() {
        assertThat(news(FIRST)).isEqualTo("interrupted");
    }

    @Test
    void oneWhoFreedWithoutHavingBegunHasFreed() {
        claim(NAME, PAYLOAD, FIRST);
        free(FIRST);

        assertThat(news(FIRST)).isEqualTo("freed");
    }

    @Test
    void oneAfterWhomAnotherWasGrantedTheNameHasFreedIt() {
        claim(NAME, PAYLOAD, FIRST);
        free(FIRST, ANSWER);
        pass(Claims.TOLD_FOR);
        claim(NAME, PAYLOAD, SECOND);

        assertThat(news(FIRST)).isEqualTo("freed");
    }

    @Test
    void theAnswerOfAnotherIsNoNews() {
        claim(NAME, PAYLOAD, FIRST);
        free(FIRST);
        claim(NAME, PAYLOAD, SECOND);
        keep(SECOND, ANSWER);

        assertThat(news(FIRST)).isEqualTo("freed");
    }

    @Test
    void theEndingOfOneWhoFreedIsForgottenWhenItsTimeIsOver() {
        claim(NAME, PAYLOAD, FIRST);
        free(FIRST, ANSWER);

        pass(Claims.TOLD_FOR);

        assertThat(news(FIRST)).isEqualTo("interrupted");
    }

    @Test
    void whoeverIsTurnedAwayIsToldWhoRuns() {
        claim(NAME, PAYLOAD, FIRST);

        var claim = ended(claims().claim(NAME, PAYLOAD, SECOND));

        assertThat(claim)
                .isInstanceOfSatisfying(
                        Claim.Running.class,
                        running -> assertThat(running.owner()).isEqualTo(FIRST));
    }

    @Test
    void oneWhoHasNotEndedRuns() {
        claim(NAME, PAYLOAD, FIRST);

        assertThat(news(FIRST)).isEqualTo("running");
    }

    @Test
    void theAnswerOfOneWhoKeptIsHisNews() {
        claim(NAME, PAYLOAD, FIRST);
        keep(FIRST, ANSWER);

        assertThat(news(FIRST)).isEqualTo(Arrays.toString(ANSWER));
    }

    @Test
    void theEndingOfOneWhoFreedIsThereForAWhile() {
        claim(NAME, PAYLOAD, FIRST);
        free(FIRST, ANSWER);

        pass(Claims.TOLD_FOR.minusSeconds(1));

        assertThat(news(FIRST)).isEqualTo(Arrays.toString(ANSWER));
    }

    @Test
    void theEndingOfOneWhoFreedIsNotInTheWayOfTheNext() {
        claim(NAME, PAYLOAD, FIRST);
        free(FIRST, ANSWER);

        assertThat(claim(NAME, OTHER_PAYLOAD, SECOND)).isEqualTo("granted");
        assertThat(news(FIRST)).isEqualTo(Arrays.toString(ANSWER));
        ended(claims().keep(NAME, OTHER_PAYLOAD, SECOND, OTHER_ANSWER));
        assertThat(news(FIRST)).isEqualTo(Arrays.toString(ANSWER));
        assertThat(news(SECOND)).isEqualTo(Arrays.toString(OTHER_ANSWER));
    }

    // ---- all of them ------------------------------------------------------------------------------------------------

    @Test
    void nothingHappensBeforeItIsSubscribedTo() {
        Uni<Claim> unheard = claims().claim(NAME, OTHER_PAYLOAD, SECOND);

        assertThat(claim(NAME, PAYLOAD, FIRST)).isEqualTo("granted");
        assertThat(word(ended(unheard))).isEqualTo("mismatch");
    }

    @Test
    void oneOfManyAtOnceIsGranted() throws Exception {
        int threads = 8;
        var start = new CyclicBarrier(threads);
        var pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 50; round++) {
                var name = new ClaimName("round-" + round);
                List<Callable<String>> all = new ArrayList<>();
                for (int thread = 0; thread < threads; thread++) {
                    var owner = new Owner("owner-" + thread);
                    all.add(() -> {
                        start.await(30, TimeUnit.SECONDS);
                        return claim(name, PAYLOAD, owner);
                    });
                }
                List<String> words = new ArrayList<>();
                for (var each : pool.invokeAll(all)) {
                    words.add(each.get());
                }
                List<String> expected = new ArrayList<>(Collections.nCopies(threads - 1, "running"));
                expected.add("granted");
                assertThat(words).containsExactlyInAnyOrderElementsOf(expected);
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
