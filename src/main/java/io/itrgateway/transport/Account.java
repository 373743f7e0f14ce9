package io.itrgateway.transport;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.Secret;
import io.itrgateway.secret.Sha256;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The company's account with Deepvue.
 *
 * @param clientId as Deepvue gave it
 * @param clientSecret sent to authorize, and as {@code x-api-key} with every call
 */
@Singleton
public record Account(String clientId, Secret clientSecret) implements Settings {

    private static final String ID_PROPERTY = "deepvue.client-id";
    private static final String SECRET_PROPERTY = "deepvue.client-secret";

    @Inject
    Account(DeepvueConfig config, ConfigurationFaults faults) {
        this(
                required(config.clientId(), ID_PROPERTY, "the client id of the account with Deepvue", faults),
                Secret.of(required(
                        config.clientSecret(),
                        SECRET_PROPERTY,
                        "the client secret of the account with Deepvue",
                        faults)));
    }

    private static String required(
            Optional<String> value, String property, String shouldBe, ConfigurationFaults faults) {
        var text = value.map(String::strip).filter(given -> !given.isEmpty());
        if (text.isEmpty()) {
            faults.unfit(property, "is not set or is empty", shouldBe);
        } else if (!text.get().chars().allMatch(c -> c > ' ' && c <= '~')) {
            boolean spaceOnly = text.get().chars().allMatch(c -> c >= ' ' && c <= '~');
            faults.unfit(
                    property,
                    spaceOnly
                            ? "holds a space"
                            : "holds a character that no header can carry, such as a line break, or one that is not ASCII",
                    shouldBe);
        }
        return text.orElse("missing");
    }

    /** For what is kept of calls with this account; it cannot be read with another. */
    @Produces
    @Singleton
    public KeyRing keys() {
        return new KeyRing(clientSecret);
    }

    /**
     * Tells accounts apart without saying what they are: 16 hexadecimal digits of a SHA-256 over id and secret. Another secret
     * is another account.
     */
    public String digest() {
        var sha256 = Sha256.start();
        sha256.update(clientId.getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) 0);
        sha256.update(clientSecret.reveal().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sha256.digest(), 0, 8);
    }
}
