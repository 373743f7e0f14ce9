package io.itrgateway.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.Locale;

/**
 * Stands for a user name where it must not stand itself: HMAC-SHA256 of it, in hexadecimal. The same name has the same pseudonym under
 * the same key; without the key, names cannot be tried out, although there are few enough to try them all.
 *
 * <p>The key is used as it is and not derived from, so that any tool can compute the pseudonym of a name with it:
 * {@code printf %s ABCDE1234F | openssl dgst -sha256 -hmac "$KEY"}. Any thread may use it.
 */
public final class Pseudonyms {

    private final byte[] key;

    public Pseudonyms(Secret key) {
        this.key = key.reveal().getBytes(UTF_8);
    }

    /** Capitals or not, it is the same person. */
    public String of(Secret name) {
        byte[] canonical = name.reveal().strip().toUpperCase(Locale.ROOT).getBytes(UTF_8);
        return HexFormat.of().formatHex(Hkdf.hmac(key).doFinal(canonical));
    }

    @Override
    public String toString() {
        return Secret.SHOWN;
    }
}
