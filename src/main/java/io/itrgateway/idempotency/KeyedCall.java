package io.itrgateway.idempotency;

import io.itrgateway.problem.Effect;
import io.itrgateway.secret.Secret;
import java.util.List;

/**
 * A call that came with a key.
 *
 * @param caller the caller's name; the same key of another caller is another key
 * @param operation the operation's name; the same key for another operation is another key
 * @param effect what the operation does; where a repeat does no harm, an unknown outcome is not kept
 * @param payload all that tells one call from another, in a fixed order
 */
public record KeyedCall(String caller, String operation, Effect effect, IdempotencyKey key, List<Secret> payload) {

    public KeyedCall {
        payload = List.copyOf(payload);
    }
}
