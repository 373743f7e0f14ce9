package io.itrgateway.idempotency;

import java.util.UUID;

/**
 * Who holds a claim. A claim may lapse while its call still runs and be granted to another; then this tells the two apart.
 *
 * @param text unlike that of any other owner, in this process or elsewhere
 */
public record Owner(String text) {

    static Owner next() {
        return new Owner(UUID.randomUUID().toString());
    }
}
