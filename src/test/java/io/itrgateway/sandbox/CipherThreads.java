package io.itrgateway.sandbox;

import io.vertx.core.Context;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.ShortBufferException;

/** Watches, until it is closed, on which threads AES-GCM of this JVM does its work, and on how many bytes. */
public final class CipherThreads implements AutoCloseable {

    private static final String NAME = "itr-gateway-test";
    private static final List<Use> USES = new CopyOnWriteArrayList<>();

    /** One call of {@code doFinal}. */
    public record Use(int bytes, boolean isOnEventLoop) {}

    public CipherThreads() {
        USES.clear();
        Security.insertProviderAt(new Watching(), 1);
    }

    /** Those on so many bytes or more. */
    public List<Use> usesOf(int leastBytes) {
        return USES.stream().filter(use -> use.bytes() >= leastBytes).toList();
    }

    @Override
    public void close() {
        Security.removeProvider(NAME);
    }

    private static final class Watching extends Provider {
        private static final long serialVersionUID = 1L;

        private Watching() {
            super(NAME, "1", "notes the threads");
            put("Cipher.AES/GCM/NoPadding", WatchedCipher.class.getName());
        }
    }

    /** Public for the JDK, which makes it. */
    public static final class WatchedCipher extends CipherSpi {

        private final Cipher cipher;

        public WatchedCipher() throws GeneralSecurityException {
            cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        }

        @Override
        protected int engineDoFinal(byte[] input, int from, int length, byte[] output, int to)
                throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
            USES.add(new Use(length, Context.isOnEventLoopThread()));
            return input == null // all of it has been given by updates
                    ? cipher.doFinal(output, to)
                    : cipher.doFinal(input, from, length, output, to);
        }

        @Override
        protected byte[] engineDoFinal(byte[] input, int from, int length)
                throws IllegalBlockSizeException, BadPaddingException {
            USES.add(new Use(length, Context.isOnEventLoopThread()));
            return cipher.doFinal(input, from, length);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameterSpec parameters, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            cipher.init(mode, key, parameters, random);
        }

        @Override
        protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
            cipher.init(mode, key, random);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameters parameters, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            cipher.init(mode, key, parameters, random);
        }

        @Override
        protected void engineUpdateAAD(byte[] input, int from, int length) {
            cipher.updateAAD(input, from, length);
        }

        @Override
        protected byte[] engineUpdate(byte[] input, int from, int length) {
            return cipher.update(input, from, length);
        }

        @Override
        protected int engineUpdate(byte[] input, int from, int length, byte[] output, int to)
                throws ShortBufferException {
            USES.add(new Use(length, Context.isOnEventLoopThread()));
            return cipher.update(input, from, length, output, to);
        }

        @Override
        protected void engineSetMode(String mode) {
            // always GCM
        }

        @Override
        protected void engineSetPadding(String padding) {
            // always none
        }

        @Override
        protected int engineGetBlockSize() {
            return cipher.getBlockSize();
        }

        @Override
        protected int engineGetOutputSize(int length) {
            return cipher.getOutputSize(length);
        }

        @Override
        protected byte[] engineGetIV() {
            return cipher.getIV();
        }

        @Override
        protected AlgorithmParameters engineGetParameters() {
            return cipher.getParameters();
        }
    }
}
