package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.OIDCException;
import io.quarkus.oidc.common.OidcEndpoint;
import io.quarkus.oidc.common.OidcRequestFilter;
import io.quarkus.oidc.common.OidcResponseFilter;
import io.quarkus.oidc.runtime.JsonWebKeySet;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * When the keys of the issuer are read, and how many there are. Quarkus reads them when a token comes whose key it does not know; until it has
 * them, and for some time after, it refuses other tokens with an unknown key, too. Such tokens are valid when the issuer has just changed its key.
 */
@Singleton
@Unremovable
@OidcEndpoint(OidcEndpoint.Type.JWKS)
class IssuerKeyReads implements OidcRequestFilter, OidcResponseFilter {

    static final GatewayException UNDER_WAY = GatewayException.of(
                    ProblemKind.OVERLOADED,
                    "The keys of the issuer of Bearer tokens are being read, so the token could not be checked. Nothing was"
                            + " sent upstream. Repeat after Retry-After.")
            .withRetryAfter(Duration.ofSeconds(1));

    /** Each of them costs a verification, or two, for a token that does not name its key, a forged one included. */
    static final int MOST_KEYS_TO_TRY = 8;

    /** Covers the difference of the clocks, unless a longer grace is configured, and the age of a set of keys that the issuer has cached. */
    static final Duration LATENESS = Duration.ofSeconds(5);

    /** How long after the answer a token may still be refused that was looked up before the keys of the answer were in place. */
    static final Duration SETTLING = Duration.ofMillis(100);

    private static final int OK = 200;

    /** Those of the types that Quarkus uses. */
    private static final Set<String> KEY_TYPES = Set.of("RSA", "EC", "OKP");

    /** In the context of the request whose token the keys are read for: it is judged by them. */
    private static final String READS = IssuerKeyReads.class.getName();

    private final Clock clock;
    private final Duration refreshInterval;
    private final boolean triesAll;
    private final Duration grace;
    private final Duration lateness;

    private volatile Instant latest = Instant.EPOCH;
    private volatile int usableKeyCount;

    /** When a read that has begun ends at the latest. */
    private volatile Instant end = Instant.MIN;

    /**
     * @param refreshInterval how long Quarkus does not read keys again
     * @param triesAll whether it compares a token that does not name its key with all of them; not where it reads the keys for each such token
     * @param graceSeconds how far it tolerates that the clock of the issuer differs
     */
    IssuerKeyReads(
            Clock clock,
            @ConfigProperty(name = "quarkus.oidc.token.forced-jwk-refresh-interval") Duration refreshInterval,
            @ConfigProperty(name = "quarkus.oidc.jwks.try-all") boolean triesAll,
            @ConfigProperty(name = "quarkus.oidc.jwks.resolve-early", defaultValue = "true") boolean readsEarly,
            @ConfigProperty(name = "quarkus.oidc.token.lifespan-grace") OptionalInt graceSeconds) {
        this.clock = clock;
        this.refreshInterval = refreshInterval;
        this.triesAll = triesAll && readsEarly;
        this.grace = Duration.ofSeconds(graceSeconds.orElse(0));
        this.lateness = grace.compareTo(LATENESS) > 0 ? grace : LATENESS;
    }

    /** Whether the keys are being read for the token of another request than the current one. */
    boolean isUnderWay() {
        Instant ends = end; // before the clock is read: that of a read which begins meanwhile would be too late for it
        Instant now = clock.instant();
        // A clock that was set back must not make a read longer than any can be.
        return now.isBefore(ends) && !ends.isAfter(now.plus(IssuerFailureClassifier.LONGEST_ATTEMPT)) && !isReader();
    }

    /** Whether a token may have been signed with a key that the issuer published after the latest read, which was not for this token. */
    boolean mayLackKeyOf(UnverifiedToken token) {
        Instant now = clock.instant();
        long earliest = latest.minus(lateness).getEpochSecond();
        long last = now.plus(lateness).getEpochSecond();
        return !isReader()
                && token.issuedAt().stream().anyMatch(issuedAt -> issuedAt >= earliest && issuedAt <= last)
                && token.expiresAt().stream()
                        .anyMatch(expiresAt -> expiresAt > now.minus(grace).getEpochSecond());
    }

    GatewayException notYetKnown() {
        return GatewayException.of(
                        ProblemKind.OVERLOADED,
                        "The key of the token is not known, and may be newer than the keys of the issuer that were read last, so the"
                                + " token could not be checked. Nothing was sent upstream. Repeat after Retry-After.")
                .withRetryAfter(refreshInterval);
    }

    /** Whether a token is not verified by any key unless it names one. */
    boolean requireKeyNames() {
        return triesAll && usableKeyCount > MOST_KEYS_TO_TRY;
    }

    private static boolean isReader() {
        return request().map(own -> own.getLocal(READS)).isPresent();
    }

    /** The context of the current request, if there is one: the first keys may be read at the start. */
    private static Optional<Context> request() {
        return Optional.ofNullable(Vertx.currentContext()).filter(VertxContext::isDuplicatedContext);
    }

    void markEnded() {
        end = Instant.MIN;
    }

    @Override
    public Uni<Void> filter(OidcRequestFilterContext request) {
        request().ifPresent(reader -> reader.putLocal(READS, true));
        latest = clock.instant();
        end = latest.plus(IssuerFailureClassifier.LONGEST_ATTEMPT);
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> filter(OidcResponseFilterContext answer) {
        end = clock.instant().plus(SETTLING);
        if (answer.statusCode() == OK) {
            if (!isReadable(answer.responseBody())) {
                return Uni.createFrom().failure(new IssuerFault(IssuerFault.NOT_JSON));
            }
            keySetIn(answer.responseBody()).ifPresent(keySet -> {
                List<JsonObject> usable = usableKeysOf(keySet);
                usableKeyCount = usable.size();
                if (triesAll && nameAll(usable)) {
                    answer.responseBody(Buffer.buffer(keySet.encode()));
                }
            });
        }
        return Uni.createFrom().voidItem();
    }

    /** Whether Quarkus can read it, or says that it cannot: what else it fails with may also be the fault of a token. */
    private static boolean isReadable(Buffer answer) {
        try {
            new JsonWebKeySet(String.valueOf(answer));
            return true;
        } catch (OIDCException e) {
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Empty where it is no key set: Quarkus keeps the one that it has. */
    private static Optional<JsonObject> keySetIn(Buffer answer) {
        try {
            return Optional.of(answer.toJsonObject()).filter(keySet -> keySet.getJsonArray("keys") != null);
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private static List<JsonObject> usableKeysOf(JsonObject keySet) {
        return keySet.getJsonArray("keys").stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .filter(IssuerKeyReads::isUsable)
                .toList();
    }

    /**
     * Gives those an id that have none. Quarkus takes the only key without one for that of every token that does not name its key: it would not
     * try the others, and not read the keys again when the issuer has changed it.
     *
     * @return whether there were any
     */
    private static boolean nameAll(List<JsonObject> keys) {
        List<JsonObject> nameless =
                keys.stream().filter(key -> key.getValue("kid") == null).toList();
        nameless.forEach(key -> key.put("kid", UUID.randomUUID().toString()));
        return !nameless.isEmpty();
    }

    /** Whether Quarkus compares tokens with it. */
    private static boolean isUsable(JsonObject key) {
        Object use = key.getValue("use");
        return KEY_TYPES.contains(String.valueOf(key.getValue("kty"))) && (use == null || use.equals("sig"));
    }
}
