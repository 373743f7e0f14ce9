package io.itrgateway.redis;

import io.itrgateway.quota.SharedBook;
import io.itrgateway.quota.Window;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The budget of all replicas, in Redis: single calls of the last minute in a sorted set, those of the day by their minute, by the clock of
 * Redis. What lies there is described where every script begins, in {@code budget.lua}.
 */
final class RedisBook implements SharedBook {

    /** Asks Redis for the time. */
    private static final LongSupplier ITS_OWN_CLOCK = () -> 0;

    static final List<String> NAMES =
            List.of("sent", "pending", "day", "state", "replicas", "served", "asking", "settled");

    private static final Script BOOK = script("book");
    private static final Script SENT = script("sent");
    private static final Script UNSENT = script("unsent");
    private static final Script BEAT = script("beat");
    private static final Script RECALL = script("recall");
    private static final Script PAUSE = script("pause");
    private static final Script LEAVE = script("leave");

    /** Where the rank and the minutes stand in an answer that has them. */
    private static final int RANK = 10;

    private static final int MINUTES = 11;

    /** Asks for no sent calls. */
    private static final Known NOTHING = new Known(0, -1);

    private final RedisLink link;
    private final LongSupplier nowMicros;
    private final String replica = UUID.randomUUID().toString();
    private volatile Terms terms;

    RedisBook(RedisLink link) {
        this(link, ITS_OWN_CLOCK);
    }

    /** @param nowMicros the time that Redis is to take it for; 0 for its own */
    RedisBook(RedisLink link, LongSupplier nowMicros) {
        this.link = link;
        this.nowMicros = nowMicros;
    }

    private static Script script(String name) {
        return Script.of("budget", name);
    }

    @Override
    public void open(Terms terms) {
        this.terms = terms;
    }

    @Override
    public void watch(Consumer<Boolean> found, Runnable lost) {
        link.whenBack(found);
        link.whenAway(lost);
    }

    @Override
    public Uni<Page> book(String call, OptionalLong notAfterMicros, Known known) {
        return run(BOOK, Waits.BOOK, known, call, notAfterMicros.orElse(0), micros(terms.horizon()));
    }

    @Override
    public Uni<Page> sent(List<Sent> calls, Known known) {
        return run(
                SENT,
                LONGEST_WAIT,
                known,
                calls.stream()
                        .flatMap(sent -> Stream.of(sent.call(), sent.agoMicros()))
                        .toArray());
    }

    @Override
    public Uni<Page> unsent(List<String> calls, Known known) {
        return run(UNSENT, LONGEST_WAIT, known, calls.toArray());
    }

    @Override
    public Uni<Page> beat(List<String> unsent, long fromMinute, Known known) {
        return run(
                BEAT,
                LONGEST_WAIT,
                known,
                Stream.concat(Stream.of(fromMinute), unsent.stream()).toArray());
    }

    @Override
    public Uni<Page> recall(List<Long> sentMicros, Map<Long, Integer> minutes) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(sentMicros.size());
        arguments.addAll(sentMicros);
        minutes.forEach((minute, calls) -> {
            arguments.add(minute);
            arguments.add(calls);
        });
        return run(RECALL, LONGEST_WAIT, NOTHING, arguments.toArray());
    }

    @Override
    public Uni<Page> pause(Duration longest, int untilHeard) {
        return run(PAUSE, LONGEST_WAIT, NOTHING, micros(longest), untilHeard);
    }

    @Override
    public Uni<Page> leave() {
        return run(LEAVE, LONGEST_WAIT, NOTHING);
    }

    private Uni<Page> run(Script script, Duration longest, Known known, Object... own) {
        return Uni.createFrom()
                .deferred(() -> link.run(script, longest, NAMES, arguments(known, own)))
                .map(RedisBook::page);
    }

    private Object[] arguments(Known known, Object[] own) {
        List<Object> all = new ArrayList<>();
        all.add(nowMicros.getAsLong());
        all.add(replica);
        all.add(micros(terms.hold()));
        for (Duration length : List.of(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofDays(1))) {
            all.add(micros(length.plus(terms.margin())));
            all.add(terms.windows().stream()
                    .filter(window -> window.length().equals(length))
                    .mapToInt(Window::quota)
                    .findFirst()
                    .orElse(0));
        }
        all.add(micros(terms.spacing()));
        all.add(known.newestMicros());
        all.add(micros(terms.presence()));
        all.add(known.revision());
        all.addAll(Arrays.asList(own));
        return all.toArray();
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1_000;
    }

    private static Page page(Response answer) {
        return new Page(
                answer.get(0).toInteger() == 1,
                answer.get(1).toLong(),
                answer.get(2).toLong(),
                answer.get(3).toInteger(),
                answer.get(4).toLong(),
                answer.get(5).toInteger(),
                answer.get(6).toInteger(),
                answer.get(7).stream().map(Response::toLong).toList(),
                answer.get(8).toLong(),
                answer.get(9).toInteger() == 1,
                answer.size() > RANK ? OptionalInt.of(answer.get(RANK).toInteger()) : OptionalInt.empty(),
                answer.size() > MINUTES ? minutes(answer.get(MINUTES)) : Map.of());
    }

    private static Map<Long, Integer> minutes(Response pairs) {
        Map<Long, Integer> minutes = new HashMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            minutes.put(pairs.get(i).toLong(), pairs.get(i + 1).toInteger());
        }
        return minutes;
    }
}
