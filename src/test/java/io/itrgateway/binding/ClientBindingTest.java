package io.itrgateway.binding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.Secret;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientBindingTest {

    private static final KeyRing KEYS = new KeyRing(Secret.of("the secret of the account"));
    private static final Secret ID = Secret.of("itr_qkgtvIwLcuooWhtrFFbK");
    private static final byte[] ANSWER = "{\"data\":{\"itr_client_id\":\"itr_qkgtvIwLcuooWhtrFFbK\"}}".getBytes(UTF_8);

    /** Says the same of every client id, and keeps what it is asked and given. */
    private static final class SettledStore implements BindingStore {
        private final Ownership ownership;
        private final List<Binding> seen = new ArrayList<>();

        private SettledStore(Ownership ownership) {
            this.ownership = ownership;
        }

        @Override
        public Uni<Void> bind(Binding binding) {
            return Uni.createFrom().voidItem().invoke(() -> seen.add(binding));
        }

        @Override
        public Uni<Ownership> find(Binding binding) {
            seen.add(binding);
            return Uni.createFrom().item(ownership);
        }
    }

    private static ClientBinding bindings(BindingMode mode, BindingStore store) {
        return new ClientBinding(mode, () -> store, KEYS);
    }

    private static ClientBinding bindingsInMemory(BindingMode mode) {
        return bindings(mode, new MemoryBindingStore(10, System::nanoTime, new SimpleMeterRegistry()));
    }

    private static void demandOwn(ClientBinding bindings, String caller) {
        bindings.demandOwn(caller, ID).await().indefinitely();
    }

    private static void bind(ClientBinding bindings, String caller) {
        bindings.bind(caller, ANSWER).await().indefinitely();
    }

    @ParameterizedTest
    @CsvSource({
        "KNOWN, ANOTHERS, FORBIDDEN",
        "STRICT, ANOTHERS, FORBIDDEN",
        "STRICT, UNKNOWN, FORBIDDEN",
        "STRICT, UNAVAILABLE, OVERLOADED"
    })
    void aClientThatIsNotTheCallersIsRefused(BindingMode mode, Ownership ownership, ProblemKind kind) {
        var bindings = bindings(mode, new SettledStore(ownership));

        var refusal = catchThrowableOfType(GatewayException.class, () -> demandOwn(bindings, "asha"));

        assertThat(refusal.kind()).isEqualTo(kind);
        assertThat(refusal.detail()).doesNotContain("itr_").doesNotContain("asha");
    }

    @ParameterizedTest
    @CsvSource({"KNOWN, OWN", "KNOWN, UNKNOWN", "KNOWN, UNAVAILABLE", "STRICT, OWN"})
    void aClientThatMayBeTheCallersIsNot(BindingMode mode, Ownership ownership) {
        demandOwn(bindings(mode, new SettledStore(ownership)), "asha");
    }

    @Test
    void switchedOffNothingIsRefusedAndTheStoreIsNotMade() {
        var bindings = new ClientBinding(
                BindingMode.OFF,
                () -> {
                    throw new AssertionError("made");
                },
                KEYS);

        bind(bindings, "asha");
        demandOwn(bindings, "bina");
    }

    @ParameterizedTest
    @CsvSource({"KNOWN", "STRICT"})
    void whatOneCallerWasAnsweredIsRefusedToAnother(BindingMode mode) {
        var bindings = bindingsInMemory(mode);
        bind(bindings, "asha");

        assertThatThrownBy(() -> demandOwn(bindings, "bina"))
                .isInstanceOf(GatewayException.class)
                .hasMessage("forbidden");
        demandOwn(bindings, "asha");
    }

    @Test
    void anAnswerWithoutAClientIdRecordsNothing() {
        var store = new SettledStore(Ownership.UNKNOWN);

        bindings(BindingMode.KNOWN, store)
                .bind("asha", "{\"data\":null}".getBytes(UTF_8))
                .await()
                .indefinitely();

        assertThat(store.seen).isEmpty();
    }

    @Test
    void theStoreSeesNeitherTheIdNorTheCaller() {
        var store = new SettledStore(Ownership.OWN);
        bind(bindings(BindingMode.KNOWN, store), "asha");

        demandOwn(bindings(BindingMode.KNOWN, store), "asha");

        assertThat(store.seen)
                .hasSize(2)
                .allSatisfy(binding -> assertThat(binding)
                        .isEqualTo(store.seen.get(0))
                        .extracting(Binding::client, Binding::owner)
                        .allSatisfy(digest -> assertThat((String) digest).matches("[A-Za-z0-9_-]{43}")));
    }

    @Test
    void withoutTheAccountsSecretTheDigestsAreOthers() {
        var store = new SettledStore(Ownership.OWN);
        Stream.of(KEYS, new KeyRing(Secret.of("another secret")))
                .forEach(keys -> bind(new ClientBinding(BindingMode.KNOWN, () -> store, keys), "asha"));

        assertThat(store.seen.get(0).client()).isNotEqualTo(store.seen.get(1).client());
    }
}
