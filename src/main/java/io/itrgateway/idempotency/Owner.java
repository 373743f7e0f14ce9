package io.itrgateway.idempotency;

import java.util.UUID;

/** Who may hold a claim: one attempt to make a call. @param text unlike that of any other owner, in this process or elsewhere */
public record Owner(String text) {

    static Owner next() {
        return new Owner(UUID.randomUUID().toString());
    }
}
