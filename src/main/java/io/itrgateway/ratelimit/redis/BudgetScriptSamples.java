package io.itrgateway.ratelimit.redis;

import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.UpstreamBackoff;
import io.itrgateway.ratelimit.Window;
import io.itrgateway.redis.ScriptRunner;
import io.itrgateway.redis.ScriptSample;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Every script of the rate limit, for the self-test. */
@Singleton
public class BudgetScriptSamples implements ScriptSample.Source {

    private static final long LEASE_MICROS = Long.MAX_VALUE / 1_000;

    @Override
    public List<ScriptSample> samples() {
        List<ScriptSample> samples = new ArrayList<>();
        ScriptRunner recorder = (script, longest, names, arguments) -> {
            samples.add(new ScriptSample(script, names, List.of(arguments)));
            return Uni.createFrom().nothing();
        };
        var plan = List.of(new Window("second", 10, Duration.ofSeconds(1)));
        var scripts = new BudgetScripts(recorder, plan);
        var sender = new BudgetScripts.Sender("it", LEASE_MICROS, 1, false, "", 0);
        scripts.reserve(sender, "reserved");
        var report = new UnconfirmedCalls.Report(Map.of("sent", 0L), List.of("unsent"));
        scripts.sync(new BudgetScripts.Sync(0, false, sender, 0, UpstreamBackoff.NONE, 0, report, List.of()));
        RedisSharedRateLimits.count(recorder, "it", new Plan(1, 1, 1));
        return samples;
    }
}
