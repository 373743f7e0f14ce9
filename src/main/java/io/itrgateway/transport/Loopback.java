package io.itrgateway.transport;

import io.netty.util.NetUtil;
import java.util.Arrays;

/** Which hosts are this machine. */
public final class Loopback {

    private Loopback() {}

    /** By the name, without DNS: {@code localhost}, its subdomains, and the addresses of the loopback interface, IPv6 with or without brackets. */
    public static boolean includes(String host) {
        String plain = NoProxy.plain(host);
        byte[] address = NetUtil.createByteArrayFromIpAddressString(plain);
        return plain.equals("localhost")
                || plain.endsWith(".localhost")
                || address != null
                        && (address.length == 4
                                ? address[0] == 127
                                : Arrays.equals(address, NetUtil.LOCALHOST6.getAddress()));
    }
}
