package io.itrgateway.doctor;

import io.itrgateway.transport.Loopback;
import io.itrgateway.transport.ProxyAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** Whether the host to connect to has an address, asked as the service asks: of the operating system. */
final class Resolution {

    private Resolution() {}

    /** Blocks for as long as the operating system does. */
    static Finding resolve(String host) {
        try {
            // An address in brackets is one of IPv6.
            return judged(
                    host,
                    Arrays.stream(Loopback.lookUp(host))
                            .map(InetAddress::getHostAddress)
                            .toList());
        } catch (UnknownHostException e) {
            return judged(host, List.of());
        }
    }

    /** Of the proxy, since it is the one who looks up the upstream's name then. Blocks like {@link #resolve(String)}. */
    static Finding resolve(ProxyAddress proxy, String host) {
        Finding found = resolve(proxy.host());
        return found.isGood()
                ? Finding.ok(Check.DNS, "%s; %s is looked up by the proxy %s".formatted(found.detail(), host, proxy))
                        .with("host", proxy.host())
                        .with("addresses", found.facts().get("addresses"))
                        .with("proxy", proxy.toString())
                : Finding.failed(
                                Check.DNS,
                                "the proxy %s has no address here; look at HTTPS_PROXY, or what else names it"
                                        .formatted(proxy))
                        .with("host", proxy.host())
                        .with("proxy", proxy.toString());
    }

    static Finding judged(String host, List<String> addresses) {
        if (addresses.isEmpty()) {
            return Finding.failed(
                            Check.DNS,
                            host + " has no address here; look at DEEPVUE_BASE_URL, at the DNS of this host, and at"
                                    + " HTTPS_PROXY where only a proxy reaches Deepvue")
                    .with("host", host);
        }
        return Finding.ok(Check.DNS, host + " is " + String.join(", ", addresses))
                .with("host", host)
                .with("addresses", addresses.size());
    }
}
