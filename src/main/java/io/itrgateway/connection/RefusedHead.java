package io.itrgateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The bytes of a request whose head is refused, and the request that is passed on in its place, which has one reading. */
final class RefusedHead {

    private static final String UNKNOWN = "GET / HTTP/1.1";
    private static final String END = "\r\n\r\n";

    /** One Origin (RFC 6454, 7.1), in a line that is complete. */
    private static final Pattern ORIGIN =
            Pattern.compile("\r\nOrigin:[ \t]*([!-~]+)[ \t]*(?=\r\n)", Pattern.CASE_INSENSITIVE);

    private RefusedHead() {}

    /**
     * A request with method and target of the refused one, if they are known, for the problem and the logs, and with its Origin, so that a
     * script that may call can read the problem.
     *
     * @param unread what has come of the refused one, and what has come behind it
     * @param hasRequestLine whether its request line is complete and right
     */
    static ByteBuf inPlaceOf(ByteBufAllocator memory, ByteBuf unread, boolean hasRequestLine) {
        String text = unread.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf(END);
        String head = end < 0 ? text : text.substring(0, end + END.length());
        return ByteBufUtil.writeAscii(
                memory, requestLine(head, hasRequestLine) + "\r\nHost: localhost" + originLine(head) + END);
    }

    private static String requestLine(String head, boolean isRight) {
        int length = head.indexOf('\r');
        return isRight && length > 0 ? head.substring(0, length - 1) + '1' : UNKNOWN;
    }

    private static String originLine(String head) {
        List<MatchResult> origins = ORIGIN.matcher(head).results().toList();
        return origins.size() == 1 ? "\r\nOrigin: " + origins.get(0).group(1) : "";
    }
}
