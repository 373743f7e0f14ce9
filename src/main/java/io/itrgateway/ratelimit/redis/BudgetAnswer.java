package io.itrgateway.ratelimit.redis;

import io.itrgateway.problem.ProblemKind;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer of a script of the shared rate limit. All times are microseconds of Redis' clock.
 *
 * @param status {@link #DONE}, {@link #LOST}, or another number if nothing was reserved
 * @param waitMicros until the reserved slot, or until another attempt makes sense
 * @param id and {@code count}, by which Redis can say next time whether it has lost something
 * @param replicas that share the plan, this one included
 * @param nextMicros the earliest next slot
 * @param size how many calls there are
 * @param known whether this replica was known before
 * @param calls those that were asked for, by time
 */
record BudgetAnswer(
        int status,
        long waitMicros,
        long nowMicros,
        String id,
        long count,
        List<Replica> replicas,
        Backoff backoff,
        long nextMicros,
        int size,
        boolean known,
        List<Call> calls) {

    static final int DONE = 1;
    /** Redis has lost something that this replica has read; nothing was done. */
    static final int LOST = 2;

    /**
     * @param micros when it counts as sent
     */
    record Call(String name, long micros) {}

    /**
     * @param leaseMicros until when it sends reserved calls only
     * @param divisor the number of replicas it reckons with; 0 if it does not know or has left
     * @param waits whether calls wait there
     */
    record Replica(String id, long leaseMicros, int divisor, boolean waits) {

        private static Replica of(String id, String text) {
            String[] fields = text.split(" ");
            return new Replica(id, Long.parseLong(fields[0]), Integer.parseInt(fields[2]), fields[3].equals("1"));
        }
    }

    /** As {@link io.itrgateway.ratelimit.UpstreamBackoff}. */
    record Backoff(int epoch, int refusals, long untilMicros, ProblemKind cause) {}

    static BudgetAnswer of(Response answer) {
        return new BudgetAnswer(
                answer.get(0).toInteger(),
                answer.get(1).toLong(),
                answer.get(2).toLong(),
                answer.get(3).toString(),
                answer.get(4).toLong(),
                replicas(answer.get(5)),
                backoff(answer.get(6)),
                answer.get(7).toLong(),
                answer.get(8).toInteger(),
                answer.get(9).toInteger() == 1,
                calls(answer.get(10)));
    }

    private static List<Replica> replicas(Response pairs) {
        List<Replica> replicas = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            replicas.add(Replica.of(pairs.get(i).toString(), pairs.get(i + 1).toString()));
        }
        return replicas;
    }

    private static Backoff backoff(Response fields) {
        return fields.get(0) == null
                ? new Backoff(0, 0, 0, null)
                : new Backoff(
                        fields.get(0).toInteger(),
                        fields.get(1).toInteger(),
                        fields.get(2).toLong(),
                        ProblemKind.valueOf(fields.get(3).toString()));
    }

    private static List<Call> calls(Response pairs) {
        List<Call> calls = new ArrayList<>(pairs.size() / 2);
        for (int i = 0; i < pairs.size(); i += 2) {
            calls.add(new Call(
                    pairs.get(i).toString(), (long) pairs.get(i + 1).toDouble().doubleValue()));
        }
        return calls;
    }
}
