package io.itrgateway.idempotency;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;

/**
 * Port: who may carry out the call of a name, and what it answered. It decides among all that share it, be they threads or
 * replicas.
 *
 * <p>Nothing happens before subscription. Each {@code Uni} ends within seconds, on any thread, and fails only where the store
 * cannot be reached; whether the wish took effect is then unknown.
 */
public interface Claims {

    /** How long an answer is kept. */
    Duration KEPT_FOR = Duration.ofHours(24);

    /** How long the ending of a call that was not kept is there for those who wait for it elsewhere. */
    Duration TOLD_FOR = Duration.ofSeconds(10);

    /**
     * Claims the name for a payload. Granted to one owner at the most until that one frees it, or until {@link #KEPT_FOR} is over: not
     * even the end of the owner's process makes it free. Whoever holds the claim is granted it again; who has freed it has had
     * his turn and must not ask again.
     */
    Uni<Claim> claim(ClaimName name, Fingerprint fingerprint, Owner owner);

    /**
     * Keeps the answer for {@link #KEPT_FOR} and ends the claim. It takes effect for the one who holds the claim, interrupted or not, and
     * for one whose claim the store has lost as long as nobody else claimed: an answer is worth keeping even when it comes late.
     * Otherwise nothing happens.
     *
     * <p>A store of limited size may forget kept answers before their time, the oldest ones first, and never a claim.
     */
    Uni<Void> keep(ClaimName name, Fingerprint fingerprint, Owner owner, byte[] closed);

    /**
     * Ends the claim without keeping anything, so that the next one is granted. Nobody's claim ends but that owner's own.
     *
     * @param closed how the call ended, for {@link #news} and for {@link #TOLD_FOR} only; empty if it was never begun
     */
    Uni<Void> free(ClaimName name, Owner owner, Optional<byte[]> closed);

    /** How the call of an owner is going who was said to carry it out. */
    Uni<News> news(ClaimName name, Owner owner);
}
