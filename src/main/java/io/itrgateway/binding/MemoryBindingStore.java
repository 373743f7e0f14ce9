package io.itrgateway.binding;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** The bindings that this process made, for a bounded number of client ids: the oldest ones are evicted. Measures time by a monotonic clock. */
@Singleton
@Identifier("memory")
public final class MemoryBindingStore implements BindingStore {

    /** Each takes some 350 bytes: 17 MiB in all. */
    public static final int MAX_CLIENTS = 50_000;

    private record Owners(List<String> latestFirst, long untilNanos) {}

    private final int maxClients;
    private final LongSupplier nanos;

    // Only under the lock of this object. In the order in which they were recorded last, which is that in which they
    // expire.
    private final Map<String, Owners> clients = new LinkedHashMap<>();

    private final Counter evicted;

    @Inject
    MemoryBindingStore(MeterRegistry meters) {
        this(MAX_CLIENTS, System::nanoTime, meters);
    }

    public MemoryBindingStore(int maxClients, LongSupplier nanos, MeterRegistry meters) {
        this.maxClients = maxClients;
        this.nanos = nanos;
        this.evicted = Counter.builder("gateway.client.bindings.evicted")
                .description("Client ids dropped from memory before they expired, because of their number")
                .register(meters);
        Gauge.builder("gateway.client.bindings", this, MemoryBindingStore::size)
                .description("Client ids whose registering caller this process has in memory")
                .strongReference(true)
                .register(meters);
    }

    @Override
    public Uni<Void> bind(Binding binding) {
        return Uni.createFrom().voidItem().invoke(() -> bindNow(binding));
    }

    @Override
    public Uni<Ownership> find(Binding binding) {
        return Uni.createFrom().item(() -> findNow(binding));
    }

    /** As {@link #bind}, at once. */
    public synchronized void bindNow(Binding binding) {
        dropExpired();
        Owners before = clients.remove(binding.client());
        List<String> owners = before == null ? List.of(binding.owner()) : latest(binding.owner(), before.latestFirst());
        clients.put(binding.client(), new Owners(owners, nanos.getAsLong() + LIFE.toNanos()));
        if (clients.size() > maxClients) {
            dropOldest();
            evicted.increment();
        }
    }

    private static List<String> latest(String owner, List<String> before) {
        if (before.get(0).equals(owner)) {
            return before;
        }
        List<String> owners = new ArrayList<>(MAX_OWNERS);
        owners.add(owner);
        for (String earlier : before) {
            if (owners.size() < MAX_OWNERS && !earlier.equals(owner)) {
                owners.add(earlier);
            }
        }
        return owners;
    }

    /** As {@link #find}, at once. */
    public synchronized Ownership findNow(Binding binding) {
        dropExpired();
        Owners owners = clients.get(binding.client());
        if (owners == null) {
            return Ownership.UNKNOWN;
        }
        return owners.latestFirst().contains(binding.owner()) ? Ownership.OWN : Ownership.ANOTHERS;
    }

    /** All that hold, in an order in which recording them again gives the same. */
    public synchronized List<Binding> all() {
        dropExpired();
        List<Binding> all = new ArrayList<>();
        clients.forEach((client, owners) -> {
            for (int i = owners.latestFirst().size() - 1; i >= 0; i--) {
                all.add(new Binding(client, owners.latestFirst().get(i)));
            }
        });
        return all;
    }

    /** How long a binding still holds; zero for one that does not, or that was forgotten. */
    public synchronized Duration leftNow(Binding binding) {
        dropExpired();
        Owners owners = clients.get(binding.client());
        return owners != null && owners.latestFirst().contains(binding.owner())
                ? Duration.ofNanos(owners.untilNanos() - nanos.getAsLong())
                : Duration.ZERO;
    }

    private synchronized double size() {
        return clients.size();
    }

    private void dropExpired() {
        long now = nanos.getAsLong();
        while (!clients.isEmpty() && clients.values().iterator().next().untilNanos() - now <= 0) {
            dropOldest();
        }
    }

    private void dropOldest() {
        var oldest = clients.values().iterator();
        oldest.next();
        oldest.remove();
    }
}
