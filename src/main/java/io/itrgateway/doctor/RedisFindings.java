package io.itrgateway.doctor;

import io.itrgateway.redis.RedisSelfTest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Whether Redis can be worked with, and what its settings cost those who repeat with an Idempotency-Key. */
final class RedisFindings {

    /** A call asks Redis some three times, and some of these steps fail after 75 ms. */
    private static final Duration SLOW = Duration.ofMillis(20);

    /** Replicas tell once a second how far they are. */
    private static final int LARGEST_LAG_SECONDS = 2;

    private static final String RIGHTS =
            "the rights that are enough: +@connection +eval +evalsha +@read +@write +@scripting +time +info ~itr-gateway:*";

    private RedisFindings() {}

    /** One finding if it does not work, else also of what its settings cost. */
    static List<Finding> of(RedisSelfTest.Report report) {
        return report.trouble().isPresent()
                ? List.of(scripts(report))
                : List.of(scripts(report), persistence(report), eviction(report), replicas(report));
    }

    private static Finding scripts(RedisSelfTest.Report report) {
        Duration roundTrip = report.roundTrip().orElse(Duration.ZERO);
        String works = "version %s, scripts run, round trip %d ms"
                .formatted(report.setting("version").orElse("unknown"), roundTrip.toMillis());
        Finding finding = report.trouble()
                .map(trouble ->
                        Finding.failed(Check.REDIS, trouble + (trouble.contains("to this user") ? "; " + RIGHTS : "")))
                .orElseGet(() -> works(works, roundTrip, isSingleNode(report)));
        finding = with(finding, "version", report.setting("version"));
        return with(finding, "round_trip_ms", report.roundTrip().map(time -> time.toNanos() / 10_000 / 100.0));
    }

    private static Finding works(String works, Duration roundTrip, boolean isSingleNode) {
        if (isSingleNode) {
            return Finding.warning(
                    Check.REDIS,
                    works
                            + "; it is a node of a cluster, and its data may move to another one: set QUARKUS_REDIS_CLIENT_TYPE to cluster");
        }
        return roundTrip.compareTo(SLOW) > 0
                ? Finding.warning(Check.REDIS, works + "; some steps of a call fail after 75 ms")
                : Finding.ok(Check.REDIS, works);
    }

    /** Whether a node of a cluster is used as if it were all of it. */
    private static boolean isSingleNode(RedisSelfTest.Report report) {
        return report.setting("cluster_enabled").filter("1"::equals).isPresent()
                && report.setting("client_type")
                        .filter(type -> type.equalsIgnoreCase("cluster"))
                        .isEmpty();
    }

    private static Finding persistence(RedisSelfTest.Report report) {
        Optional<Boolean> appends = report.setting("aof_enabled").map("1"::equals);
        Optional<String> sync = report.setting("appendfsync");
        Finding finding;
        if (appends.isEmpty()) {
            finding = Finding.ok(
                    Check.PERSISTENCE,
                    "cannot be read by this user; what Redis has not written to disk, a restart forgets: then a key registers again. Without +info"
                            + " a restart with an older state may stay unseen, and calls in progress be made twice");
        } else if (appends.get()) {
            finding = Finding.ok(
                    Check.PERSISTENCE,
                    "append-only file, appendfsync %s; everysec: a crash forgets the keys of the last second at most; always: none, for a write"
                                    .formatted(sync.orElse("cannot be read"))
                            + " to disk in each call");
        } else {
            finding = Finding.warning(
                    Check.PERSISTENCE,
                    (report.setting("save").filter(String::isBlank).isPresent()
                                    ? "nothing is written to disk: a restart forgets every Idempotency-Key"
                                    : "snapshots at the most: a restart forgets the keys since the last one")
                            + ", and a repeat registers again. appendonly yes prevents it, for one write to disk a second");
        }
        finding = with(finding, "appendonly", appends);
        finding = with(finding, "appendfsync", sync);
        return with(finding, "save", report.setting("save"));
    }

    private static Finding eviction(RedisSelfTest.Report report) {
        Optional<String> policy = report.setting("maxmemory_policy");
        boolean hasLimit =
                report.setting("maxmemory").filter(bytes -> !bytes.equals("0")).isPresent();
        if (policy.isEmpty()) {
            return Finding.ok(
                    Check.EVICTION,
                    "cannot be read by this user; any maxmemory-policy but noeviction drops keys, which then register again");
        }
        Finding finding = policy.get().equals("noeviction")
                ? Finding.ok(
                        Check.EVICTION,
                        "maxmemory-policy noeviction: when memory is full, calls with a key are refused and nothing is dropped")
                : hasLimit
                        ? Finding.warning(
                                Check.EVICTION,
                                "maxmemory-policy %s drops Idempotency-Keys when memory is full, and a repeat registers again: set noeviction"
                                        .formatted(policy.get()))
                        : Finding.ok(
                                Check.EVICTION,
                                "no maxmemory; with one, maxmemory-policy %s would drop keys: set noeviction"
                                        .formatted(policy.get()));
        return finding.with("maxmemory_policy", policy.get()).with("has_maxmemory", hasLimit);
    }

    private static Finding replicas(RedisSelfTest.Report report) {
        if (report.replicas().isEmpty()) {
            return report.neededAcks().orElse(0) > 0
                    ? Finding.failed(
                            Check.REPLICAS,
                            "WAIT is refused, and GATEWAY_REDIS_ACKS needs it: every call with a key is refused")
                    : Finding.ok(
                            Check.REPLICAS,
                            "cannot be counted, since WAIT is refused; a failover forgets the keys that the new primary has not got, and they"
                                    + " register again");
        }
        int replicas = report.replicas().getAsInt();
        int needed = report.neededAcks().orElse(Math.min(1, replicas));
        Finding finding;
        if (replicas < needed) {
            finding = Finding.failed(
                    Check.REPLICAS,
                    "%d connected, and GATEWAY_REDIS_ACKS asks for %d: every call with a key is refused"
                            .formatted(replicas, needed));
        } else if (replicas == 0) {
            finding = Finding.ok(
                    Check.REPLICAS,
                    "none connected; when this Redis is lost, what it had not written to disk is forgotten, and those keys register again");
        } else if (needed == 0) {
            finding = Finding.warning(
                    Check.REPLICAS,
                    "%d connected, and GATEWAY_REDIS_ACKS is 0: a failover forgets the keys that the new primary has not got, and they register"
                                    .formatted(replicas)
                            + " again");
        } else {
            finding = following(report, replicas, needed);
        }
        return finding.with("replicas", replicas).with("needed_acks", needed);
    }

    private static Finding following(RedisSelfTest.Report report, int replicas, int needed) {
        int lag = IntStream.range(0, replicas)
                .mapToObj(number -> report.setting("slave" + number).orElse(""))
                .flatMap(line -> List.of(line.split(",")).stream())
                .filter(field -> field.matches("lag=[0-9]{1,8}"))
                .mapToInt(field -> Integer.parseInt(field.substring("lag=".length())))
                .max()
                .orElse(0);
        String detail = "%d connected; each call with a key waits until %d has it, one way there and back"
                .formatted(replicas, needed);
        return (lag > LARGEST_LAG_SECONDS
                        ? Finding.warning(
                                Check.REPLICAS,
                                detail
                                        + "; one is %d s behind: while too few follow, calls with a key are refused"
                                                .formatted(lag))
                        : Finding.ok(Check.REPLICAS, detail))
                .with("lag_seconds", lag);
    }

    private static Finding with(Finding finding, String name, Optional<?> fact) {
        return fact.isPresent() ? finding.with(name, fact.get()) : finding;
    }
}
