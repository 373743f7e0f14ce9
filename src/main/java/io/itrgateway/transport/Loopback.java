package io.itrgateway.transport;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.stream.Stream;

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

    /**
     * The addresses of a host; of {@code localhost} those of both families (RFC 6761, 6.3), since the operating system may list one of them only, and
     * not the one on which the server listens. Blocks.
     */
    public static InetAddress[] lookUp(String host) throws UnknownHostException {
        InetAddress[] listed = InetAddress.getAllByName(host);
        return NoProxy.plain(host).equals("localhost")
                ? Stream.concat(Stream.of(listed), Stream.of(NetUtil.LOCALHOST4, NetUtil.LOCALHOST6))
                        .distinct()
                        .toArray(InetAddress[]::new)
                : listed;
    }
}
