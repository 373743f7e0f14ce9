package io.itrgateway.token.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.itrgateway.secret.Seal;
import io.itrgateway.secret.Secret;
import io.itrgateway.token.AccessToken;
import io.itrgateway.transport.Account;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The form in which a token lies in Redis: sealed with a key that comes from the client secret, together with its place, its serial and
 * its whole life, none of which can be changed or exchanged.
 *
 * <p>How much of the life is left is the life of the key in Redis, and no point in time is written: replicas whose clocks differ agree,
 * since each lays what is left onto its own. A network that is slow by half a second makes a token older by half a second, against a
 * margin of up to a minute.
 */
final class SealedTokenCodec {

    private final Seal seal;
    private final String place;

    /** @param place the name of its key */
    SealedTokenCodec(Account account, String place) {
        this.seal = account.keys().seal("access token");
        this.place = place;
    }

    /** @param serial tells it from every other token */
    byte[] write(AccessToken token, String serial) {
        return seal.close(token.value().reveal().getBytes(UTF_8), belongsTo(serial, lifeMillis(token)));
    }

    long lifeMillis(AccessToken token) {
        return Duration.between(token.issuedAt(), token.expiresAt()).toMillis();
    }

    /**
     * The token as one of that generation; empty if it was written with another client secret, or changed since.
     *
     * @param lifeMillis as it lies there
     * @param leftMillis of the life of its key
     */
    Optional<AccessToken> read(
            byte[] sealed, String serial, String lifeMillis, long leftMillis, long generation, Instant now) {
        return seal.open(sealed, "%s %s %s".formatted(place, serial, lifeMillis))
                .map(text -> {
                    long life = Long.parseLong(lifeMillis); // a number, since it opened
                    Instant expiresAt = now.plusMillis(Math.max(0, Math.min(leftMillis, life)));
                    return new AccessToken(
                            Secret.of(new String(text, UTF_8)), generation, expiresAt.minusMillis(life), expiresAt);
                });
    }

    private String belongsTo(String serial, long lifeMillis) {
        return "%s %s %d".formatted(place, serial, lifeMillis);
    }
}
