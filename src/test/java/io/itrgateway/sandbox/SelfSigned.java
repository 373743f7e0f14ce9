package io.itrgateway.sandbox;

import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate of a test's own making.
 *
 * @param store PKCS12: the certificate with its key
 * @param authority PKCS12: who signed it, which is itself unless it says otherwise
 */
public record SelfSigned(Path store, Path authority) {

    public static final String PASSWORD = "changeit";

    /** For that host, valid from now on for that many days. */
    public static SelfSigned of(String host, int days) {
        return itself("-dname", "CN=" + host, "-ext", "san=dns:" + host, "-validity", Integer.toString(days));
    }

    /** For localhost, with a key of that algorithm, such as EC or RSA. */
    public static SelfSigned ofKind(String algorithm) {
        Path store = directory().resolve("certificate.p12");
        keytool(store, "-genkeypair", "-keyalg", algorithm, "-dname", "CN=localhost", "-ext", "san=dns:localhost");
        return new SelfSigned(store, store);
    }

    /** For localhost, and over since five days; a client that trusts it trusts it by itself, and then Java asks for no more. */
    public static SelfSigned expired() {
        return itself("-dname", "CN=localhost", "-ext", "san=dns:localhost", "-startdate", "-10d", "-validity", "5");
    }

    /** For localhost, and valid from five days on; trusted by itself likewise. */
    public static SelfSigned notYetValid() {
        return itself("-dname", "CN=localhost", "-ext", "san=dns:localhost", "-startdate", "+5d", "-validity", "30");
    }

    /** For localhost, signed by an authority, and over since five days. */
    public static SelfSigned expiredOfAnAuthority() {
        Path directory = directory();
        Path authority = directory.resolve("authority.p12");
        Path store = directory.resolve("certificate.p12");
        Path request = directory.resolve("request.pem");
        Path certificate = directory.resolve("certificate.pem");
        Path signer = directory.resolve("authority.pem");
        keytool(authority, "-genkeypair", "-keyalg", "EC", "-dname", "CN=authority", "-ext", "bc:c");
        keytool(authority, "-exportcert", "-rfc", "-file", signer.toString());
        keytool(store, "-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost");
        keytool(store, "-certreq", "-file", request.toString());
        keytool(
                authority,
                ("-gencert -rfc -ext san=dns:localhost -startdate -10d -validity 5 -infile %s -outfile %s"
                                .formatted(request, certificate))
                        .split(" "));
        importing(store, "authority", signer);
        importing(store, "it", certificate);
        return new SelfSigned(store, authority);
    }

    private static SelfSigned itself(String... arguments) {
        Path store = directory().resolve("certificate.p12");
        List<String> all = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC"));
        all.addAll(List.of(arguments));
        keytool(store, all.toArray(String[]::new));
        return new SelfSigned(store, store);
    }

    private static void importing(Path store, String alias, Path certificate) {
        run(store, alias, "-importcert", "-noprompt", "-file", certificate.toString());
    }

    private static void keytool(Path store, String... arguments) {
        run(store, "it", arguments);
    }

    private static void run(Path store, String alias, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", alias, "-storetype", "PKCS12", "-keystore", store.toString()));
        command.addAll(List.of("-storepass", PASSWORD));
        try {
            var keytool = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException("keytool failed: " + command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("self-signed");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a server shows. */
    public PfxOptions options() {
        return options(store);
    }

    /** The certificate as a PEM file. */
    public Path certificatePem() {
        return pem("CERTIFICATE", store -> store.getCertificate("it").getEncoded());
    }

    /** The private key as a PEM file. */
    public Path keyPem() {
        return pem(
                "PRIVATE KEY",
                store -> store.getKey("it", PASSWORD.toCharArray()).getEncoded());
    }

    private interface Content {
        byte[] of(KeyStore store) throws GeneralSecurityException;
    }

    private Path pem(String type, Content content) {
        try {
            byte[] encoded = content.of(KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()));
            String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
            return Files.writeString(
                    store.resolveSibling(type.replace(' ', '-') + ".pem"),
                    "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, lines, type));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client's sockets, which trust it. */
    public SSLSocketFactory sockets() {
        try {
            var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(KeyStore.getInstance(authority.toFile(), PASSWORD.toCharArray()));
            var context = SSLContext.getInstance("TLS");
            context.init(null, trusted.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The trust store of a client that trusts it. */
    public PfxOptions trust() {
        return options(authority);
    }

    private static PfxOptions options(Path store) {
        return new PfxOptions().setPath(store.toString()).setPassword(PASSWORD);
    }
}
