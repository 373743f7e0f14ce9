package io.itrgateway.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.ratelimit.Plan;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnconfirmedCallsTest {

    private static final int DAY = 150_000;

    /** A Redis that came back empty gets all calls of the day. */
    @Test
    void everyCallOfALargePlanIsReportedAgain() {
        var calls = new UnconfirmedCalls(new Plan(0, 0, DAY).windows());
        calls.markSent("sent meanwhile", DAY, false);
        for (int call = 0; call < DAY; call++) {
            calls.reportAgain("call " + call, call);
        }

        assertThat(reported(calls)).hasSize(DAY + 1);
    }

    private static Set<String> reported(UnconfirmedCalls calls) {
        Set<String> names = new HashSet<>();
        for (var report = calls.report(DAY, true); !report.micros().isEmpty(); report = calls.report(DAY, true)) {
            names.addAll(report.micros().keySet());
            calls.confirm(report);
        }
        return names;
    }
}
