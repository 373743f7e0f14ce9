package io.itrgateway.token;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.problem.ProblemKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Those who need the token, alone and in crowds. Cancelling one is a caller who leaves. */
public final class Callers {

    private static final int CROWD = 10_000;
    private static final int THREADS = 8;

    /** How a caller was failed. */
    public record Failed(ProblemKind kind, Optional<Long> retryAfterSeconds) {}

    private Callers() {}

    public static CompletableFuture<AccessToken> callerOf(TokenService tokens) {
        return tokens.current().subscribeAsCompletionStage();
    }

    /** Ten thousand callers who come from several threads at the same moment. */
    static List<CompletableFuture<AccessToken>> crowd(Supplier<CompletableFuture<AccessToken>> caller) {
        var start = new CyclicBarrier(THREADS);
        Callable<List<CompletableFuture<AccessToken>>> some = () -> {
            start.await(30, SECONDS);
            return Stream.generate(caller).limit(CROWD / THREADS).toList();
        };
        var threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<CompletableFuture<AccessToken>> crowd = new ArrayList<>(CROWD);
            for (var callers :
                    threads.invokeAll(Stream.generate(() -> some).limit(THREADS).toList())) {
                crowd.addAll(callers.get());
            }
            return crowd;
        } catch (Exception e) {
            throw new AssertionError("the crowd did not come", e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** What the callers have got, each different answer once: a token, a {@link Failed}, or "still waits". */
    public static Set<Object> answersTo(List<CompletableFuture<AccessToken>> crowd) {
        Set<Object> answers = new HashSet<>();
        for (var caller : crowd) {
            if (!caller.isDone()) {
                answers.add("still waits");
            } else if (caller.isCompletedExceptionally()) {
                var failure = failureOf(caller);
                answers.add(new Failed(failure.kind(), failure.retryAfterSeconds()));
            } else {
                answers.add(caller.join());
            }
        }
        return answers;
    }

    /** The failure of that caller, which must say that nothing was registered. */
    public static GatewayException failureOf(CompletableFuture<AccessToken> caller) {
        assertThat(caller).isCompletedExceptionally();
        var failure = caller.handle((token, thrown) -> thrown).join();
        assertThat(failure).isInstanceOf(GatewayException.class);
        var known = (GatewayException) failure;
        assertThat(known.kind().outcome()).isEqualTo(Outcome.NOT_PROCESSED);
        return known;
    }
}
