package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParseException;
import io.itrgateway.OvertakenClock;
import io.itrgateway.TurnableClock;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.sandbox.LoggedLines;
import io.quarkus.oidc.OIDCException;
import io.quarkus.oidc.common.runtime.OidcClientRedirectException;
import io.quarkus.oidc.common.runtime.OidcEndpointAccessException;
import io.quarkus.security.AuthenticationFailedException;
import io.smallrye.jwt.build.JwtSignatureException;
import io.smallrye.mutiny.CompositeException;
import io.smallrye.mutiny.helpers.ParameterValidation;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jose4j.lang.UnresolvableKeyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class IssuerFailureClassifierTest {

    private static final Duration REFRESH = Duration.ofSeconds(10);

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final IssuerFailureClassifier issuer = new IssuerFailureClassifier(clock, REFRESH);

    static final List<Throwable> AWAY = List.of(
            new OIDCException("OIDC Server is not available", new RuntimeException()),
            new OIDCException("Error status:500"),
            new OIDCException((String) null), // its keys are no JSON
            new OidcEndpointAccessException(503),
            new OidcClientRedirectException("https://issuer.example.com/elsewhere", List.of()),
            new ConnectException("Connection refused"),
            new UnknownHostException("issuer.example.com"),
            new HttpClosedException("Connection was closed"),
            new JwtSignatureException("the key is too short"),
            new TimeoutException(),
            new io.smallrye.mutiny.TimeoutException());

    @ParameterizedTest
    @FieldSource("AWAY")
    void anIssuerThatCannotBeReachedIsAwayHoweverDeepThatIsSaid(Throwable failure) {
        assertThat(issuer.isIssuerUnreachable(failure)).isTrue();
        assertThat(issuer.isIssuerUnreachable(new AuthenticationFailedException(failure)))
                .isTrue();
        assertThat(issuer.isIssuerUnreachable(new AuthenticationFailedException(
                        new CompositeException(new IllegalStateException(), new RuntimeException(failure)))))
                .isTrue();
    }

    static final List<Throwable> NO_GOOD = List.of(
            new AuthenticationFailedException(),
            new AuthenticationFailedException("Token is not active"),
            new AuthenticationFailedException(new NoSuchElementException()),
            new AuthenticationFailedException(new OIDCException("Invalid token type")),
            new AuthenticationFailedException(
                    new OIDCException("Refresh token can only be used with the refresh token grant")),
            new AuthenticationFailedException(new DecodeException("no JSON", new JsonParseException(null, "no JSON"))),
            new AuthenticationFailedException(new UnresolvableKeyException("JWK with kid 'k9' is not available")),
            new ClassCastException(),
            new NullPointerException());

    @ParameterizedTest
    @FieldSource("NO_GOOD")
    void aTokenThatIsNoGoodSaysNothingOfItsIssuer(Throwable failure) {
        assertThat(issuer.isIssuerUnreachable(failure)).isFalse();
    }

    @Test
    void causesThatGoRoundInACircleEnd() {
        var first = new RuntimeException();
        var second = new RuntimeException(first);
        first.initCause(second);

        assertThat(issuer.isIssuerUnreachable(first)).isFalse();
        assertThat(issuer.recordUnreachable(first).kind()).isEqualTo(ProblemKind.OVERLOADED);
    }

    static final List<Throwable> UNKNOWN_KEY = List.of(
            new AuthenticationFailedException(new UnresolvableKeyException("k9")),
            new AuthenticationFailedException(
                    "Token issued to client gateway does not have a matching verification key and it can not be introspected"),
            new AuthenticationFailedException(new NoSuchElementException("No value present")));

    @ParameterizedTest
    @FieldSource("UNKNOWN_KEY")
    void anUnknownKeyIsNoReasonToRefuseUntilTheIssuerIsAskedForKeysAgain(Throwable unknownKey) {
        issuer.recordUnreachable(new IOException());
        assertThat(issuer.isIssuerUnreachable(unknownKey)).isTrue();

        clock.turn(REFRESH.plus(IssuerFailureClassifier.LONGEST_ATTEMPT));
        assertThat(issuer.isIssuerUnreachable(unknownKey)).isFalse();
    }

    @ParameterizedTest
    @FieldSource("UNKNOWN_KEY")
    void aClockThatIsSetBackDoesNotKeepAnIssuerAway(Throwable unknownKey) {
        issuer.recordUnreachable(new IOException());

        clock.turn(Duration.ofHours(-1));

        assertThat(issuer.isIssuerUnreachable(unknownKey)).isFalse();
    }

    @ParameterizedTest
    @FieldSource("UNKNOWN_KEY")
    void tokensOfUnknownKeysDoNotKeepAnIssuerAway(Throwable unknownKey) {
        issuer.recordUnreachable(new IOException());
        clock.turn(REFRESH.minusSeconds(2));
        issuer.recordUnreachable(unknownKey);

        clock.turn(REFRESH.minusSeconds(2));

        assertThat(issuer.isIssuerUnreachable(unknownKey)).isFalse();
    }

    @Test
    void anUnreachableIssuerIsRetryable() {
        GatewayException failure = issuer.recordUnreachable(new IOException());

        assertThat(failure.kind()).isEqualTo(ProblemKind.OVERLOADED);
        assertThat(failure.retryAfterSeconds()).contains(5L);
    }

    @Test
    void anIssuerThatStaysAwayIsLoggedOnceAndNotInItsWords() {
        try (var log = new LoggedLines(BearerMechanism.class.getName())) {
            issuer.recordUnreachable(new RuntimeException("eyJhbGciOi", new ConnectException("eyJhbGciOi")));
            clock.turn(Duration.ofSeconds(8));
            issuer.recordUnreachable(new IOException());
            clock.turn(Duration.ofSeconds(8));
            issuer.recordUnreachable(new IOException());

            assertThat(log.all())
                    .singleElement()
                    .extracting(LoggedLines.Line::message)
                    .asString()
                    .contains("no connection")
                    .doesNotContain("eyJ");
        }
    }

    @Test
    void twoTokensThatFailAtOnceAreLoggedOnce() {
        var failsAgain = new AtomicBoolean(true);
        var issuers = new AtomicReference<IssuerFailureClassifier>();
        // Between the two steps of one thread, its look at the clock and its note of it, another thread notes a later
        // time.
        Clock racing = new OvertakenClock(clock, () -> {
            if (failsAgain.getAndSet(false)) {
                clock.turn(Duration.ofNanos(1));
                issuers.get().recordUnreachable(new IOException());
            }
        });
        issuers.set(new IssuerFailureClassifier(racing, REFRESH));

        try (var log = new LoggedLines(BearerMechanism.class.getName())) {
            issuers.get().recordUnreachable(new IOException());

            assertThat(log.all()).hasSize(1);
        }
    }

    @Test
    void anIssuerThatFailsNowAndThenIsLoggedOnce() {
        try (var log = new LoggedLines(BearerMechanism.class.getName())) {
            issuer.recordUnreachable(new IOException());
            clock.turn(REFRESH.multipliedBy(5));
            issuer.recordUnreachable(new IOException());

            assertThat(log.all()).hasSize(1);
        }
    }

    @Test
    void aFailureWithoutACauseIsNotLoggedAsTheOneThatStandsForIt() {
        try (var log = new LoggedLines(BearerMechanism.class.getName())) {
            issuer.recordUnreachable(new NullPointerException(ParameterValidation.MAPPER_RETURNED_NULL));

            assertThat(log.all())
                    .singleElement()
                    .extracting(LoggedLines.Line::message)
                    .asString()
                    .contains("cannot be used", "broke")
                    .doesNotContain("NullPointerException");
        }
    }
}
