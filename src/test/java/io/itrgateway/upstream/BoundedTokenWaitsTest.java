package io.itrgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import io.itrgateway.token.AccessToken;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** At most two calls may wait for the token that is being fetched. */
class BoundedTokenWaitsTest {

    private static final AccessToken TOKEN =
            new AccessToken(Secret.of("token"), 1, Instant.EPOCH, Instant.EPOCH.plus(Duration.ofHours(24)));

    private final CompletableFuture<AccessToken> fetch = new CompletableFuture<>();
    private final BoundedTokenWaits waits =
            new BoundedTokenWaits(() -> Uni.createFrom().completionStage(fetch), 2);

    @Test
    void oneCallTooManyIsOverloadedAtOnce() {
        await();
        await();

        assertThat(failureOf(await())).isEqualTo(ProblemKind.OVERLOADED);
    }

    @Test
    void aCallerThatHasAllItsWaitsTakesNoneOfAnother() {
        await();
        await();

        var other = await("other");
        fetch.complete(TOKEN);

        assertThat(other.getItem()).isSameAs(TOKEN);
    }

    @Test
    void aCallThatLeavesIsCountedUntilTheFetchEnds() {
        await().cancel();
        await().cancel();

        assertThat(failureOf(await())).isEqualTo(ProblemKind.OVERLOADED);
    }

    @Test
    void theEndOfAFetchMakesRoomForOthers() {
        var first = await();
        await().cancel();
        fetch.complete(TOKEN);

        assertThat(first.getItem()).isSameAs(TOKEN);
        assertThat(await().getItem()).isSameAs(TOKEN);
        assertThat(await().getItem()).isSameAs(TOKEN);
    }

    /** A call that came first has its turn first. */
    @Test
    void waitsEndInTheOrderInWhichTheyBegan() {
        List<String> ended = new ArrayList<>();
        for (String caller : List.of("first", "second", "third")) {
            waits.next(caller).subscribe().with(token -> ended.add(caller));
        }

        fetch.complete(TOKEN);

        assertThat(ended).containsExactly("first", "second", "third");
    }

    @Test
    void aFailedFetchMakesRoomForOthers() {
        await();
        await();
        fetch.completeExceptionally(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));

        assertThat(failureOf(await())).isEqualTo(ProblemKind.UPSTREAM_UNAVAILABLE);
    }

    @Test
    void allWaitsEndWithoutATokenWhenTheServiceStops() {
        var before = await();

        waits.endAll();

        assertThat(before.assertCompleted().getItem()).isNull();
        assertThat(await().assertCompleted().getItem()).isNull();
    }

    private UniAssertSubscriber<AccessToken> await() {
        return await("demo");
    }

    private UniAssertSubscriber<AccessToken> await(String caller) {
        return waits.next(caller).subscribe().withSubscriber(UniAssertSubscriber.create());
    }

    private static ProblemKind failureOf(UniAssertSubscriber<AccessToken> wait) {
        return ((GatewayException) wait.getFailure()).kind();
    }
}
