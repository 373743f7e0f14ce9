package io.itrgateway.redis;

import java.util.List;

/**
 * One run of a script that the self-test can make, under names of its own.
 *
 * @param names of keys, without what {@link Keyspace} puts before them
 */
public record ScriptSample(Script script, List<String> names, List<Object> arguments) {

    /** A feature's scripts, in an order in which they succeed. */
    public interface Source {
        List<ScriptSample> samples();
    }
}
