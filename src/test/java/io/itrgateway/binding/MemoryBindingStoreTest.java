package io.itrgateway.binding;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.contract.BindingStoreContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryBindingStoreTest extends BindingStoreContract {

    private static final int MAX_CLIENTS = 3;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1); // a clock that overflows
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MemoryBindingStore bindings = new MemoryBindingStore(MAX_CLIENTS, nanos::get, meters);

    @Override
    protected BindingStore store() {
        return bindings;
    }

    @Override
    protected void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Binding client(int number) {
        return new Binding("client-" + number, "asha");
    }

    private double size() {
        return meters.get("gateway.client.bindings").gauge().value();
    }

    private double evicted() {
        return meters.get("gateway.client.bindings.evicted").counter().count();
    }

    @Test
    void ofTooManyClientsTheOneThatWasRecordedFirstIsForgotten() {
        for (int number = 1; number <= MAX_CLIENTS; number++) {
            bind(client(number));
        }
        bind(client(1));
        bind(client(4));

        assertThat(look(client(1))).isEqualTo(Ownership.OWN);
        assertThat(look(client(2))).isEqualTo(Ownership.UNKNOWN);
        assertThat(size()).isEqualTo(MAX_CLIENTS);
        assertThat(evicted()).isEqualTo(1);
    }

    @Test
    void whatHasExpiredTakesNoRoom() {
        bind(client(1));
        pass(BindingStore.LIFE);
        bind(client(2));

        assertThat(size()).isEqualTo(1);
        assertThat(evicted()).isZero();
    }

    @Test
    void allBindingsRecordedElsewhereInTheirOrderGiveTheSame() {
        bind(OF_ASHA);
        bind(OF_BINA);
        bind(client(2));
        var elsewhere = new MemoryBindingStore(MAX_CLIENTS, nanos::get, new SimpleMeterRegistry());

        bindings.all().forEach(elsewhere::bindNow);

        assertThat(elsewhere.all()).isEqualTo(bindings.all()).hasSize(3);
    }
}
