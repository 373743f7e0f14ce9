package io.itrgateway.doctor;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** Whether the upstream's host has an address, asked as the service asks: of the operating system. */
final class Resolution {

    private Resolution() {}

    /** Blocks for as long as the operating system does. */
    static Finding of(String host) {
        try {
            // An address in brackets is one of IPv6.
            return judged(
                    host,
                    Arrays.stream(InetAddress.getAllByName(host))
                            .map(InetAddress::getHostAddress)
                            .toList());
        } catch (UnknownHostException e) {
            return judged(host, List.of());
        }
    }

    static Finding judged(String host, List<String> addresses) {
        if (addresses.isEmpty()) {
            return Finding.failed(
                            Check.DNS,
                            host + " has no address here; look at DEEPVUE_BASE_URL, and at the DNS of this host")
                    .with("host", host);
        }
        return Finding.ok(Check.DNS, host + " is " + String.join(", ", addresses))
                .with("host", host)
                .with("addresses", addresses.size());
    }
}
