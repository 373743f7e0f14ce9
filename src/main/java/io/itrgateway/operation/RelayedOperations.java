package io.itrgateway.operation;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Entries;
import io.itrgateway.config.Settings;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.problem.Effect;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Deepvue's other operations, as far as the operator has listed them: empty by default. */
@Singleton
public class RelayedOperations implements Settings {

    private static final String PROPERTY = "gateway.relay";
    private static final String AUTHORIZE = "/v1/authorize";
    private static final String SHAPE =
            "METHOD /v1/path, with * for one segment and reads: or fetches: before it, such as reads:GET /v1/verification/ifsc/*";

    private static final Pattern ENTRY = Pattern.compile("(?:(reads|fetches):)?\\s*([^\\s:]+)\\s+(\\S+)");

    private record Entry(RelayPattern pattern, Operation operation) {}

    /** The more special one first. */
    private final List<Entry> entries;

    @Inject
    RelayedOperations(RelaySettings.Config config, ConfigurationFaults faults) {
        this(parsed(config, faults));
    }

    private RelayedOperations(Map<RelayPattern, Effect> effects) {
        this.entries = effects.entrySet().stream()
                .map(entry -> new Entry(
                        entry.getKey(),
                        Operation.relayed(
                                entry.getKey().method(), entry.getKey().path(), entry.getValue())))
                .toList();
    }

    public static RelayedOperations none() {
        return new RelayedOperations(Map.of());
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /**
     * The operation that a request calls. HEAD calls that of GET.
     *
     * @param path as the edge lets it pass: plain, without a query
     */
    public Optional<Operation> at(String method, String path) {
        String wanted = method.equals("HEAD") ? Method.GET.name() : method;
        return entries.stream()
                .filter(entry -> entry.operation.method().name().equals(wanted) && entry.pattern.matches(path))
                .map(Entry::operation)
                .findFirst();
    }

    /** The methods that are listed for that path; none if it is not listed. */
    public Set<String> methodsOf(String path) {
        if (entries.isEmpty()) {
            return Set.of();
        }
        Set<String> methods = new TreeSet<>();
        entries.stream()
                .filter(entry -> entry.pattern.matches(path))
                .forEach(entry -> methods.add(entry.operation.method().name()));
        return methods;
    }

    // ---- the list ---------------------------------------------------------------------------------------------------

    private static Map<RelayPattern, Effect> parsed(RelaySettings.Config config, ConfigurationFaults faults) {
        Map<RelayPattern, Effect> effects = new TreeMap<>();
        for (String entry : Entries.of(config.relay().orElse(""))) {
            if (!entry.isBlank()) {
                add(entry.strip(), effects, faults);
            }
        }
        return effects;
    }

    private static void add(String entry, Map<RelayPattern, Effect> effects, ConfigurationFaults faults) {
        var shape = ENTRY.matcher(entry);
        if (!shape.matches()) {
            faults.wrongEntry(PROPERTY, entry, "which is not a method and a path", SHAPE);
            return;
        }
        Effect effect = effect(shape.group(1));
        var method = Arrays.stream(Method.values())
                .filter(known -> known.name().equals(shape.group(2)))
                .findFirst();
        var pattern = method.flatMap(known -> RelayPattern.of(known, shape.group(3)));
        var fault = method.isEmpty()
                ? Optional.of("whose method is not GET, POST, PUT, PATCH or DELETE")
                : faultOfPath(shape.group(3), pattern);
        if (fault.isPresent()) {
            faults.wrongEntry(PROPERTY, entry, fault.get(), SHAPE);
        } else if (effects.putIfAbsent(pattern.orElseThrow(), effect) != null
                && effects.get(pattern.orElseThrow()) != effect) {
            faults.wrongEntry(PROPERTY, entry, "which another entry has with another effect", "there once");
        }
    }

    private static Effect effect(String prefix) {
        if (prefix == null) {
            return Effect.UNDECLARED;
        }
        return prefix.equals("reads") ? Effect.READS : Effect.FETCHES;
    }

    private static Optional<String> faultOfPath(String path, Optional<RelayPattern> pattern) {
        if (!path.startsWith("/v1/")) {
            return Optional.of("whose path does not begin with /v1/");
        }
        if (pattern.isEmpty()) {
            return Optional.of("whose path has a segment that is neither * nor letters, digits and . _ ~ -");
        }
        if (pattern.get().matches(AUTHORIZE)) {
            return Optional.of("whose path is the one by which this service gets its token");
        }
        return Operations.ALL.stream()
                .map(Operation::path)
                .filter(pattern.get()::matches)
                .findFirst()
                .map(known -> "whose path is that of an operation which is there anyway, " + known);
    }
}
