package io.itrgateway.idempotency;

import java.util.UUID;

/**
 * Who holds a claim. A name is claimed anew after its claim was freed; this tells the two apart.
 *
 * @param text unlike that of any other owner, in this process or elsewhere
 */
public record Owner(String text) {

    static Owner next() {
        return new Owner(UUID.randomUUID().toString());
    }
}
