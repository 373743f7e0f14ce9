package io.itrgateway.idempotency;

import static io.itrgateway.idempotency.ClaimStore.LONGEST_RESULT_BYTES;

import io.itrgateway.fairness.CallerShares;
import io.itrgateway.fairness.EventLoopWork;
import io.itrgateway.fairness.Once;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Seal;
import io.smallrye.mutiny.Uni;

/** Seals results for the store, and opens what it has kept: long ones on a worker thread, since an event loop would not serve others meanwhile. */
final class SealedResults {

    private final Seal seal;
    private final Contexts contexts;
    private final CallerShares openingBytes;

    /** A quarter of the heap, but not less than one of the longest results takes, and not more than four of them do. */
    static int mostOpeningBytes(long heapBytes) {
        return (int) Math.max(LONGEST_RESULT_BYTES, Math.min(4L * LONGEST_RESULT_BYTES, heapBytes / 4));
    }

    /** @param mostOpeningBytes of long results that have been read from the store and wait to be opened, or are being opened */
    SealedResults(Seal seal, Contexts contexts, int mostOpeningBytes) {
        this.seal = seal;
        this.contexts = contexts;
        this.openingBytes = new CallerShares(mostOpeningBytes);
    }

    /** @param belongsTo what has to be said again to open it */
    Uni<byte[]> seal(CallResult result, String belongsTo) {
        return result.fold(answer -> answer.body().length, failure -> 0) <= EventLoopWork.LONGEST_BYTES
                ? Uni.createFrom().item(() -> close(result, belongsTo))
                : contexts.compute(() -> close(result, belongsTo));
    }

    private byte[] close(CallResult result, String belongsTo) {
        return seal.close(CallResultCodec.encode(result), belongsTo);
    }

    /**
     * The result that was sealed. Fails where it was changed, or written by an unknown version, and where too many long ones are being opened for that caller:
     * then with {@link ProblemKind#CALL_INTERRUPTED}, since the call was made.
     */
    Uni<CallResult> open(String caller, byte[] sealed, String belongsTo) {
        if (sealed.length <= EventLoopWork.LONGEST_BYTES) {
            return Uni.createFrom().item(() -> decode(sealed, belongsTo));
        }
        if (!openingBytes.take(caller, sealed.length)) {
            return Uni.createFrom()
                    .failure(
                            GatewayException.of(
                                    ProblemKind.CALL_INTERRUPTED,
                                    "The answer is kept, but too many long ones are being read for this caller. Repeat with the same key after a moment."));
        }
        return contexts.compute(() -> decode(sealed, belongsTo))
                .onTermination()
                .invoke(new Once(() -> openingBytes.giveBack(caller, sealed.length)));
    }

    private CallResult decode(byte[] sealed, String belongsTo) {
        return seal.open(sealed, belongsTo).flatMap(CallResultCodec::decode).orElseThrow(UnreadableResult::new);
    }

    /** Not a {@link GatewayException}: it needs an operator, and the exit for failures logs it as a bug. */
    private static final class UnreadableResult extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
