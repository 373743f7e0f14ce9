package io.itrgateway.idempotency.redis;

import io.itrgateway.redis.ScriptSample;
import jakarta.inject.Singleton;
import java.util.List;

/** Every script of the claims, for the self-test. */
@Singleton
class ClaimScriptSamples implements ScriptSample.Source {

    private static final String CLAIM = "claim:it";
    private static final String RELEASED = "released:it";
    private static final String ANSWER = "answer:it";
    private static final long LIFE_MILLIS = 5_000;

    @Override
    public List<ScriptSample> samples() {
        List<String> all = List.of(CLAIM, RELEASED, RedisClaimStore.DATASET);
        return List.of(
                new ScriptSample(
                        ClaimRenewal.RENEW,
                        List.of(RedisClaimStore.DATASET, CLAIM, RELEASED),
                        List.of(LIFE_MILLIS, LIFE_MILLIS, LIFE_MILLIS, 0, 0, "print", "it")),
                new ScriptSample(
                        RedisClaimStore.CLAIM, all, List.of("it", LIFE_MILLIS, "print", LIFE_MILLIS, LIFE_MILLIS)),
                new ScriptSample(
                        RedisClaimStore.LOOK,
                        List.of(CLAIM, RELEASED),
                        List.of("it", LIFE_MILLIS, "print", LIFE_MILLIS)),
                new ScriptSample(
                        RedisClaimStore.COMPLETE,
                        List.of(CLAIM, ANSWER),
                        List.of("print", "it", "answer", LIFE_MILLIS, 0)),
                new ScriptSample(LargeResults.APPEND, List.of(ANSWER), List.of(0, "piece", LIFE_MILLIS)),
                new ScriptSample(LargeResults.PIECE, List.of(ANSWER), List.of(0, 4)),
                new ScriptSample(RedisClaimStore.RELEASE, List.of(CLAIM, RELEASED), List.of("it", "", LIFE_MILLIS)));
    }
}
