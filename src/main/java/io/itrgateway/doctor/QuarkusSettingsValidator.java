package io.itrgateway.doctor;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.GivenSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.microprofile.config.ConfigProvider;

/** The setting of Quarkus that a start of the service would refuse and this process does not use, since it opens no port. */
final class QuarkusSettingsValidator {

    private QuarkusSettingsValidator() {}

    /** What is wrong with those of this process, one line each. */
    static List<String> faults() {
        return faults(property -> GivenSettings.valueOf(property, ConfigProvider.getConfig()));
    }

    static List<String> faults(Function<String, Optional<String>> settings) {
        var faults = new ConfigurationFaults();
        check(settings, "quarkus.http.host", QuarkusSettingsValidator::isOfThisMachine, faults);
        return faults.lines();
    }

    private static void check(
            Function<String, Optional<String>> settings,
            String property,
            Function<String, Boolean> isUsable,
            ConfigurationFaults faults) {
        String shouldBe = StartupFailureDescriber.shouldBe(property);
        try {
            settings.apply(property)
                    .filter(value -> !value.isBlank() && !isUsable.apply(value))
                    .ifPresent(value -> faults.wrong(property, value, shouldBe));
        } catch (NoSuchElementException e) {
            faults.unfit(property, "has an expression for something that is not set", shouldBe);
        }
    }

    private static boolean isOfThisMachine(String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            return address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException e) {
            return false;
        }
    }
}
