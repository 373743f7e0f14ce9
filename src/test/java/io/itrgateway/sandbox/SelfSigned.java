package io.itrgateway.sandbox;

import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    /** For localhost, and over since five days; whoever trusts it trusts it by itself, and then Java asks for no more. */
    public static SelfSigned expired() {
        return itself("-dname", "CN=localhost", "-ext", "san=dns:localhost", "-startdate", "-10d", "-validity", "5");
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

    /** What somebody trusts who trusts it. */
    public PfxOptions trust() {
        return options(authority);
    }

    private static PfxOptions options(Path store) {
        return new PfxOptions().setPath(store.toString()).setPassword(PASSWORD);
    }
}
