package io.itrgateway.idempotency;

import io.itrgateway.problem.Effect;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** ClaimStore that processes share, over a wire: slow, if the test says so, broken, or changed on the way. It keeps all that it was given. */
final class ScriptedClaimStore implements ClaimStore {

    private final ClaimStore claims;
    private final List<Runnable> held = new ArrayList<>();
    private final Map<Owner, byte[]> released = new HashMap<>();
    private boolean slow;
    private Optional<RuntimeException> claimFailure = Optional.empty();
    private Optional<RuntimeException> settleFailure = Optional.empty();
    private Optional<RuntimeException> newsFailure = Optional.empty();
    private Owner dead;
    private int asked;
    private UnaryOperator<byte[]> onTheWay = UnaryOperator.identity();

    final List<Object> seen = new ArrayList<>();
    final List<byte[]> closed = new ArrayList<>();
    final List<byte[]> told = new ArrayList<>();

    ScriptedClaimStore(ClaimStore claims) {
        this.claims = claims;
    }

    /** From now on nothing is done before the test says so. */
    void slow() {
        slow = true;
    }

    /** Lets the oldest one that is held back be done. */
    void proceeds() {
        held.remove(0).run();
    }

    void proceedAll() {
        while (!held.isEmpty()) {
            proceeds();
        }
    }

    void refusesToClaim(RuntimeException failure) {
        claimFailure = Optional.of(failure);
    }

    void refusesToSettle(RuntimeException failure) {
        settleFailure = Optional.of(failure);
    }

    void refusesToTell(RuntimeException failure) {
        newsFailure = Optional.of(failure);
    }

    /** Nothing is known any more of the one who claimed last but one: of him whom the last one waits for. */
    void losesTheOneBeforeTheLast() {
        var owners = seen.stream().filter(Owner.class::isInstance).toList();
        dead = (Owner) owners.get(owners.size() - 2);
    }

    /** How often a call was looked up. */
    int asked() {
        return asked;
    }

    void works() {
        newsFailure = Optional.empty();
        claimFailure = Optional.empty();
        settleFailure = Optional.empty();
    }

    /** What becomes of endings before they are kept or handed over. */
    void changes(UnaryOperator<byte[]> change) {
        onTheWay = change;
    }

    @Override
    public Uni<ClaimState> claim(ClaimName name, Fingerprint fingerprint, Owner owner) {
        seen.addAll(List.of(name, fingerprint, owner));
        // What fails here has taken effect all the same: the worst that a wire can do.
        return through(claims.claim(name, fingerprint, owner), claimFailure);
    }

    @Override
    public Uni<Void> complete(ClaimName name, Fingerprint fingerprint, Owner owner, Effect effect, byte[] answer) {
        seen.addAll(List.of(name, fingerprint, owner));
        closed.add(answer);
        return settleFailure.isPresent()
                ? Uni.createFrom().failure(settleFailure.get())
                : through(claims.complete(name, fingerprint, owner, effect, onTheWay.apply(answer)), Optional.empty());
    }

    @Override
    public Uni<Void> release(ClaimName name, Owner owner, Optional<byte[]> ending) {
        ending.ifPresent(told::add);
        Optional<byte[]> changed = ending.map(onTheWay);
        return settleFailure.isPresent()
                ? Uni.createFrom().failure(settleFailure.get())
                : through(
                        claims.release(name, owner, changed)
                                .invoke(() -> changed.ifPresent(result -> released.put(owner, result))),
                        Optional.empty());
    }

    @Override
    public Uni<ClaimState> find(ClaimName name, Fingerprint fingerprint, Owner owner) {
        asked++;
        return through(
                owner.equals(dead)
                        ? Uni.createFrom().item(new ClaimState.Interrupted())
                        : claims.find(name, fingerprint, owner)
                                .map(state -> released.containsKey(owner)
                                        ? new ClaimState.Completed(released.get(owner))
                                        : state),
                newsFailure);
    }

    private <T> Uni<T> through(Uni<T> done, Optional<RuntimeException> failure) {
        Uni<T> answered =
                failure.isEmpty() ? done : done.chain(lost -> Uni.createFrom().failure(failure.get()));
        return !slow
                ? answered
                : Uni.createFrom()
                        .emitter(
                                emitter -> held.add(() -> answered.subscribe().with(emitter::complete, emitter::fail)));
    }
}
