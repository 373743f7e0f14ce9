package io.itrgateway.edge;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The credentials of a request: keys, tokens and passwords, each as it is written in its header. */
final class PresentedSecrets {

    /** A shorter part of a secret, or a shorter secret as a part, may be there by chance. */
    private static final int SHORTEST_PART_CHARS = 16;

    private PresentedSecrets() {}

    /** Whether the text is one of them, has one of them in it, or is a part of one. */
    static boolean areIn(String text, MultiMap headers) {
        return of(headers).stream().anyMatch(secret -> isIn(secret, text) || isIn(text, secret));
    }

    private static boolean isIn(String part, String whole) {
        return part.equals(whole) || part.length() >= SHORTEST_PART_CHARS && whole.contains(part);
    }

    private static List<String> of(MultiMap headers) {
        List<String> secrets = new ArrayList<>(headers.getAll(ApiKeyMechanism.HEADER));
        for (String authorization : headers.getAll(HttpHeaders.AUTHORIZATION)) {
            int space = authorization.indexOf(' ');
            String credentials = authorization.substring(space + 1).strip();
            secrets.add(credentials);
            if (authorization.substring(0, Math.max(space, 0)).equalsIgnoreCase("Basic")) {
                secrets.add(password(credentials));
            }
        }
        secrets.removeIf(String::isEmpty);
        return secrets;
    }

    /** The password of HTTP's Basic scheme; empty if that is not what it is. */
    private static String password(String credentials) {
        try {
            var userAndPassword = new String(Base64.getDecoder().decode(credentials), StandardCharsets.ISO_8859_1);
            return userAndPassword.substring(userAndPassword.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
