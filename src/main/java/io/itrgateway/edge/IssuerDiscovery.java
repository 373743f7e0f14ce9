package io.itrgateway.edge;

import static io.itrgateway.edge.IssuerFailureClassifier.LONGEST_ATTEMPT;

import io.quarkus.oidc.runtime.TenantConfigBean;
import io.quarkus.oidc.runtime.TenantConfigContext;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.CloseFuture;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads the metadata and the keys of the OIDC issuer, when the service has started and until that has succeeded. Quarkus would do so for each
 * token by itself, with a client of its own, whose connection, and the request, stay as long as the issuer does not end an answer that it has
 * begun.
 */
@Singleton
public class IssuerDiscovery {

    /**
     * How long further tokens join an attempt, one that has failed among them: the issuer is asked no more often. One that hangs says nothing of
     * an issuer that has recovered meanwhile.
     */
    private static final Duration JOINABLE = Duration.ofSeconds(1);

    private final Instance<TenantConfigBean> tenants;
    private final IssuerAnswerLimit answers;
    private final IssuerMetadataCheck metadata;
    private final VertxInternal vertx;
    private final AtomicReference<Uni<Void>> latest = new AtomicReference<>();

    /** Of attempts that succeeded: they would be closed when nothing refers to them. */
    private final Queue<CloseFuture> clientsInUse = new ConcurrentLinkedQueue<>();

    IssuerDiscovery(
            Instance<TenantConfigBean> tenants, IssuerAnswerLimit answers, IssuerMetadataCheck metadata, Vertx vertx) {
        this.tenants = tenants;
        this.answers = answers;
        this.metadata = metadata;
        this.vertx = (VertxInternal) vertx;
    }

    void start(@Observes StartupEvent started) {
        answers.open();
        fault().subscribe().with(fault -> fault.ifPresent(IssuerFailureClassifier::logAtStart));
    }

    /** Reads metadata and keys, if that has not been done. @return why they cannot be used; empty if they can */
    public Uni<Optional<String>> fault() {
        return Uni.createFrom().deferred(() -> {
            TenantConfigContext issuer = tenants.get().getDefaultTenant();
            return issuer.ready()
                    ? Uni.createFrom().item(Optional.empty())
                    : joinAttempt(issuer)
                            .<Optional<String>>replaceWith(Optional.empty())
                            .onFailure()
                            .recoverWithItem(failure -> Optional.of(failure.getMessage()));
        });
    }

    /** What went wrong with an exchange with the issuer. */
    public static String wordsFor(Throwable failure) {
        return IssuerFault.of(failure).getMessage();
    }

    /** What the issuer calls itself; empty where it has no metadata that name it, or they have not been read. */
    Optional<String> issuerName() {
        TenantConfigContext issuer = tenants.get().getDefaultTenant();
        return issuer.getOidcProviderClient() == null // without it there are no metadata
                ? Optional.empty()
                : Optional.ofNullable(issuer.getOidcMetadata().getIssuer());
    }

    /** Verifies a token, on the current context, once the issuer is known. */
    IdentityProviderManager before(IdentityProviderManager identities) {
        Context request = Vertx.currentContext();
        return new IdentityProviderManager() {
            @Override
            public Uni<SecurityIdentity> authenticate(AuthenticationRequest token) {
                TenantConfigContext issuer = tenants.get().getDefaultTenant();
                return issuer.ready()
                        ? identities.authenticate(token)
                        : awaitDiscovery(issuer, request).chain(() -> identities.authenticate(token));
            }

            @Override
            public SecurityIdentity authenticateBlocking(AuthenticationRequest token) {
                return identities.authenticateBlocking(token);
            }
        };
    }

    /** Not cancelled with the request that waits: Mutiny would log the failure of the attempt as dropped. */
    private Uni<Void> awaitDiscovery(TenantConfigContext issuer, Context request) {
        return Uni.createFrom()
                .emitter(waiting -> joinAttempt(issuer)
                        .subscribe()
                        .with(
                                found -> request.runOnContext(now -> waiting.complete(null)),
                                failure -> request.runOnContext(now -> waiting.fail(failure))));
    }

    private Uni<Void> joinAttempt(TenantConfigContext issuer) {
        Uni<Void> running = latest.get();
        return running == null ? begin(issuer) : running;
    }

    private Uni<Void> begin(TenantConfigContext issuer) {
        Uni<Void> mine = attempt(issuer);
        Uni<Void> other = latest.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        vertx.setTimer(JOINABLE.toMillis(), late -> latest.compareAndSet(mine, null));
        return mine;
    }

    /** The client that Quarkus makes belongs to the context that it is made on. */
    private Uni<Void> attempt(TenantConfigContext issuer) {
        CloseFuture clients = new CloseFuture();
        ContextInternal context = vertx.createEventLoopContext(
                        null, clients, null, Thread.currentThread().getContextClassLoader())
                .duplicate();
        return Uni.createFrom()
                .deferred(issuer::initialize)
                .runSubscriptionOn(attempt -> context.runOnContext(now -> attempt.run()))
                .ifNoItem()
                .after(LONGEST_ATTEMPT)
                .on(context.nettyEventLoop()) // not beside a success, whose client it would close
                .fail()
                .onFailure()
                .transform(metadata::faultAfter)
                .onFailure()
                .invoke(() -> clients.close())
                .invoke(() -> clientsInUse.add(clients))
                .replaceWithVoid()
                .memoize()
                .indefinitely();
    }
}
