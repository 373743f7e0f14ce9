package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.quarkus.oidc.TokenIntrospection;
import io.quarkus.oidc.runtime.OidcAuthenticationMechanism;
import io.quarkus.oidc.runtime.OidcJwtCallerPrincipal;
import io.quarkus.oidc.runtime.OidcUtils;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.JsonString;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Quarkus security mechanism for {@code Authorization: Bearer}, around Quarkus' own, which verifies the token. What it adds: a token that
 * identifies no caller is refused, and so is an introspected one that is meant for another service; an issuer that cannot be reached is
 * {@link ProblemKind#OVERLOADED} and is not waited for without end, and every refusal is a problem of this service, also where an operator's
 * permission policy asks before any resource does.
 */
@ApplicationScoped
class BearerMechanism implements HttpAuthenticationMechanism {

    /** Longest time for the issuer to answer: its metadata, its keys, or what a token is worth. */
    private static final Duration LONGEST_WAIT = IssuerFailureClassifier.LONGEST_ATTEMPT;

    /** HTTP allows that (RFC 9110, 11.4). */
    private static final Pattern SEVERAL_SPACES = Pattern.compile("([^ ]+) {2,}");

    private static final GatewayException UNAUTHENTICATED = GatewayException.of(ProblemKind.UNAUTHENTICATED);

    private static final GatewayException NO_IDENTITY = GatewayException.of(
            ProblemKind.UNAUTHENTICATED,
            "The token identifies no caller: none of the claims that name one is a usable text.");

    private static final GatewayException NO_KEY_NAME = GatewayException.of(
            ProblemKind.UNAUTHENTICATED,
            "The token does not name its key (kid), as it has to where the issuer publishes more than %d."
                    .formatted(IssuerKeyReads.MOST_KEYS_TO_TRY));

    private static final GatewayException TWO_HEADERS = GatewayException.of(
            ProblemKind.MALFORMED_REQUEST, "There is more than one Authorization header. Send one.");

    private final ProblemMapper exit;
    private final OidcAuthenticationMechanism oidc;
    private final Challenges challenges;
    private final TokenCallerNames names;
    private final IntrospectedTokenPurpose purpose;
    private final IntrospectionLimit limit;
    private final IssuerFailureClassifier issuer;
    private final IssuerKeyReads keyReads;
    private final IssuerDiscovery discovery;
    private final Optional<String> issuerName;

    BearerMechanism(
            ProblemMapper exit,
            OidcAuthenticationMechanism oidc,
            Challenges challenges,
            IntrospectionLimit limit,
            IssuerKeyReads keyReads,
            IssuerDiscovery discovery,
            Clock clock,
            @ConfigProperty(name = "quarkus.oidc.token.principal-claim") Optional<String> principalClaim,
            @ConfigProperty(name = "quarkus.oidc.token.audience") Optional<List<String>> audiences,
            @ConfigProperty(name = "quarkus.oidc.token.issuer") Optional<String> issuerName,
            @ConfigProperty(name = "quarkus.oidc.token.forced-jwk-refresh-interval") Duration refreshInterval) {
        this.exit = exit;
        this.oidc = oidc;
        this.challenges = challenges;
        this.limit = limit;
        this.keyReads = keyReads;
        this.discovery = discovery;
        this.issuerName = issuerName;
        this.names = new TokenCallerNames(principalClaim);
        this.purpose = new IntrospectedTokenPurpose(audiences, issuerName);
        this.issuer = new IssuerFailureClassifier(clock, refreshInterval);
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        challenges.put(context);
        List<String> authorizations = context.request().headers().getAll(HttpHeaders.AUTHORIZATION);
        if (authorizations.size() > 1) {
            return Uni.createFrom().failure(AuthenticationRefusal.of(TWO_HEADERS, context, this));
        }
        authorizations.forEach(value -> useOneSpace(context, value));
        if (keyReads.requireKeyNames()
                && tokenOf(context).filter(token -> !token.namesItsKey()).isPresent()) {
            Challenges.putRefusedToken(context);
            return Uni.createFrom().failure(AuthenticationRefusal.of(NO_KEY_NAME, context, this));
        }
        Context home = Vertx.currentContext();
        String connection = String.valueOf(context.request().connection().remoteAddress()); // null if it is closed
        return limit.within(
                        connection,
                        IntrospectionLimit.bytesOf(context.request()),
                        () -> oidc.authenticate(context, discovery.before(identities)))
                .ifNoItem()
                .after(LONGEST_WAIT)
                .fail()
                .onFailure(TimeoutException.class)
                .recoverWithUni(late -> failedOn(home, late))
                .onItem()
                .ifNotNull()
                .invoke(identity -> checkPurpose(identity, tokenOf(context)))
                .onItem()
                .ifNotNull()
                .transform(this::named)
                .onItem()
                .ifNotNull()
                .invoke(caller -> KnownCallers.markKnown(context))
                .onFailure()
                .transform(failure -> {
                    Challenges.putRefusedToken(context);
                    return AuthenticationRefusal.of(refusalFor(failure, context), context, this);
                })
                .onItemOrFailure()
                .transformToUni((caller, refusal) -> unlessAnswered(context, caller, refusal));
    }

    /** A request that has been answered meanwhile, by a service that stops, goes nowhere: what comes next is not prepared for that. */
    private static Uni<SecurityIdentity> unlessAnswered(
            RoutingContext context, SecurityIdentity caller, Throwable refusal) {
        if (context.response().ended()) {
            return Uni.createFrom().nothing();
        }
        return refusal == null
                ? Uni.createFrom().item(caller)
                : Uni.createFrom().failure(refusal);
    }

    /** Behind the scheme: Quarkus would take any other for a part of the token. */
    private static void useOneSpace(RoutingContext context, String authorization) {
        Matcher spaces = SEVERAL_SPACES.matcher(authorization);
        if (spaces.lookingAt()) {
            context.request().headers().set(HttpHeaders.AUTHORIZATION, spaces.replaceFirst("$1 "));
        }
    }

    private static Optional<UnverifiedToken> tokenOf(RoutingContext context) {
        return UnverifiedToken.of(context.request().getHeader(HttpHeaders.AUTHORIZATION));
    }

    private GatewayException refusalFor(Throwable failure, RoutingContext context) {
        if (issuer.isRefusedForLackOfRoom(failure)) {
            return issuer.recordLackOfRoom();
        }
        if (failure instanceof GatewayException known) {
            return known;
        }
        if (IssuerFailureClassifier.isOfUnknownKey(failure)) {
            return refusalForUnknownKey(failure, tokenOf(context));
        }
        return issuer.isIssuerUnreachable(failure) ? refusalWithoutIssuer(failure) : UNAUTHENTICATED;
    }

    private GatewayException refusalForUnknownKey(Throwable failure, Optional<UnverifiedToken> token) {
        if (token.map(this::isOfAnotherIssuer).orElse(true)) {
            return UNAUTHENTICATED; // whichever keys the issuer has
        }
        if (keyReads.isUnderWay()) {
            return IssuerKeyReads.UNDER_WAY;
        }
        if (issuer.isIssuerUnreachable(failure)) {
            return refusalWithoutIssuer(failure);
        }
        return token.filter(keyReads::mayLackKeyOf).isPresent() ? keyReads.notYetKnown() : UNAUTHENTICATED;
    }

    private GatewayException refusalWithoutIssuer(Throwable failure) {
        keyReads.markEnded(); // a read that failed may have had no answer
        return issuer.recordUnreachable(failure);
    }

    private boolean isOfAnotherIssuer(UnverifiedToken token) {
        return issuerName
                .or(discovery::issuerName)
                .filter(name -> !name.equals(IntrospectedTokenPurpose.ANY))
                .filter(name -> !token.isOf(name))
                .isPresent();
    }

    /** The timeout fires on another thread; what follows runs on the request's context. */
    private static Uni<SecurityIdentity> failedOn(Context home, Throwable failure) {
        return Uni.createFrom().emitter(emitter -> home.runOnContext(now -> emitter.fail(failure)));
    }

    private void checkPurpose(SecurityIdentity identity, Optional<UnverifiedToken> token) {
        if (!purpose.isThisService(identity)
                || token.filter(UnverifiedToken::isOfAnotherKind).isPresent()) {
            throw UNAUTHENTICATED;
        }
    }

    private SecurityIdentity named(SecurityIdentity identity) {
        String name = nameOf(identity).orElseThrow(() -> NO_IDENTITY);
        return QuarkusSecurityIdentity.builder(identity)
                .setPrincipal(new Caller.Known(name))
                .build();
    }

    private Optional<String> nameOf(SecurityIdentity identity) {
        if (identity.getPrincipal() instanceof OidcJwtCallerPrincipal jwt) {
            return names.nameBy(TokenCallerNames.OF_JWT, jwt.getClaims()::getClaimValue);
        }
        TokenIntrospection answer = identity.getAttribute(OidcUtils.INTROSPECTION_ATTRIBUTE);
        if (answer == null) {
            // Verified by the UserInfo endpoint, which has named the principal by the claim that the operator chose.
            return Optional.of(identity.getPrincipal().getName())
                    .filter(TokenCallerNames::isUsable)
                    .map(TokenCallerNames.USER::concat);
        }
        return names.nameBy(
                TokenCallerNames.OF_INTROSPECTION,
                claim -> answer.getJsonObject().get(claim) instanceof JsonString text ? text.getString() : null);
    }

    @Override
    public Uni<Boolean> sendChallenge(RoutingContext context) {
        exit.refuse(context);
        return Uni.createFrom().item(true);
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return oidc.getChallenge(context);
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return oidc.getCredentialTypes();
    }

    @Override
    public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext context) {
        return oidc.getCredentialTransport(context);
    }

    /** Before the one that it is around, and after {@link ApiKeyMechanism}. */
    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 500;
    }
}
