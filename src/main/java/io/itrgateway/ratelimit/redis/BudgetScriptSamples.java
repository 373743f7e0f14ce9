package io.itrgateway.ratelimit.redis;

import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.UpstreamBackoff;
import io.itrgateway.ratelimit.Window;
import io.itrgateway.redis.Script;
import io.itrgateway.redis.ScriptRunner;
import io.itrgateway.redis.ScriptSample;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Every script of the rate limit, for the self-test. */
@Singleton
public class BudgetScriptSamples implements ScriptSample.Source {

    private static final long LEASE_MICROS = Long.MAX_VALUE / 1_000;

    @Override
    public List<ScriptSample> samples() {
        var recorder = new Recorder();
        var plan = List.of(new Window("second", 10, Duration.ofSeconds(1)));
        var scripts = new BudgetScripts(recorder, () -> 0, plan);
        var callers = new RedisCallerCounts(recorder, () -> 0, caller -> caller);
        var sender = new BudgetScripts.Sender("it", LEASE_MICROS, 1, false, "", 0);
        scripts.reserve(sender, "reserved");
        scripts.sync(
                sender, 0, 1, UpstreamBackoff.NONE, 0, new BudgetScripts.Report(Map.of("sent", 0L), List.of("unsent")));
        scripts.restore(sender, List.of(), List.of());
        callers.count("it", "counted", new Plan(1, 1, 1));
        callers.giveBack("it", "counted", new Plan(1, 1, 1));
        return recorder.samples;
    }

    /** Runs nothing. */
    private static final class Recorder implements ScriptRunner {
        private final List<ScriptSample> samples = new ArrayList<>();

        @Override
        public Uni<Response> run(Script script, Duration longest, List<String> names, Object... arguments) {
            samples.add(new ScriptSample(script, names, List.of(arguments)));
            return Uni.createFrom().nothing();
        }

        @Override
        public void whenBack(Consumer<Boolean> listener) {}

        @Override
        public void whenAway(Runnable listener) {}
    }
}
