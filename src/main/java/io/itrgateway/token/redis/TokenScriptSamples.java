package io.itrgateway.token.redis;

import io.itrgateway.redis.ScriptSample;
import jakarta.inject.Singleton;
import java.util.List;

/** Every script of the token, for the self-test. */
@Singleton
public class TokenScriptSamples implements ScriptSample.Source {

    private static final long LIFE_MILLIS = 5_000;

    @Override
    public List<ScriptSample> samples() {
        return List.of(
                new ScriptSample(RedisTokenStore.ASK, RedisTokenStore.ALL, List.of("it", LIFE_MILLIS)),
                new ScriptSample(RedisTokenStore.HOLD, List.of(RedisTokenStore.LEASE), List.of("it", LIFE_MILLIS)),
                new ScriptSample(
                        RedisTokenStore.PUT,
                        RedisTokenStore.ALL,
                        List.of("it", "id", "sealed", LIFE_MILLIS, LIFE_MILLIS)),
                new ScriptSample(RedisTokenStore.DROP, List.of(RedisTokenStore.TOKEN), List.of("id")),
                new ScriptSample(
                        RedisTokenStore.FAIL,
                        List.of(RedisTokenStore.LEASE, RedisTokenStore.PAUSE),
                        List.of("it", LIFE_MILLIS, "K", 1)));
    }
}
