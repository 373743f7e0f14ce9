package io.itrgateway.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProblemPagesTest {

    @Test
    void aPageThatCouldNotBeRenderedIsRenderedForTheNextRequest() {
        var renderings = new AtomicInteger();
        Uni<String> page = ProblemPages.renderedOnce(() -> renderings.incrementAndGet() == 1
                ? Uni.createFrom().failure(new IllegalStateException("no page"))
                : Uni.createFrom().item("page " + renderings));

        assertThatThrownBy(() -> page.await().indefinitely()).hasMessage("no page");
        assertThat(page.await().indefinitely()).isEqualTo("page 2");
        assertThat(page.await().indefinitely()).isEqualTo("page 2");
    }
}
