package io.itrgateway.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The keys that are derived from one master secret, one for each purpose; who has one of them learns neither another nor the
 * master.
 *
 * <p>The same master gives the same keys in every process, so that replicas can read what the others have sealed. It must be
 * hard to guess: nothing here makes a weak one strong.
 */
public final class KeyRing {

    private static final byte[] SALT = "io.itrgateway".getBytes(UTF_8);
    private static final int KEY_BYTES = 32;

    private final byte[] pseudorandomKey;

    public KeyRing(Secret master) {
        this.pseudorandomKey = Hkdf.extract(SALT, master.reveal().getBytes(UTF_8));
    }

    /** A digest of its own; one of another purpose gives other digests of the same. */
    public KeyedDigest digest(String purpose) {
        return new KeyedDigest(key("digest " + purpose));
    }

    /** A seal of its own; one of another purpose does not open what it has closed. */
    public Seal seal(String purpose) {
        return new Seal(key("seal " + purpose));
    }

    private byte[] key(String info) {
        return Hkdf.expand(pseudorandomKey, info.getBytes(UTF_8), KEY_BYTES);
    }

    @Override
    public String toString() {
        return Secret.SHOWN;
    }
}
