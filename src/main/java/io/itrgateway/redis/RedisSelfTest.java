package io.itrgateway.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.itrgateway.transport.Account;
import io.quarkus.arc.InjectableInstance;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Whether Redis is as the service needs it: runs a script with every command of the service's own scripts, under names that are used for nothing else
 * and that are gone afterwards, and reads the settings of Redis that this user may read.
 */
@Dependent
public class RedisSelfTest {

    private static final String NO_CONNECTION =
            "no connection is opened: nothing listens there, the port expects TLS (then GATEWAY_REDIS_URL has to begin with rediss://),"
                    + " or a file of QUARKUS_REDIS_TLS_* cannot be used";

    /** Less than the doctor waits for the whole of it. */
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(8);

    private static final int PINGS = 5;

    private static final List<String> CONFIG_NAMES = List.of("save", "appendfsync");

    private static final Script PROBE = Script.in("redis", "probe");
    private static final List<String> PROBE_KEYS = List.of("text", "hash", "list", "set");

    /**
     * What was found.
     *
     * @param trouble why the service could not work with it, in words; empty if it could
     * @param roundTrip of a command; half of some were quicker
     * @param replicas connected now; empty if {@code WAIT} is not to be had
     * @param neededAcks as configured
     * @param settings by the names of {@code INFO} and {@code CONFIG}, those that this user may read; {@code version}; and {@code client_type}, as configured
     */
    public record Report(
            Optional<String> trouble,
            Optional<Duration> roundTrip,
            OptionalInt replicas,
            OptionalInt neededAcks,
            Map<String, String> settings) {

        static Report troubled(String trouble) {
            return new Report(
                    Optional.of(trouble), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Map.of());
        }

        public Optional<String> setting(String name) {
            return Optional.ofNullable(settings.get(name));
        }

        private Report with(String found) {
            return new Report(Optional.of(found), roundTrip, replicas, neededAcks, settings);
        }
    }

