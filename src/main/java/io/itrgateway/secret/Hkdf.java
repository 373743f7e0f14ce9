package io.itrgateway.secret;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF with SHA-256, which Java has only from 25 on.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5869#section-2">RFC 5869, section 2</a>
 */
final class Hkdf {

    private static final String HMAC = "HmacSHA256";
    private static final int HASH_BYTES = 32;
    private static final int MOST_BLOCKS = 255;

    private Hkdf() {}

    /** The pseudorandom key of what may be too long, too short or unevenly random to be one. */
    static byte[] extract(byte[] salt, byte[] inputKey) {
        return hmac(salt.length == 0 ? new byte[HASH_BYTES] : salt).doFinal(inputKey);
    }

    /** @param length in bytes, 1 to 8160 */
    static byte[] expand(byte[] pseudorandomKey, byte[] info, int length) {
        if (length < 1 || length > MOST_BLOCKS * HASH_BYTES) {
            throw new IllegalArgumentException("length " + length);
        }
        int blocks = (length + HASH_BYTES - 1) / HASH_BYTES;
        Mac hmac = hmac(pseudorandomKey);
        byte[] out = new byte[blocks * HASH_BYTES];
        byte[] block = {};
        for (int i = 1; i <= blocks; i++) {
            hmac.update(block);
            hmac.update(info);
            hmac.update((byte) i);
            block = hmac.doFinal();
            System.arraycopy(block, 0, out, (i - 1) * HASH_BYTES, HASH_BYTES);
        }
        return Arrays.copyOf(out, length);
    }

    /** A new one each time: a {@code Mac} is one thread's. */
    static Mac hmac(byte[] key) {
        try {
            Mac hmac = Mac.getInstance(HMAC);
            hmac.init(new SecretKeySpec(key, HMAC));
            return hmac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }
}
