package io.itrgateway.token;

import io.itrgateway.secret.Secret;
import io.itrgateway.transport.Account;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.cache.Cache;
import io.quarkus.cache.runtime.caffeine.CaffeineCacheImpl;
import io.quarkus.cache.runtime.caffeine.CaffeineCacheInfo;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.concurrent.Executor;

/** The room as it is in production, but for its clock, its authorizer and where flights run. */
public final class TokenRoom {

    public static final Account COMPANY = new Account("company", Secret.of("client-secret-1"));

    /** As in {@code application.properties}. */
    private static final long MAXIMUM_SIZE = 8;

    static {
        // Mutiny sets itself up on its first use, which must be one thread's; in production that is the start.
        Uni.createFrom().deferred(() -> Uni.createFrom().voidItem()).await().indefinitely();
    }

    private final Clock clock;
    private final Authorizer authorizer;
    private final Executor flights;
    private final Cache cache;
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final TokenTelemetry meter;

    /** With a Deepvue of its own, which is also where flights run. */
    public TokenRoom(Clock clock, ScriptedAuthorizer deepvue) {
        this(clock, deepvue, deepvue);
    }

    TokenRoom(Clock clock, Authorizer authorizer, Executor flights) {
        this(clock, authorizer, flights, emptyCache());
    }

    private TokenRoom(Clock clock, Authorizer authorizer, Executor flights, Cache cache) {
        this.clock = clock;
        this.authorizer = authorizer;
        this.flights = flights;
        this.cache = cache;
        this.meter = new TokenTelemetry(meters, clock);
    }

    private static Cache emptyCache() {
        var info = new CaffeineCacheInfo();
        info.name = "access-tokens";
        info.maximumSize = MAXIMUM_SIZE;
        return new CaffeineCacheImpl(info, false);
    }

    /** Another room over the same cache. */
    TokenRoom neighbour(Authorizer other, Executor otherFlights) {
        return new TokenRoom(clock, other, otherFlights, cache);
    }

    public TokenStore storeOf(Account account) {
        return new MemoryTokenStore(cache, account);
    }

    TokenService tokensOf(Account account) {
        return tokensOn(storeOf(account));
    }

    public TokenService tokensOn(TokenStore store) {
        return new TokenService(store, authorizer, meter, clock, flights);
    }

    /** How many authorizes have counted as brought to a good end. */
    public long countedRenewals() {
        return (long) meters.counter("gateway.token.renewals", "result", "ok").count();
    }

    /** The age of the newest token in seconds, as an operator reads it. */
    public double shownAge() {
        return meters.get("gateway.token.age").gauge().value();
    }

    /** How many refusals of a token have counted. */
    long countedRefusals() {
        return (long) meters.counter("gateway.token.refusals").count();
    }
}
