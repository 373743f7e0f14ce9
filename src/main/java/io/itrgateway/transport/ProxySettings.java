package io.itrgateway.transport;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.secret.Secret;
import io.quarkus.proxy.ProxyConfiguration;
import io.quarkus.proxy.ProxyConfigurationRegistry;
import io.vertx.core.net.ProxyType;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/**
 * Whether a proxy stands between this service and Deepvue, and which.
 *
 * <p>The first of these that is set decides: Quarkus' own names ({@code quarkus.rest-client.proxy-address}, then
 * {@code quarkus.proxy.*}), the JVM's ({@code https.proxyHost}), and the variables that most programs know
 * ({@code HTTPS_PROXY} or {@code HTTP_PROXY} by the scheme of the base URL, {@code NO_PROXY}; capitals before small letters).
 */
@Singleton
public class ProxySettings {

    private static final String ADDRESS = "quarkus.rest-client.proxy-address";
    private static final String NONE = "none";
    private static final Pattern PORT = Pattern.compile("0*[1-9][0-9]{0,4}");
    private static final int HIGHEST_PORT = 65_535;
    private static final String NON_PROXY_HOSTS_SEPARATOR = "\\|";

    private final Function<String, Optional<String>> values;
    private final Function<Optional<String>, Optional<ProxyConfiguration>> registry;

    @Inject
    ProxySettings(Config config, ProxyConfigurationRegistry registry) {
        // Raw: a dollar sign in a password is just a character.
        this(name -> Optional.ofNullable(config.getConfigValue(name).getRawValue()), registry::get);
    }

    ProxySettings(
            Function<String, Optional<String>> values,
            Function<Optional<String>, Optional<ProxyConfiguration>> registry) {
        this.values = values;
        this.registry = registry;
    }

    /** The proxy on the way to that URL; empty for none. */
    public Optional<ProxyAddress> proxyTo(URI url, ConfigurationFaults faults) {
        boolean https = "https".equalsIgnoreCase(url.getScheme());
        int port = url.getPort() != -1 ? url.getPort() : https ? 443 : 80;
        if (value(ADDRESS).isPresent()) {
            return ofRestClient(url.getHost(), port, faults);
        }
        Optional<ProxyConfiguration> configured = ofRegistry(faults);
        if (configured.isPresent()) {
            return ofRegistry(configured.get(), url.getHost(), port);
        }
        String scheme = https ? "https" : "http";
        return value(scheme + ".proxyHost").isPresent()
                ? ofJvm(scheme, url.getHost(), port, faults)
                : ofVariables(scheme, url.getHost(), port, faults);
    }

    private Optional<String> value(String name) {
        return values.apply(name).map(String::strip).filter(text -> !text.isEmpty());
    }

    // ---- Quarkus' and the JVM's own names ---------------------------------------------------------------------------

    private Optional<ProxyAddress> ofRestClient(String host, int port, ConfigurationFaults faults) {
        String address = value(ADDRESS).orElse(NONE);
        if (address.equals(NONE)) {
            return Optional.empty();
        }
        return parsed(ADDRESS, address, faults)
                .map(proxy -> withLogin(
                        proxy, value("quarkus.rest-client.proxy-user"), value("quarkus.rest-client.proxy-password")))
                .filter(proxy -> !covers(value("quarkus.rest-client.non-proxy-hosts"), host, port));
    }

    private Optional<ProxyConfiguration> ofRegistry(ConfigurationFaults faults) {
        Optional<String> name = value("quarkus.rest-client.proxy-configuration-name");
        try {
            return registry.apply(name);
        } catch (IllegalStateException e) {
            faults.unfit(
                    "quarkus.rest-client.proxy-configuration-name",
                    "names a proxy that is not configured in full",
                    "a name of quarkus.proxy.\"name\".host and .port, or none");
            return Optional.empty();
        }
    }

