package io.itrgateway.secret;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;

/**
 * Tells texts apart without saying what they are: HMAC-SHA256 over the parts, each with its length before it, so that "ab", "c" is
 * not "a", "bc". Without the key a guess cannot be tested. Any thread may use it.
 */
public final class KeyedDigest {

    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private final byte[] key;
    private final Mac keyed;

    KeyedDigest(byte[] key) {
        this.key = key;
        this.keyed = Hkdf.hmac(key);
    }

    /** 43 characters of URL-safe base64. */
    public String of(List<Secret> parts) {
        return of(parts.stream().map(Secret::reveal).toArray(String[]::new));
    }

    /** As {@link #of(List)} of the same texts. */
    public String of(String... parts) {
        Mac hmac = hmac();
        for (String part : parts) {
            add(hmac, part);
        }
        return TEXT.encodeToString(hmac.doFinal());
    }

    /** A copy costs less than looking for the algorithm and preparing the key, where the provider can copy. */
    private Mac hmac() {
        try {
            return (Mac) keyed.clone();
        } catch (CloneNotSupportedException e) {
            return Hkdf.hmac(key);
        }
    }

    /** In UTF-16, in which all texts differ; in UTF-8 every lone surrogate becomes the same question mark. */
    private static void add(Mac hmac, String part) {
        var bytes = ByteBuffer.allocate(Integer.BYTES + part.length() * Character.BYTES);
        bytes.putInt(part.length());
        bytes.asCharBuffer().put(part);
        hmac.update(bytes.array());
    }

    @Override
    public String toString() {
        return Secret.SHOWN;
    }
}
