package io.itrgateway.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Closes bytes so that only the same key opens them, and only unchanged and where they belong: AES-256-GCM.
 *
 * <p>The form is a version byte, the 96-bit nonce, and the ciphertext with its 128-bit tag. The nonce is random, which is safe for
 * some four thousand million uses of one key. Any thread may use it.
 */
public final class Seal {

    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int HEAD_BYTES = 1 + NONCE_BYTES;

    /** How much longer what is closed is than what is in it. */
    public static final int EXTRA_BYTES = HEAD_BYTES + TAG_BYTES;

    private final SecretKeySpec key;

    /** Made at run time and not held in a static field, which a native image would fill, seed included, when it is built. */
    private final SecureRandom random = new SecureRandom();

    Seal(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /** @param belongsTo what has to be said again to open it; not hidden in it, and not contained in it */
    public byte[] close(byte[] content, String belongsTo) {
        return close(List.of(content), belongsTo);
    }

    /** The same for a content in parts, which are not copied: the result is all the memory that this takes. */
    public byte[] close(List<byte[]> parts, String belongsTo) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        int length = parts.stream().mapToInt(part -> part.length).reduce(0, Math::addExact);
        byte[] closed = new byte[Math.addExact(length, EXTRA_BYTES)];
        ByteBuffer.wrap(closed).put(VERSION).put(nonce);
        try {
            var cipher = cipher(Cipher.ENCRYPT_MODE, closed, belongsTo);
            int end = HEAD_BYTES;
            for (byte[] part : parts) {
                end += cipher.update(part, 0, part.length, closed, end);
            }
            cipher.doFinal(closed, end);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("what may be closed has no bounds but memory", e);
        }
        return closed;
    }

    /** What was closed; empty if it was changed or cut, belongs elsewhere, or was closed with another key or in another form. */
    public Optional<byte[]> open(byte[] closed, String belongsTo) {
        if (closed.length < EXTRA_BYTES || closed[0] != VERSION) {
            return Optional.empty();
        }
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, closed, belongsTo)
                    .doFinal(closed, HEAD_BYTES, closed.length - HEAD_BYTES));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, byte[] closed, String belongsTo) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, closed, 1, NONCE_BYTES));
            cipher.updateAAD(closed, 0, 1);
            cipher.updateAAD(belongsTo.getBytes(UTF_8));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    @Override
    public String toString() {
        return Secret.SHOWN;
    }
}
