package io.itrgateway.registration;

import io.itrgateway.secret.Secret;
import java.util.List;

/**
 * Who is to be registered.
 *
 * @param username the portal user id, 1 to {@value #LONGEST_USERNAME_CHARS} characters, not blank: usually a PAN, but the portal
 *     takes others too, so nothing else is asked of it
 * @param password the portal password, {@value #SHORTEST_PASSWORD_CHARS} to {@value #LONGEST_PASSWORD_CHARS} characters
 */
record Registration(Secret username, Secret password) {

    /** The payload, in the order in which it is compared with that of another call. */
    List<Secret> secrets() {
        return List.of(username, password);
    }

    static final int LONGEST_USERNAME_CHARS = 128;
    static final int SHORTEST_PASSWORD_CHARS = 8;
    static final int LONGEST_PASSWORD_CHARS = 256;
}
