package io.itrgateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import org.jboss.resteasy.reactive.RestResponse;
import org.junit.jupiter.api.Test;

/** What the pages cost, which need no key. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class ProblemPagesQuarkusTest {

    @Inject
    ProblemPages pages;

    private static String html(Uni<RestResponse<String>> page) {
        return page.await().atMost(Duration.ofMinutes(1)).getEntity();
    }

    @Test
    void thePagesWithTheWholeListAreRenderedOnce() {
        assertThat(html(pages.allForPeople())).isSameAs(html(pages.allForPeople()));
        assertThat(html(pages.oneForPeople("nope"))).isSameAs(html(pages.oneForPeople("never")));
    }
}
