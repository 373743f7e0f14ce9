package io.itrgateway.registration;

import io.itrgateway.journal.Operation;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The operation of this room as the journal names it, also where a call is refused before it gets here. */
class RegistrationOperation {

    static final String NAME = "create-client";

    @Produces
    @Singleton
    static Operation operation() {
        return new Operation(NAME, "/v1/verification/itr/create-client");
    }
}
