package io.itrgateway.redis;

import java.util.Map;
import java.util.stream.Collectors;

/** Reads the answer of {@code INFO}. */
final class RedisInfo {

    private RedisInfo() {}

    /** By their names, such as {@code maxmemory}; lines of another form, such as titles, are left out. */
    static Map<String, String> fields(String answer) {
        return answer.lines()
                .map(line -> line.split(":", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (one, other) -> one));
    }
}