    private static Optional<ProxyAddress> ofRegistry(ProxyConfiguration proxy, String host, int port) {
        Optional<String> spared = proxy.nonProxyHosts().map(hosts -> String.join("|", hosts));
        return proxy.host().equals(NONE) || covers(spared, host, port)
                ? Optional.empty()
                : Optional.of(withLogin(
                        new ProxyAddress(
                                ProxyType.valueOf(proxy.type().name()), proxy.host(), proxy.port(), Optional.empty()),
                        proxy.username(),
                        proxy.password()));
    }

    private Optional<ProxyAddress> ofJvm(String scheme, String host, int port, ConfigurationFaults faults) {
        String proxyHost = value(scheme + ".proxyHost").orElseThrow();
        String proxyPort = value(scheme + ".proxyPort").orElse(scheme.equals("https") ? "443" : "80");
        if (!PORT.matcher(proxyPort).matches() || Integer.parseInt(proxyPort) > HIGHEST_PORT) {
            faults.wrong(scheme + ".proxyPort", proxyPort, "a number from 1 to " + HIGHEST_PORT);
            return Optional.empty();
        }
        // The JVM has one list for both schemes.
        Optional<String> spared = value("http.nonProxyHosts");
        return parsed(scheme + ".proxyHost", proxyHost + ":" + proxyPort, faults)
                .map(proxy -> withLogin(proxy, value(scheme + ".proxyUser"), value(scheme + ".proxyPassword")))
                .filter(proxy -> !Loopback.includes(host) && !covers(spared, host, port));
    }

    private static ProxyAddress withLogin(ProxyAddress proxy, Optional<String> user, Optional<String> password) {
        return user.isEmpty()
                ? proxy
                : new ProxyAddress(
                        proxy.type(),
                        proxy.host(),
                        proxy.port(),
                        user.map(name -> new ProxyAddress.Login(name, Secret.of(password.orElse("")))));
    }

    /** In the JVM's form, where a star stands for any part of a name and subdomains are not included. */
    private static boolean covers(Optional<String> nonProxyHosts, String host, int port) {
        return nonProxyHosts.stream()
                .flatMap(list -> Stream.of(list.split(NON_PROXY_HOSTS_SEPARATOR)))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .anyMatch(name -> NoProxy.glob(name).covers(NoProxy.plain(host), port));
    }

    // ---- HTTPS_PROXY, HTTP_PROXY, NO_PROXY --------------------------------------------------------------------------

    private Optional<ProxyAddress> ofVariables(String scheme, String host, int port, ConfigurationFaults faults) {
        Optional<String> name = variable(scheme + "_proxy");
        if (name.isEmpty() || Loopback.includes(host)) {
            name.ifPresent(variable -> parsed(variable, value(variable).orElseThrow(), faults));
            return Optional.empty();
        }
        boolean spared = noProxy(faults).covers(host, port);
        return parsed(name.get(), value(name.get()).orElseThrow(), faults).filter(proxy -> !spared);
    }

    private Optional<String> variable(String name) {
        return Stream.of(name.toUpperCase(Locale.ROOT), name)
                .filter(each -> value(each).isPresent())
                .findFirst();
    }

    private NoProxy noProxy(ConfigurationFaults faults) {
        Optional<String> name = variable("no_proxy");
        try {
            return NoProxy.parse(name.flatMap(this::value).orElse(""));
        } catch (IllegalArgumentException e) {
            faults.wrong(
                    name.orElseThrow(),
                    e.getMessage(),
                    "a list of hosts, domains, addresses and networks such as 10.0.0.0/8, each with a port or without");
            return new NoProxy(List.of());
        }
    }

    private static Optional<ProxyAddress> parsed(String name, String text, ConfigurationFaults faults) {
        try {
            return Optional.of(ProxyAddress.parse(text));
        } catch (IllegalArgumentException e) {
            faults.unfit(name, e.getMessage(), ProxyAddress.FORM);
            return Optional.empty();
        }
    }
}
