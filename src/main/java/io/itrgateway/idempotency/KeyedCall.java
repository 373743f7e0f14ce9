package io.itrgateway.idempotency;

import io.itrgateway.secret.Secret;
import java.util.List;

/**
 * A call that came with a key.
 *
 * @param caller the name of who is calling; the same key of another caller is another key
 * @param operation what is called; the same key of another operation is another key
 * @param payload all that makes one call another, in a fixed order
 */
public record KeyedCall(String caller, String operation, IdempotencyKey key, List<Secret> payload) {

    public KeyedCall {
        payload = List.copyOf(payload);
    }
}