    /** A step that Redis did not take, with the words for it. */
    private static final class StepFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StepFailed(String words) {
            super(words, null, false, false);
        }
    }

    private final Supplier<Redis> client;
    private final String clientType;
    private final Keyspace keys;
    private final OptionalInt neededAcks;
    private final Duration longestConnect;

    @Inject
    RedisSelfTest(
            InjectableInstance<Redis> client,
            Account account,
            SharedStateSettings shared,
            @ConfigProperty(name = "quarkus.redis.client-type", defaultValue = "standalone") String clientType) {
        this(client::get, clientType, new Keyspace(account), shared.acks(), LONGEST_CONNECT);
    }

    /** @param keys those of the account */
    RedisSelfTest(
            Supplier<Redis> client, String clientType, Keyspace keys, OptionalInt neededAcks, Duration longestConnect) {
        this.client = client;
        this.clientType = clientType;
        this.keys = keys.within("checkup:" + UUID.randomUUID());
        this.neededAcks = neededAcks;
        this.longestConnect = longestConnect;
    }

    /** Only where Redis has an address. What goes wrong at Redis is a result; and nothing in it is Redis' own text. */
    public Uni<Report> run() {
        return Uni.createFrom()
                .deferred(() -> of(client.get().connect()))
                .ifNoItem()
                .after(longestConnect)
                .fail()
                .onItemOrFailure()
                .transformToUni((connection, failure) -> failure == null
                        ? examine(connection)
                        : Uni.createFrom().item(Report.troubled(unreachable(failure))));
    }

    private Uni<Report> examine(RedisConnection connection) {
        return roundTrip(connection)
                .chain(time -> settings(connection)
                        .chain(settings -> replicas(connection)
                                .map(replicas -> new Report(
                                        Optional.empty(), Optional.of(time), replicas, neededAcks, settings))))
                .chain(well -> probe(connection)
                        .replaceWith(well)
                        .onFailure(StepFailed.class)
                        .recoverWithItem(trouble -> well.with(trouble.getMessage())))
                .onFailure()
                .recoverWithItem(failure -> Report.troubled("PING " + words(failure)))
                .call(() -> clean(connection).onFailure().recoverWithNull())
                .eventually(() -> connection.close());
    }

    // ---- what it says of itself -------------------------------------------------------------------------------------

    private static Uni<Duration> roundTrip(RedisConnection connection) {
        return Multi.createFrom()
                .range(0, PINGS)
                .onItem()
                .transformToUniAndConcatenate(nth -> Uni.createFrom().deferred(() -> {
                    long began = System.nanoTime();
                    return of(connection.send(Request.cmd(Command.PING)))
                            .map(pong -> Duration.ofNanos(System.nanoTime() - began));
                }))
                .collect()
                .asList()
                .map(times -> times.stream().sorted().toList().get(PINGS / 2));
    }

    /** None is needed to serve; one that this user may not read is left out. */
    private Uni<Map<String, String>> settings(RedisConnection connection) {
        Map<String, String> settings = new ConcurrentHashMap<>(Map.of("client_type", clientType));
        List<Uni<Response>> answers = new ArrayList<>();
        answers.add(of(connection.send(Request.cmd(Command.HELLO))).invoke(hello -> put("version", hello, settings)));
        answers.add(of(connection.send(Request.cmd(Command.INFO)))
                .invoke(info -> settings.putAll(RedisInfo.fields(info.toString(UTF_8)))));
        for (String name : CONFIG_NAMES) {
            answers.add(
                    of(connection.send(Request.cmd(Command.CONFIG).arg("GET").arg(name)))
                            .invoke(config -> put(name, config, settings)));
        }
        return Uni.join()
                .all(answers)
                .andCollectFailures()
                .onFailure()
                .recoverWithNull()
                .replaceWith(settings);
    }

    private static void put(String name, Response answer, Map<String, String> settings) {
        Optional.ofNullable(answer.get(name)).ifPresent(value -> settings.put(name, value.toString()));
    }

    /** On a connection that has written nothing, all replicas that are connected have what it wrote. */
    private Uni<OptionalInt> replicas(RedisConnection connection) {
        return of(connection.batch(List.of(
                        Request.cmd(Command.EXISTS).arg(keys.key("any")),
                        Request.cmd(Command.WAIT).arg(0).arg(1))))
                .map(answers -> OptionalInt.of(answers.get(1).toInteger()))
                .onFailure()
                .recoverWithItem(OptionalInt.empty());
    }

    // ---- the commands of the service's scripts ----------------------------------------------------------------------

    /** By its text, and then by its digest, as the service runs its own. */
    private Uni<Void> probe(RedisConnection connection) {
        var scripts = new ScriptSender(connection);
        return step(scripts, "EVAL").chain(() -> step(scripts, "EVALSHA")).replaceWithVoid();
    }

    private Uni<Response> step(ScriptSender scripts, String name) {
        return Uni.createFrom()
                .deferred(() -> of(scripts.send(PROBE, probeKeys(), new Object[0])))
                .onFailure()
                .transform(failure -> new StepFailed(name + " " + words(failure)));
    }

    private Uni<Response> clean(RedisConnection connection) {
        Request request = Request.cmd(Command.DEL);
        probeKeys().forEach(request::arg);
        return of(connection.send(request));
    }

    private List<String> probeKeys() {
        return PROBE_KEYS.stream().map(keys::key).toList();
    }

    private static <T> Uni<T> of(Future<T> future) {
        return Uni.createFrom().completionStage(future::toCompletionStage);
    }

    // ---- words ------------------------------------------------------------------------------------------------------

    private static String unreachable(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "it does not answer; where GATEWAY_REDIS_URL begins with rediss://, the port may have no TLS";
        }
        return RedisFailure.reason(failure) == RedisAway.Reason.NO_DATABASE
                ? RedisFailure.inWords(RedisAway.Reason.NO_DATABASE)
                : "it cannot be reached: " + whyUnreachable(failure);
    }

    private static String whyUnreachable(Throwable failure) {
        if (RedisFailure.isNoRedis(failure)) {
            return "what listens there is no Redis";
        }
        if (RedisFailure.isOfAnotherType(failure)) {
            return "it is not of the type that QUARKUS_REDIS_CLIENT_TYPE names";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "its host has no address";
            }
            if (cause instanceof SSLException) {
                return "no TLS connection can be established; see QUARKUS_TLS_* and QUARKUS_REDIS_TLS_CONFIGURATION_NAME";
            }
            if (cause instanceof IOException) {
                return NO_CONNECTION;
            }
        }
        return RedisFailure.reason(failure) == RedisAway.Reason.REFUSED
                ? "it refuses the user or the password"
                : NO_CONNECTION;
    }

    private static String words(Throwable failure) {
        return switch (RedisFailure.reason(failure)) {
            case REFUSED ->
                RedisFailure.isWithoutPassword(failure)
                        ? "is refused: this Redis asks for a password, and GATEWAY_REDIS_URL has none"
                        : "is not allowed to this user";
            case READONLY ->
                "may not write: this is a replica, a cluster without a master, or has fewer replicas than its"
                        + " min-replicas-to-write";
            case CLUSTER ->
                "is refused: this is a node of a cluster, and what this service stores is at another one:"
                        + " QUARKUS_REDIS_CLIENT_TYPE has to be cluster";
            case FULL -> "may not write: memory or disk is used up";
            case BUSY -> "is not taken: it loads its data, moves it to another node, or is busy with another script";
            case ERROR -> "failed inside: a command or a key is not allowed to this user, or this Redis is too old";
            default -> "had no answer";
        };
    }
}
