package io.itrgateway.connection;

import java.util.regex.Pattern;

/**
 * The fields that say from where a proxy got a request. Where the first address in one of them has no host, Quarkus fails
 * ({@code quarkus.http.proxy.proxy-address-forwarding}): the request gets no answer, or one that is not counted, so that those behind it on
 * the connection get none. A caller can send such a field through a proxy that only appends to it.
 */
final class ForwardedSyntax {

    /** Nothing, or a port; an IPv6 address without brackets may begin with two colons. */
    private static final String NO_HOST = "[\\x00- ]*+(?:[;,\"]|:(?!:)|$)";

    private static final Pattern FORWARDED_FOR = Pattern.compile("^" + NO_HOST);
    private static final Pattern FORWARDED = Pattern.compile("for=\"?+" + NO_HOST, Pattern.CASE_INSENSITIVE);

    private ForwardedSyntax() {}

    /** @param value of X-Forwarded-For, which has the addresses alone */
    static boolean isForwardedForUnreadable(CharSequence value) {
        return FORWARDED_FOR.matcher(value).find();
    }

    /** @param value of Forwarded (RFC 7239) */
    static boolean isForwardedUnreadable(CharSequence value) {
        return FORWARDED.matcher(value).find();
    }
}
