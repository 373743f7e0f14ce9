package io.itrgateway.idempotency;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;

/**
 * Port: decides which owner makes the call of a name, and keeps its result, for all threads and processes that share the store.
 *
 * <p>Nothing happens before subscription. Each {@code Uni} ends on any thread, within a second unless its result is large. It fails only where
 * the store did not do it in time; whether it took effect is then unknown. A claim that failed is released by the store.
 * Where a result is kept but cannot be read now, it fails with {@link GatewayException} of {@link ProblemKind#CALL_INTERRUPTED}; nothing is claimed then.
 */
public interface ClaimStore {

    /** How long a result is kept for its name. */
    Duration KEPT_FOR = Duration.ofHours(24);

    /** A store may drop a larger result of a released claim; one that no other process shares drops all of them. */
    int LARGEST_RELEASED_BYTES = 16 * 1024;

    /** Longest result: an answer has 16 MiB at the most, and the rest is for what is stored with it. */
    int LONGEST_RESULT_BYTES = 17 * 1024 * 1024;

    /**
     * Claims the name for a payload. One owner at the most holds it until that owner completes or releases it, or until {@link #KEPT_FOR}
     * has passed; the end of the owner's process does not make it free. An owner that holds it acquires it again; one that has
     * released it must not claim again.
     */
    Uni<ClaimState> claim(ClaimName name, Fingerprint fingerprint, Owner owner);

    /**
     * Keeps the result of a call for {@link #KEPT_FOR}. It takes effect for the owner of the claim, interrupted or not, for one whose claim
     * is gone and no other owner has claimed the name, and for one that has made the call of an interrupted claim again; otherwise nothing
     * happens.
     *
     * <p>A store of limited size may drop kept results early, those of {@linkplain Effect#isRepeatable() repeatable} calls first, and never a
     * claim. Of a call that must not be made again it keeps an empty result then, and where the result is too
     * large.
     */
    Uni<Void> complete(ClaimName name, Fingerprint fingerprint, Owner owner, Effect effect, byte[] result);

    /**
     * Ends the owner's claim without keeping a result, so that the name can be claimed again.
     *
     * @param result of the call, for {@link #find} for some seconds at least, up to {@link #LARGEST_RELEASED_BYTES}; empty if it was not begun
     */
    Uni<Void> release(ClaimName name, Owner owner, Optional<byte[]> result);

    /**
     * The state of the call of an owner that was said to hold the claim, with that payload. Never {@code Acquired} or {@code Conflict}. A claim
     * that the store has lost is the owner's again.
     */
    Uni<ClaimState> find(ClaimName name, Fingerprint fingerprint, Owner owner);

    /** Calls that other processes would take for interrupted if this one ended now: those in progress, and those whose end is not stored yet. */
    default int unstored() {
        return 0;
    }
}
