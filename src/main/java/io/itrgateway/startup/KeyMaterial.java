package io.itrgateway.startup;

import io.itrgateway.config.ShownValue;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/** The files from which the certificate for TLS from callers is loaded. */
interface KeyMaterial {

    /** The private key may be in the same file, before the certificate or behind it. */
    Pattern CERTIFICATE = Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);

    Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----");

    /** Of PKCS#8, and of the form before it. */
    Pattern ENCRYPTED = Pattern.compile("-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: *4, *ENCRYPTED");

    String IS_UNREADABLE = "does not exist or cannot be read";

    /** What makes them unusable, without a word of what is in them; empty if they can be used. */
    Optional<Fault> fault(Vertx vertx);

    /**
     * @param file the one that is to be looked at
     * @param isLoaded whether it is in use all the same: loading it did not reveal the fault
     */
    record Fault(Path file, String says, boolean isLoaded) {
        /** The file as far as its name is one: the certificate or the key itself may stand in its place. */
        String line() {
            return "names %s, which %s".formatted(ShownValue.of(file.toString()), says);
        }

        private static Fault of(Path file, String says) {
            return new Fault(file, says, false);
        }
    }

    /** A certificate chain and its private key. */
    record Pem(Path certificate, Path key) implements KeyMaterial {

        private static final byte[] PROBE = {1};

        @Override
        public Optional<Fault> fault(Vertx vertx) {
            return faultOfCertificate().or(this::faultOfKey);
        }

        Optional<Fault> faultOfCertificate() {
            return faultOfCertificates(certificate);
        }

        /** Whether it is the one of the certificate is judged where the certificate has no fault. */
        Optional<Fault> faultOfKey() {
            if (!isReadable(key)) {
                return Optional.of(Fault.of(key, IS_UNREADABLE));
            }
            if (faultOfCertificate().isPresent()) {
                return holds(PRIVATE_KEY, key) && !holds(ENCRYPTED, key) ? Optional.empty() : Optional.of(noKey());
            }
            try {
                return belongTogether(Buffer.buffer(Files.readAllBytes(certificate)))
                        ? Optional.empty()
                        : Optional.of(new Fault(key, misplaced().orElse("is not the key of " + certificate), true));
            } catch (Exception e) {
                return Optional.of(misplaced().map(says -> Fault.of(key, says)).orElseGet(this::noKey));
            }
        }

        /** Java takes a chain only in its order, in which each certificate is signed by the next one. */
        private Optional<String> misplaced() {
            List<String> chain = certificates(certificate);
            return IntStream.range(0, chain.size())
                    .filter(i -> isOf(chain.get(i)))
                    .mapToObj(i -> i > 0
                            ? "is the key of certificate number %d of %s, which has to be the first"
                                    .formatted(i + 1, certificate)
                            : "is the key of the first certificate of %s, behind which not each is signed by the next one"
                                    .formatted(certificate))
                    .findFirst();
        }

        private boolean isOf(String oneCertificate) {
            try {
                return belongTogether(Buffer.buffer(oneCertificate, StandardCharsets.ISO_8859_1.name()));
            } catch (Exception e) {
                return false;
            }
        }

        private Fault noKey() {
            if (holds(ENCRYPTED, key)) {
                return Fault.of(key, "holds a private key that is encrypted, which is not supported");
            }
            return Fault.of(
                    key,
                    holds(PRIVATE_KEY, key)
                            ? "holds a private key that cannot be read, is neither RSA nor EC, or is not that of "
                                    + certificate
                            : "holds no private key");
        }

        /** By content, since Vert.x needs an instance of itself to read files. */
        private boolean belongTogether(Buffer certificates) throws Exception {
            var pair = new PemKeyCertOptions()
                    .addCertValue(certificates)
                    .addKeyValue(Buffer.buffer(Files.readAllBytes(key)));
            String alias = pair.loadKeyStore(null).aliases().nextElement();
            var keys = (X509KeyManager) pair.getKeyManagerFactory(null).getKeyManagers()[0];
            return verifies(keys.getPrivateKey(alias), keys.getCertificateChain(alias)[0].getPublicKey());
        }

        private static boolean verifies(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
            String algorithm = switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> key.getAlgorithm();
            };
            var signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        }
    }

    /** A key store, and how it is opened. */
    record Store(Path file, Opening opening) implements KeyMaterial {

        /** Fails where the store cannot be opened. */
        interface Opening {
            void open(Vertx vertx) throws Exception;
        }

        @Override
        public Optional<Fault> fault(Vertx vertx) {
            if (!isReadable(file)) {
                return Optional.of(Fault.of(file, IS_UNREADABLE));
            }
            try {
                opening.open(vertx);
                return Optional.empty();
            } catch (Exception e) {
                return Optional.of(Fault.of(file, "cannot be opened as a key store"));
            }
        }
    }

    /** The one that is shown, which is followed by those that signed it; empty if the file holds none. */
    static Optional<X509Certificate> firstCertificate(Path file) {
        try {
            Matcher certificate = CERTIFICATE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            return certificate.find() ? Optional.of(certificate(certificate.group())) : Optional.empty();
        } catch (IOException | GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** When the first certificate of a file ended or begins; empty if it is valid, or if the file holds none. */
    static Optional<String> outsideOfItsTime(Path file, Instant now) {
        return firstCertificate(file).flatMap(certificate -> {
            Instant begin = certificate.getNotBefore().toInstant();
            Instant end = certificate.getNotAfter().toInstant();
            if (now.isAfter(end)) {
                return Optional.of("ended at " + end);
            }
            return now.isBefore(begin) ? Optional.of("begins at " + begin) : Optional.empty();
        });
    }

    /** Empty if there is at least one certificate in the file, and all can be read. */
    static Optional<Fault> faultOfCertificates(Path file) {
        if (!isReadable(file)) {
            return Optional.of(Fault.of(file, IS_UNREADABLE));
        }
        return holdsCertificates(file)
                ? Optional.empty()
                : Optional.of(Fault.of(file, "holds no certificate, or one that cannot be read"));
    }

    private static boolean holdsCertificates(Path file) {
        try {
            List<String> all = certificates(file);
            for (String each : all) {
                certificate(each);
            }
            return !all.isEmpty();
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** In PEM, in the order of the file. */
    private static List<String> certificates(Path file) {
        try {
            return CERTIFICATE
                    .matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .results()
                    .map(MatchResult::group)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean holds(Pattern pattern, Path file) {
        try {
            return pattern.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .find();
        } catch (IOException e) {
            return false;
        }
    }

    private static X509Certificate certificate(String pem) throws GeneralSecurityException {
        var in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1));
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }

    static boolean isReadable(Path file) {
        return Files.isRegularFile(file) && Files.isReadable(file);
    }

    /** A trust store can be opened, too, and then the handshake has no certificate to show. */
    static void requireKey(KeyManagerFactory factory) throws UnrecoverableKeyException {
        boolean hasKey = Stream.of(factory.getKeyManagers())
                .map(X509KeyManager.class::cast)
                .flatMap(keys -> Stream.of("RSA", "EC", "RSASSA-PSS", "EdDSA", "DSA")
                        .map(type -> keys.getServerAliases(type, null)))
                .anyMatch(Objects::nonNull);
        if (!hasKey) {
            throw new UnrecoverableKeyException();
        }
    }

    /** The first fault of any of them. */
    static Optional<Fault> fault(List<KeyMaterial> all, Vertx vertx) {
        return all.stream().flatMap(files -> files.fault(vertx).stream()).findFirst();
    }
}
