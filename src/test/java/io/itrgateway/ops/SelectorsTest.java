package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.ops.Selectors.Matcher;
import io.itrgateway.ops.Selectors.Selector;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectorsTest {

    @Test
    void functionsWordsAndGroupingAreNoMetrics() {
        String expression =
                "histogram_quantile(0.95, sum by (le) (rate(a_bucket{x=\"1\",y=~\"$y\"}[$__rate_interval])))"
                        + " > 2 and on (instance) sum(b) without (z) or vector(0) / c";

        assertThat(Selectors.of(expression))
                .containsExactly(
                        new Selector("a_bucket", List.of(new Matcher("x", "=", "1"), new Matcher("y", "=~", "$y"))),
                        new Selector("b", List.of()),
                        new Selector("c", List.of()));
        assertThat(Selectors.groupedBy(expression)).containsExactly("le", "instance", "z");
    }

    @Test
    void whatStandsInQuotesIsNoMetric() {
        assertThat(Selectors.of("a{code!=\"b, c}\"} == 0"))
                .containsExactly(new Selector("a", List.of(new Matcher("code", "!=", "b, c}"))));
    }
}
