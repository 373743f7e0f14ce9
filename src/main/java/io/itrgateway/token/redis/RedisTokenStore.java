package io.itrgateway.token.redis;

import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.Script;
import io.itrgateway.token.AccessToken;
import io.itrgateway.token.TokenFetch;
import io.itrgateway.token.TokenStore;
import io.itrgateway.transport.Account;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * The token that replicas share: one lies in Redis, sealed, and one replica at a time fetches the next ({@link LeasedTokenFetch}).
 *
 * <p>Tokens in use are also held in memory, by the generations of this process; {@link #held} reads only memory, so a call with a
 * token at hand does not wait for Redis. In Redis a token has a serial number, since generations of different processes are unrelated. While
 * Redis is away there is only memory, and each replica fetches for itself; when Redis is back, the token held here is stored there, unless
 * it has one that this process has not had before.
 */
final class RedisTokenStore implements TokenStore {

    static final String TOKEN = "token";
    static final String LEASE = "token-lease";
    static final String PAUSE = "token-pause";

    private static final Script ASK = Script.in("token", "token-ask");
    private static final Script PUT = Script.in("token", "token-put");
    private static final Script FAIL = Script.in("token", "token-fail");
    private static final Script HOLD = Script.in("token", "token-hold");
    private static final Script DROP = Script.in("token", "token-drop");

    static final List<String> ALL = List.of(TOKEN, LEASE, PAUSE);
    private static final String NO_FETCH = "";

    private final RedisLink link;
    private final TokenStore memory;
    private final SealedTokenCodec form;
    private final LeaseTimes times;
    private final Clock clock;
    private final DelayedExecutor delay;
    private final Executor callers;
    private final KnownSerials known = new KnownSerials();

    /**
     * @param memory what this process holds
     * @param callers where those go on who get what was found; not on the link's own context, on which everything else waits for them
     */
    RedisTokenStore(
            RedisLink link,
            TokenStore memory,
            Account account,
            LeaseTimes times,
            Clock clock,
            DelayedExecutor delay,
            Executor callers) {
        this.link = link;
        this.memory = memory;
        this.form = new SealedTokenCodec(account, link.keys().key(TOKEN));
        this.times = times;
        this.clock = clock;
        this.delay = delay;
        this.callers = callers;
        link.onReconnect(forgot -> putBack());
    }

    @Override
    public Optional<AccessToken> held(long generation) {
        return memory.held(generation);
    }

    @Override
    public Uni<AccessToken> load(long generation, TokenFetch fetch) {
        return memory.load(
                generation,
                () -> Uni.createFrom()
                        .emitter(end ->
                                new LeasedTokenFetch(this, generation, fetch, times, delay, callers, end).ask()));
    }

    @Override
    public void drop(long generation) {
        memory.drop(generation);
        known.recordDropped(generation)
                .ifPresent(serial -> send(link.run(DROP, RedisLink.SILENCE, List.of(TOKEN), serial)));
    }

    /** After a loss of Redis, or of what it knew. */
    private void putBack() {
        known.newest()
                .ifPresent(
                        here -> memory.held(here.generation()).ifPresent(token -> put(NO_FETCH, here.serial(), token)));
    }

    // ---- steps of a fetch -------------------------------------------------------------------------------------------

    /**
     * Waits for as long as Redis counts as there: a slow answer costs a caller less than an authorize in each replica.
     *
     * @return what {@code token-ask.lua} says
     */
    Uni<Response> ask(String fetchId, long generation) {
        List<Object> arguments = new ArrayList<>(List.of(fetchId, times.life().toMillis()));
        arguments.addAll(known.uselessFor(generation));
        return link.run(ASK, RedisLink.SILENCE, ALL, arguments.toArray());
    }

    /** Opens a token that was found; empty if it is none that this process can read, or that it wants. */
    Optional<AccessToken> tryTake(Response found, long generation, TokenFetch fetch) {
        String serial = found.get(1).toString();
        Optional<AccessToken> token = form.read(
                        bytes(found.get(2)),
                        serial,
                        String.valueOf(found.get(3)),
                        found.get(4).toLong(),
                        generation,
                        clock.instant())
                .filter(fetch::tryAdopt);
        if (token.isPresent()) {
            known.recordHeld(serial, generation);
        } else if (fetch.isWanted()) { // or else it may be just what the next generation needs
            known.recordUseless(serial);
        }
        return token;
    }

    private static byte[] bytes(Response response) {
        return response == null ? new byte[0] : response.toBytes();
    }

    void extendLease(String fetchId) {
        send(link.run(
                HOLD, RedisLink.SILENCE, List.of(LEASE), fetchId, times.life().toMillis()));
    }

    void publish(String fetchId, AccessToken token) {
        String serial = UUID.randomUUID().toString();
        known.recordHeld(serial, token.generation());
        put(fetchId, serial, token);
    }

    private void put(String fetchId, String serial, AccessToken token) {
        List<Object> arguments = new ArrayList<>(List.of(
                fetchId,
                serial,
                form.write(token, serial),
                form.lifeMillis(token),
                Duration.between(clock.instant(), token.expiresAt()).toMillis()));
        arguments.addAll(known.uselessFor(token.generation()));
        send(link.run(PUT, RedisLink.SILENCE, ALL, arguments.toArray()));
    }

    void publishFailure(String fetchId, TokenFetch failed) {
        List<Object> arguments = new ArrayList<>(List.of(fetchId));
        failed.failure()
                .ifPresent(failure -> arguments.addAll(List.of(
                        Math.max(1, failure.left().toMillis()), failure.kind().name(), failure.failures())));
        send(link.run(FAIL, RedisLink.SILENCE, List.of(LEASE, PAUSE), arguments.toArray()));
    }

    /** Not waited for. If it does not reach Redis, expiry there makes up for it, and what is stored again. */
    private static void send(Uni<Response> step) {
        step.subscribe().with(done -> {}, away -> {});
    }
}
