package io.itrgateway.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.itrgateway.problem.ConfigurationFaults;
import io.itrgateway.quota.SharedBook;
import io.itrgateway.quota.Window;
import io.itrgateway.transport.Account;
import io.itrgateway.transport.DeepvueConfig;
import io.quarkus.arc.InjectableInstance;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Whether Redis is as the service needs it: takes every step that the service takes, under names that nobody else uses and that are gone
 * afterwards, and reads what Redis says of itself where this user may ask.
 */
@Dependent
public class RedisCheckup {

    private static final int PINGS = 5;

    private static final String ALIVE = "alive";

    private static final List<String> ALL_NAMES = Stream.concat(
                    RedisBook.NAMES.stream(),
                    Stream.of(
                            "born",
                            "settling",
                            ALIVE,
                            "claim:it",
                            "ended:it",
                            RedisShelf.TOKEN,
                            RedisShelf.LEASE,
                            RedisShelf.PAUSE))
            .toList();

    private static final List<String> TOKEN_NAMES = List.of(RedisShelf.TOKEN, RedisShelf.LEASE, RedisShelf.PAUSE);
    private static final List<String> ASKED_NAMES = List.of("claim:it", "ended:it", ALIVE, "settling");
    private static final List<String> CLAIM_NAMES = List.of("claim:it", "ended:it");

    /** Of what there is no script: a book with one window of each kind. */
    private static final SharedBook.Terms TERMS = new SharedBook.Terms(
            List.of(
                    new Window("second", 10, Duration.ofSeconds(1)),
                    new Window("minute", 10, Duration.ofMinutes(1)),
                    new Window("day", 10, Duration.ofDays(1))),
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    /**
     * What was found.
     *
     * @param trouble why the service could not work with it, in words; empty if it could
     * @param version empty if this user may not ask for it
     * @param roundTrip of a command; half of some were quicker
     * @param eviction the {@code maxmemory-policy}; empty if this user may not ask for it
     * @param hasLimit whether there is a {@code maxmemory} at all
     */
    public record Result(
            Optional<String> trouble,
            Optional<String> version,
            Optional<Duration> roundTrip,
            Optional<String> eviction,
            boolean hasLimit) {

        static Result troubled(String trouble) {
            return new Result(Optional.of(trouble), Optional.empty(), Optional.empty(), Optional.empty(), false);
        }

        private Result with(String found) {
            return new Result(Optional.of(found), version, roundTrip, eviction, hasLimit);
        }
    }

    private record Said(Optional<String> version, Optional<String> eviction, boolean hasLimit) {}

    /** A step that Redis did not take, with the words for it. */
    private static final class Trouble extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Trouble(String words) {
            super(words, null, false, false);
        }
    }

    private final Supplier<Redis> client;
    private final Keyspace keys;
    private final RedisMeter meter;
    private final Vertx vertx;

    @Inject
    RedisCheckup(InjectableInstance<Redis> client, Vertx vertx, DeepvueConfig deepvue, RedisMeter meter) {
        this(client::get, vertx, new Keyspace(Account.from(deepvue, new ConfigurationFaults())), meter);
    }

    /** @param keys those of the account */
    RedisCheckup(Supplier<Redis> client, Vertx vertx, Keyspace keys, RedisMeter meter) {
        this.client = client;
        this.vertx = vertx;
        this.keys = keys.within("checkup:" + UUID.randomUUID());
        this.meter = meter;
    }

    /** Only where Redis has an address. What goes wrong at Redis is a result; and nothing in it is Redis' own text. */
    public Uni<Result> run() {
        return Uni.createFrom()
                .deferred(() -> of(client.get().connect()))
                .onItemOrFailure()
                .transformToUni((connection, failure) -> failure == null
                        ? examine(connection)
                        : Uni.createFrom().item(Result.troubled("it cannot be reached: " + unreachable(failure))));
    }

