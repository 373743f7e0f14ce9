package io.itrgateway.transport;

import io.netty.util.NetUtil;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The hosts to which a proxy does not apply, as {@code NO_PROXY} lists them: separated by commas or spaces, a host with all its
 * subdomains (with or without a leading dot), an address, a network such as {@code 10.0.0.0/8}, each with a port or without,
 * {@code *} for any part of a name, and a single {@code *} for every host. An address is compared with addresses only: no name is
 * resolved for it.
 */
record NoProxy(List<Entry> entries) {

    private static final Pattern SEPARATORS = Pattern.compile("[\\s,]+");
    private static final Pattern NETWORK =
            Pattern.compile("([0-9A-Fa-f:.]+|\\[[0-9A-Fa-f:.]+])/([0-9]{1,3})(?::([0-9]{1,5}))?");
    private static final Pattern V6_AND_PORT = Pattern.compile("\\[([0-9A-Fa-f:.]+)](?::([0-9]{1,5}))?");
    private static final Pattern NAME_AND_PORT = Pattern.compile("([A-Za-z0-9._*-]+)(?::([0-9]{1,5}))?");

    /** One entry of the list. */
    interface Entry {
        /** @param host in lower case, without brackets and without a dot at its end */
        boolean covers(String host, int port);
    }

    /** @throws IllegalArgumentException with a message that names the entry that cannot be read */
    static NoProxy parse(String list) {
        return new NoProxy(SEPARATORS
                .splitAsStream(list)
                .filter(entry -> !entry.isEmpty())
                .map(NoProxy::entry)
                .toList());
    }

    boolean covers(String host, int port) {
        String plain = plain(host);
        return entries.stream().anyMatch(entry -> entry.covers(plain, port));
    }

    static String plain(String host) {
        return host.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$|\\.$", "");
    }

    private static Entry entry(String text) {
        Matcher network = NETWORK.matcher(text);
        if (network.matches()) {
            return onPort(text, network.group(3), network(text, network.group(1), Integer.parseInt(network.group(2))));
        }
        byte[] bare = NetUtil.createByteArrayFromIpAddressString(text);
        if (bare != null) {
            return (host, port) -> Arrays.equals(bare, NetUtil.createByteArrayFromIpAddressString(host));
        }
        Matcher v6 = V6_AND_PORT.matcher(text);
        Matcher name = NAME_AND_PORT.matcher(text);
        if (v6.matches() && NetUtil.isValidIpV6Address(v6.group(1))) {
            byte[] address = NetUtil.createByteArrayFromIpAddressString(v6.group(1));
            return onPort(
                    text,
                    v6.group(2),
                    (host, port) -> Arrays.equals(address, NetUtil.createByteArrayFromIpAddressString(host)));
        }
        if (name.matches()) {
            return onPort(text, name.group(2), named(name.group(1).toLowerCase(Locale.ROOT)));
        }
        throw new IllegalArgumentException(text);
    }

    private static Entry onPort(String text, String digits, Entry entry) {
        if (digits == null) {
            return entry;
        }
        int only = Integer.parseInt(digits);
        if (!ConnectionSettings.isPort(only)) {
            throw new IllegalArgumentException(text);
        }
        return (host, port) -> port == only && entry.covers(host, port);
    }

    private static Entry named(String text) {
        String name = text.replaceAll("^\\*?\\.|\\.$", "");
        byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
        if (address != null) {
            return (host, port) -> Arrays.equals(address, NetUtil.createByteArrayFromIpAddressString(host));
        }
        Entry itself = glob(name);
        return name.indexOf('*') >= 0 ? itself : (host, port) -> itself.covers(host, port) || host.endsWith("." + name);
    }

    /** A name in which a star stands for any characters. */
    static Entry glob(String name) {
        String pattern = Arrays.stream(name.toLowerCase(Locale.ROOT).split("\\*", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        Pattern compiled = Pattern.compile(pattern);
        return (host, port) -> compiled.matcher(host).matches();
    }

    private static Entry network(String text, String address, int bits) {
        byte[] net = NetUtil.createByteArrayFromIpAddressString(address);
        if (net == null || bits > net.length * 8) {
            throw new IllegalArgumentException(text);
        }
        return (host, port) -> isIn(net, bits, NetUtil.createByteArrayFromIpAddressString(host));
    }

    private static boolean isIn(byte[] net, int bits, byte[] address) {
        if (address == null || address.length != net.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((net[bit / 8] & mask) != (address[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
