package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.oidc.common.OidcResponseFilter.OidcResponseFilterContext;
import io.quarkus.security.AuthenticationFailedException;
import io.vertx.mutiny.core.MultiMap;
import io.vertx.mutiny.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the status of an answer of the UserInfo endpoint says. */
class UserInfoAnswerCheckTest {

    private final IssuerFailureClassifier issuer =
            new IssuerFailureClassifier(Clock.systemUTC(), Duration.ofSeconds(2));

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403})
    void aStatusOfRfc6750RefusesTheToken(int status) {
        assertThat(failureAt(status)).isInstanceOf(AuthenticationFailedException.class);
        assertThat(issuer.isIssuerUnreachable(failureAt(status))).isFalse();
    }

    @Test
    void aRefusalByWhatIsInBetweenSaysNothingOfTheToken() {
        Throwable failure = failureAt(403, MultiMap.caseInsensitiveMultiMap());

        assertThat(failure).hasMessage("it answers with status 403");
        assertThat(issuer.isIssuerUnreachable(failure)).isTrue();
    }

    /** Quarkus fails over a cookie without attributes as it may fail over a token. */
    @Test
    void aRedirectWithACookieSaysNothingOfTheToken() {
        Throwable failure = failureAt(302, MultiMap.caseInsensitiveMultiMap().add("Set-Cookie", "session=1"));

        assertThat(failure).hasMessage("it redirects to another address");
        assertThat(issuer.isIssuerUnreachable(failure)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 429, 500, 503})
    void anyOtherFailureSaysNothingOfTheToken(int status) {
        assertThat(failureAt(status)).hasMessage("it answers with status " + status);
        assertThat(issuer.isIssuerUnreachable(failureAt(status))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 302})
    void whatIsNoFailureIsLeftToQuarkus(int status) {
        assertThat(failureAt(status)).isNull();
    }

    private static Throwable failureAt(int status) {
        return failureAt(status, MultiMap.caseInsensitiveMultiMap().add("www-authenticate", "Bearer"));
    }

    private static Throwable failureAt(int status, MultiMap headers) {
        return new UserInfoAnswerCheck()
                .filter(new OidcResponseFilterContext(null, status, headers, Buffer.buffer("{}")))
                .onItemOrFailure()
                .transform((answer, failure) -> failure)
                .await()
                .indefinitely();
    }
}
