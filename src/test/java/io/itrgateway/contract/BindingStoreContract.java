package io.itrgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.binding.Binding;
import io.itrgateway.binding.BindingStore;
import io.itrgateway.binding.Ownership;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What every {@link BindingStore} guarantees. */
public abstract class BindingStoreContract {

    protected static final Binding OF_ASHA = new Binding("client-1", "asha");
    protected static final Binding OF_BINA = new Binding("client-1", "bina");

    private static final Binding ANOTHER_CLIENT = new Binding("client-2", "asha");
    private static final Duration MOMENT = Duration.ofMinutes(1);

    static {
        // Mutiny sets itself up on its first use, which must be one thread's; in production that is the start.
        Uni.createFrom().deferred(() -> Uni.createFrom().voidItem()).await().indefinitely();
    }

    /** The store under test, empty at the start of each test. */
    protected abstract BindingStore store();

    /** Lets that much time pass for what is recorded. */
    protected abstract void pass(Duration time);

    protected static <T> T ended(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    protected void bind(Binding binding) {
        ended(store().bind(binding));
    }

    protected Ownership look(Binding binding) {
        return ended(store().find(binding));
    }

    private static Binding of(int caller) {
        return new Binding("client-1", "caller-" + caller);
    }

    @Test
    void aClientThatWasNotRecordedIsUnknown() {
        assertThat(look(OF_ASHA)).isEqualTo(Ownership.UNKNOWN);
    }

    @Test
    void aClientOfAnotherCallerIsAnothers() {
        bind(OF_ASHA);

        assertThat(look(OF_BINA)).isEqualTo(Ownership.ANOTHERS);
    }

    @Test
    void aClientOfTheCallerIsItsOwn() {
        bind(OF_ASHA);

        assertThat(look(OF_ASHA)).isEqualTo(Ownership.OWN);
    }

    @Test
    void anotherClientOfTheCallerIsUnknown() {
        bind(OF_ASHA);

        assertThat(look(ANOTHER_CLIENT)).isEqualTo(Ownership.UNKNOWN);
    }

    @Test
    void aClientThatTwoCallersRegisteredIsBothTheirs() {
        bind(OF_ASHA);
        bind(OF_BINA);

        assertThat(look(OF_ASHA)).isEqualTo(Ownership.OWN);
        assertThat(look(OF_BINA)).isEqualTo(Ownership.OWN);
        assertThat(look(of(3))).isEqualTo(Ownership.ANOTHERS);
    }

    @Test
    void ofTooManyOwnersTheOneThatWasRecordedFirstIsForgotten() {
        for (int caller = 0; caller <= BindingStore.MAX_OWNERS; caller++) {
            bind(of(caller));
        }

        assertThat(look(of(0))).isEqualTo(Ownership.ANOTHERS);
        assertThat(look(of(1))).isEqualTo(Ownership.OWN);
        assertThat(look(of(BindingStore.MAX_OWNERS))).isEqualTo(Ownership.OWN);
    }

    @Test
    void anOwnerThatIsRecordedAgainIsCountedOnce() {
        bind(OF_ASHA);
        for (int repeat = 0; repeat <= BindingStore.MAX_OWNERS; repeat++) {
            bind(OF_BINA);
        }

        assertThat(look(OF_ASHA)).isEqualTo(Ownership.OWN);
    }

    @Test
    void aBindingHoldsForItsLifeAndNoLonger() {
        bind(OF_ASHA);

        pass(BindingStore.LIFE.minus(MOMENT));
        assertThat(look(OF_BINA)).isEqualTo(Ownership.ANOTHERS);
        pass(MOMENT.multipliedBy(2));
        assertThat(look(OF_BINA)).isEqualTo(Ownership.UNKNOWN);
    }

    @Test
    void aBindingThatIsRecordedAgainHoldsForItsLifeFromThenOn() {
        bind(OF_ASHA);
        pass(BindingStore.LIFE.minus(MOMENT));
        bind(OF_ASHA);

        pass(BindingStore.LIFE.minus(MOMENT));

        assertThat(look(OF_ASHA)).isEqualTo(Ownership.OWN);
    }
}
