package io.itrgateway.binding;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.KeyedDigest;
import io.itrgateway.secret.Secret;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lets callers use the client ids that are theirs. Where the shared store cannot be reached, the records of this process decide: for an id
 * without a record, {@code known} lets the call pass, since no other caller is known to have it, and {@code strict} refuses it as
 * {@code overloaded}, since a repeat may find it to be the caller's.
 */
@Singleton
@Startup
public class ClientBinding {

    private static final GatewayException NOT_THE_CALLERS = GatewayException.of(
            ProblemKind.FORBIDDEN,
            "The client id is not known as one that this caller has registered. Nothing was sent upstream.");
    private static final GatewayException CANNOT_LOOK = GatewayException.of(
            ProblemKind.OVERLOADED,
            "Whose client id this is cannot be looked up now, so the call was not made. Repeat it after Retry-After.");

    private final BindingMode mode;
    /** Empty with the mode {@code off}. */
    private final Optional<BindingStore> store;

    private final KeyedDigest clients;
    private final KeyedDigest owners;

    @Inject
    ClientBinding(BindingSettings settings, Instance<BindingStore> store, KeyRing keys) {
        this(settings.mode(), store::get, keys);
    }

    /** @param store not asked for with the mode {@code off} */
    ClientBinding(BindingMode mode, Supplier<BindingStore> store, KeyRing keys) {
        this.mode = mode;
        this.store = mode == BindingMode.OFF ? Optional.empty() : Optional.of(store.get());
        this.clients = keys.digest("client binding id");
        this.owners = keys.digest("client binding owner");
    }

    /** Fails with a {@link GatewayException} of {@code forbidden} or {@code overloaded} where the caller may not use that client id. */
    public Uni<Void> demandOwn(String caller, Secret clientId) {
        return ifOn(bindings -> Uni.createFrom()
                .deferred(() -> bindings.find(binding(caller, clientId)))
                .chain(ownership -> refusal(ownership)
                        .map(refusal -> Uni.createFrom().<Void>failure(refusal))
                        .orElseGet(() -> Uni.createFrom().voidItem())));
    }

    private Optional<GatewayException> refusal(Ownership ownership) {
        boolean isStrict = mode == BindingMode.STRICT;
        return switch (ownership) {
            case OWN -> Optional.empty();
            case ANOTHERS -> Optional.of(NOT_THE_CALLERS);
            case UNKNOWN -> isStrict ? Optional.of(NOT_THE_CALLERS) : Optional.empty();
            case UNAVAILABLE -> isStrict ? Optional.of(CANNOT_LOOK) : Optional.empty();
        };
    }

    /** Records that the client ids in an answer of create-client are the caller's, before the caller has the answer. Never fails. */
    public Uni<Void> bind(String caller, byte[] answer) {
        return ifOn(bindings -> {
            Uni<Void> bound = Uni.createFrom().voidItem();
            for (Secret id : ClientIds.of(answer)) {
                bound = bound.chain(() -> bindings.bind(binding(caller, id)));
            }
            return bound;
        });
    }

    private Uni<Void> ifOn(Function<BindingStore, Uni<Void>> work) {
        return store.map(work).orElseGet(() -> Uni.createFrom().voidItem());
    }

    /** Client ids of which other processes would not know whose they are if this one ended now. */
    public int unstored() {
        return store.map(BindingStore::unstored).orElse(0);
    }

    private Binding binding(String caller, Secret clientId) {
        String client = clients.of(List.of(clientId));
        return new Binding(client, owners.of(client, caller));
    }
}
