package io.itrgateway.binding.redis;

import io.itrgateway.redis.ScriptSample;
import jakarta.inject.Singleton;
import java.util.List;

/** Every script of the bindings, for the self-test. */
@Singleton
class BindingScriptSamples implements ScriptSample.Source {

    private static final String CLIENT = "client:it";
    private static final long LIFE_MILLIS = 5_000;

    @Override
    public List<ScriptSample> samples() {
        return List.of(
                new ScriptSample(RedisBindingStore.BIND, List.of(CLIENT), List.of(1, "owner", LIFE_MILLIS)),
                new ScriptSample(RedisBindingStore.OWNERSHIP, List.of(CLIENT), List.of("owner")));
    }
}
