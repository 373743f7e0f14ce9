package io.itrgateway.token;

import io.itrgateway.secret.Secret;
import java.time.Duration;
import java.time.Instant;

/**
 * A token with its life, by this process' clock.
 *
 * @param generation which token of this process it is; later ones are larger
 * @param issuedAt when it was received, by this process or by the one that has fetched it
 * @param expiresAt when the upstream stops accepting it
 */
public record AccessToken(Secret value, long generation, Instant issuedAt, Instant expiresAt) {

    private static final Duration LARGEST_MARGIN = Duration.ofSeconds(60);

    /** The value of the Authorization header. */
    public String bearer() {
        return "Bearer " + value.reveal();
    }

    /**
     * Whether it may still be sent. It counts as expired early, by min(60 s, 10 % of its life), so that it does not expire
     * on the way, and tokens with a short life work too.
     */
    boolean isUsableAt(Instant now) {
        return now.isBefore(expiresAt.minus(margin()));
    }

    /**
     * Whether it should be renewed in the background: at 90 % of its life, and if its life is under 20 minutes, where that would be
     * too close to the early expiry, two margins before the end.
     */
    boolean isRenewalDueAt(Instant now) {
        return !now.isBefore(renewalDue());
    }

    /** From when on the next call renews it in the background. */
    public Instant renewalDue() {
        var atNinetyPercent = issuedAt.plusMillis(lifeMillis() * 9 / 10);
        var twoMarginsBefore = expiresAt.minus(margin()).minus(margin());
        return atNinetyPercent.isBefore(twoMarginsBefore) ? atNinetyPercent : twoMarginsBefore;
    }

    /** A number, since every call asks, and a {@link Duration} divides by means of decimals. */
    private long lifeMillis() {
        return Duration.between(issuedAt, expiresAt).toMillis();
    }

    private Duration margin() {
        var tenth = Duration.ofMillis(lifeMillis() / 10);
        return tenth.compareTo(LARGEST_MARGIN) < 0 ? tenth : LARGEST_MARGIN;
    }
}