    private Uni<Result> examine(RedisConnection connection) {
        return Uni.combine()
                .all()
                .unis(roundTrip(connection), said(connection))
                .asTuple()
                .map(both -> new Result(
                        Optional.empty(),
                        both.getItem2().version(),
                        Optional.of(both.getItem1()),
                        both.getItem2().eviction(),
                        both.getItem2().hasLimit()))
                .chain(well -> steps(connection)
                        .chain(() -> budget())
                        .replaceWith(well)
                        .onFailure(Trouble.class)
                        .recoverWithItem(trouble -> well.with(trouble.getMessage())))
                .onFailure()
                .recoverWithItem(failure -> Result.troubled("PING " + words(failure)))
                .call(() -> send(connection, Request.cmd(Command.DEL), ALL_NAMES)
                        .onFailure()
                        .recoverWithNull())
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

    /** Neither is needed to serve, and INFO is more than the service is to be allowed. */
    private static Uni<Said> said(RedisConnection connection) {
        Uni<Optional<String>> hello = of(connection.send(Request.cmd(Command.HELLO)))
                .map(RedisCheckup::version)
                .onFailure()
                .recoverWithItem(Optional.empty());
        Uni<Map<String, String>> memory = of(connection.send(
                        Request.cmd(Command.INFO).arg("memory")))
                .map(RedisCheckup::fields)
                .onFailure()
                .recoverWithItem(Map.of());
        return Uni.combine()
                .all()
                .unis(hello, memory)
                .with((version, fields) -> new Said(
                        version,
                        Optional.ofNullable(fields.get("maxmemory_policy")),
                        !fields.getOrDefault("maxmemory", "0").equals("0")));
    }

    private static Optional<String> version(Response hello) {
        return Optional.ofNullable(hello.get("version")).map(Response::toString);
    }

    private static Map<String, String> fields(Response info) {
        return Arrays.stream(info.toString(UTF_8).split("\r?\n"))
                .map(line -> line.split(":", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (one, other) -> one));
    }

    // ---- the steps of the service -----------------------------------------------------------------------------------

    private Uni<Void> steps(RedisConnection connection) {
        String id = UUID.randomUUID().toString();
        return inTurn(List.of(
                () -> taught(connection, RedisLink.KNOCK, RedisLink.KNOCKED, "", 0, id, "it", 5_000),
                () -> step(connection, RedisLink.KNOCK, RedisLink.KNOCKED, "", 0, id, "it", 5_000),
                () -> step(connection, RedisClaims.CLAIM, ASKED_NAMES, "print", "it", "it", 5_000),
                () -> step(connection, RedisClaims.NEWS, ASKED_NAMES, "it"),
                () -> step(connection, Script.of("keep"), List.of("claim:it"), "print", "it", "answer", 5_000),
                () -> step(connection, Script.of("free"), CLAIM_NAMES, "it", "", 5_000),
                () -> step(connection, Script.of("token-ask"), TOKEN_NAMES, "it", 5_000),
                () -> step(connection, Script.of("token-hold"), List.of(RedisShelf.LEASE), "it", 5_000),
                () -> step(connection, Script.of("token-put"), TOKEN_NAMES, "it", id, "sealed", 5_000, 5_000),
                () -> step(connection, Script.of("token-drop"), List.of(RedisShelf.TOKEN), id),
                () -> step(
                        connection,
                        Script.of("token-fail"),
                        List.of(RedisShelf.LEASE, RedisShelf.PAUSE),
                        "it",
                        5_000,
                        "K",
                        1)));
    }

    private static Uni<Void> inTurn(List<Supplier<Uni<?>>> steps) {
        return Multi.createFrom()
                .iterable(steps)
                .onItem()
                .transformToUniAndConcatenate(step -> Uni.createFrom().deferred(step::get))
                .collect()
                .last()
                .replaceWithVoid();
    }

    private Uni<Response> taught(RedisConnection connection, Script script, List<String> names, Object... arguments) {
        return of(connection.send(request(Command.EVAL, script.text(), names, arguments)))
                .onFailure()
                .transform(failure -> new Trouble("EVAL " + words(failure)));
    }

    /** As the service takes it: by its digest, and if Redis does not know it, by its text. */
    private Uni<Response> step(RedisConnection connection, Script script, List<String> names, Object... arguments) {
        return of(connection
                        .send(request(Command.EVALSHA, script.sha1(), names, arguments))
                        .recover(failure -> RedisLink.isUnknownScript(failure)
                                ? connection.send(request(Command.EVAL, script.text(), names, arguments))
                                : Future.failedFuture(failure)))
                .onFailure()
                .transform(failure -> new Trouble("EVALSHA of the script " + script.name() + " " + words(failure)));
    }

    private Request request(Command command, String script, List<String> names, Object... arguments) {
        return RedisLink.request(command, script, names.stream().map(keys::key).toList(), arguments);
    }

    /** The budget's own way, whose steps know how long they may take. */
    private Uni<Void> budget() {
        var link = new RedisLink(vertx, client.get(), keys, meter);
        var book = new RedisBook(link);
        var nothing = new SharedBook.Known(0, -1);
        book.open(TERMS);
        link.start();
        return inTurn(List.of(
                        () -> book.beat(List.of(), 0, nothing),
                        () -> book.book("it", OptionalLong.empty(), nothing),
                        () -> book.sent(List.of(new SharedBook.Sent("it", 0)), nothing),
                        () -> book.unsent(List.of("other"), nothing),
                        () -> book.recall(List.of(), Map.of()),
                        () -> book.pause(Duration.ofMillis(1), 1),
                        () -> book.leave()))
                .onFailure()
                .transform(away -> new Trouble("a script of the budget had no answer: " + away.getMessage()))
                .eventually(link::close);
    }

    private Uni<Response> send(RedisConnection connection, Request request, List<String> names) {
        names.forEach(name -> request.arg(keys.key(name)));
        return of(connection.send(request));
    }

    private static <T> Uni<T> of(Future<T> future) {
        return Uni.createFrom().completionStage(future::toCompletionStage);
    }

    // ---- words ------------------------------------------------------------------------------------------------------

    private static String unreachable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "its host has no address";
            }
            if (cause instanceof SSLException) {
                return "no encrypted connection comes about; see quarkus.tls.* and QUARKUS_REDIS_TLS_CONFIGURATION_NAME";
            }
            if (cause instanceof IOException) {
                return "no connection is opened";
            }
        }
        return RedisLink.reason(failure).equals("refused")
                ? "it refuses the user or the password"
                : "no connection is opened";
    }

    private static String words(Throwable failure) {
        return switch (RedisLink.reason(failure)) {
            case "refused" ->
                RedisLink.isWithoutPassword(failure)
                        ? "is refused: this Redis asks for a password, and GATEWAY_REDIS_URL has none"
                        : "is not allowed to this user";
            case "readonly" -> "may not write: this is a replica, or a cluster without a master";
            case "full" -> "may not write: memory or disk is used up";
            case "busy" -> "is not taken: it loads its data, or is busy with another script";
            case "error" -> "failed inside: a command or a key is not allowed to this user, or this Redis is too old";
            default -> "had no answer";
        };
    }
}
