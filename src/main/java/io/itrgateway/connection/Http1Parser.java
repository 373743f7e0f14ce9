package io.itrgateway.connection;

import static io.itrgateway.connection.Http1Syntax.isBlank;
import static io.itrgateway.connection.Http1Syntax.isToken;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds where the HTTP/1 requests of one connection begin and end, and refuses what RFC 9112 lets a server refuse: each request has
 * one reading only, or none.
 *
 * <p>It is given the bytes as they come, in pieces of any length, and makes the same of them however they are cut. A part of a request
 * (head, line of a chunk, trailers) counts as read when it is complete and right; bytes of a body count at once. Code that passes on
 * only what counts as read passes on nothing that another parser could read differently.
 */
final class Http1Parser {

    static final String REQUEST_LINE =
            "The request line is not a method, a target and HTTP/1.1 or HTTP/1.0, with one space between them.";
    static final String REQUEST_LINE_TOO_LONG = "The request line is too long.";
    static final String HEAD_TOO_LARGE = "The header fields are too large.";
    static final String TARGET = "The target of the request is not a valid URI.";
    static final String VERSION = "The version of the request is neither HTTP/1.1 nor HTTP/1.0.";
    static final String LINE_END = "A line does not end with CR LF.";
    static final String FOLDED = "A header line begins with a space.";
    static final String FIELD = "A header line is not a name, a colon and a value of visible characters.";
    static final String CHUNK = "A chunk of the body does not have the form that RFC 9112 gives it.";
    static final String TRAILERS_TOO_LARGE = "The trailer fields are too large.";

    /** Empty lines before a request, which a server should be lenient about (RFC 9112, 2.2). */
    private static final int MOST_EMPTY_LINES = 2;

    private static final byte[] NO_BYTES = {};

    private static final int LONGEST_CHUNK_LINE = 256;
    private static final int MOST_CHUNK_EXTENSION_BYTES = 8 * 1024;
    private static final int MOST_TRAILER_BYTES = 8 * 1024;

    private enum Part {
        REQUEST_LINE,
        FIELDS,
        BODY,
        CHUNK_LINE,
        CHUNK_END,
        TRAILERS,
        /** Nothing that follows is a request. */
        NOTHING
    }

    /** Bytes of the connection, counted from its first one. */
    record Span(long from, int length) {}

    private final int longestRequestLine;
    private final int largestHead;

    private Part part = Part.REQUEST_LINE;
    private String fault;

    /** Of a line that came in pieces: those before the last. */
    private byte[] pieces = NO_BYTES;

    private int piecesLength;

    /** Bytes of this connection that have been seen. */
    private long seen;

    private int heads;
    private int emptyLines;
    private int fieldBytes;
    private long bodyLeft;
    private int extensionBytes;

    private Http1FramingHeaders head = new Http1FramingHeaders(true);
    private boolean asksForTunnel;
    private List<Span> ignoredNames = List.of();

    Http1Parser(int longestRequestLine, int largestHead) {
        this.longestRequestLine = longestRequestLine;
        this.largestHead = largestHead;
    }

    /**
     * Reads on, not further than to the end of a request.
     *
     * @return how many of these bytes, from the first one, count as read; -1 if they completed nothing
     */
    int read(byte[] bytes, int from, int to) {
        int read = -1;
        int at = from;
        while (at < to && !isOver() && (read < 0 || isAmidRequest())) {
            if (bodyLeft > 0) {
                int body = (int) Math.min(bodyLeft, to - at);
                bodyRead(body);
                at += body;
                read = at - from;
                continue;
            }
            int end = endOfLine(bytes, at, to);
            boolean complete = bytes[end - 1] == '\n';
            seen += end - at;
            if (complete && piecesLength == 0 ? line(bytes, at, end) : piece(bytes, at, end, complete)) {
                read = end - from;
            }
            at = end;
        }
        return read;
    }

    /** Bytes of the body that come before the next line does; {@link #read} need not see them. */
    long bodyLeft() {
        return bodyLeft;
    }

    /** So many bytes of the body have come; they count as read. */
    void bodyRead(int bytes) {
        seen += bytes;
        bodyLeft -= bytes;
        if (bodyLeft == 0) {
            if (head.isChunked()) {
                part = Part.CHUNK_END;
            } else {
                endRequest();
            }
        }
    }

    /** What is wrong, in a sentence for the caller; null if nothing is. */
    String fault() {
        return fault;
    }

    /** Whether nothing of what follows will be read: after a fault, or after a request that is the last one by its own words. */
    boolean isOver() {
        return part == Part.NOTHING || fault != null;
    }

    /** Heads that count as read. */
    int heads() {
        return heads;
    }

    /** Whether a request has begun and not ended. */
    boolean isAmidRequest() {
        return part == Part.REQUEST_LINE ? piecesLength > 0 : part != Part.NOTHING;
    }

    /** Whether a request has a head that counts as read, and has not ended. */
    boolean isAmidBody() {
        return part != Part.REQUEST_LINE && part != Part.FIELDS && part != Part.NOTHING;
    }

    /** The same, of a request that is the last one of its connection. */
    boolean isAmidLast() {
        return isAmidBody() && isLast();
    }

    /** Whether the request line was right, and the head has not ended. */
    boolean isAmidFields() {
        return part == Part.FIELDS;
    }

    /** Whether a request asks for 100 (Continue) before it sends its body. */
    boolean wantsContinue() {
        return head.wantsContinue() && isAmidBody();
    }

    /** Whether the last request is one of HTTP/1.1, whose senders know interim answers. */
    boolean isHttp11() {
        return head.isHttp11();
    }

    /** Where the names of fields stand that are to be ignored and have not been taken yet; none of a head that does not count as read. */
    List<Span> takeIgnoredNames() {
        if (isAmidFields()) {
            return List.of();
        }
        List<Span> taken = ignoredNames;
        ignoredNames = List.of();
        return taken;
    }

    // ---- lines

    /** Behind the next line feed, or at the end of the input if there is none. */
    private static int endOfLine(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return to;
    }

    /** A line that came in pieces. Judged before it is complete where it can no longer become right, so that its end is not waited for. */
    private boolean piece(byte[] bytes, int from, int to, boolean last) {
        if (pieces.length < piecesLength + to - from) {
            pieces = Arrays.copyOf(pieces, Math.max(2 * pieces.length, piecesLength + to - from));
        }
        System.arraycopy(bytes, from, pieces, piecesLength, to - from);
        piecesLength += to - from;
        if (!last) {
            // The last byte may be the CR of the line's end.
            if (part == Part.REQUEST_LINE && !isToken(pieces[0]) && pieces[0] != '\r') {
                fault = REQUEST_LINE;
            } else {
                fault = tooLong(piecesLength - 1);
            }
            return false;
        }
        int length = piecesLength;
        piecesLength = 0;
        boolean read = line(pieces, 0, length);
        pieces = NO_BYTES;
        return read;
    }

    /** @return whether everything up to the end of this line counts as read */
    private boolean line(byte[] bytes, int from, int end) {
        int to = end - 2;
        if (to < from || bytes[to] != '\r') {
            fault = LINE_END;
            return false;
        }
        fault = tooLong(to - from);
        if (fault != null) {
            return false;
        }
        return switch (part) {
            case REQUEST_LINE -> to == from ? emptyLine() : requestLine(bytes, from, to);
            case FIELDS -> to == from ? endHead() : field(bytes, from, to);
            case CHUNK_LINE -> chunkLine(bytes, from, to);
            case CHUNK_END -> endChunk();
            case TRAILERS -> to == from ? endRequest() : field(bytes, from, to);
            default -> throw new IllegalStateException("no lines in a body");
        };
    }

    private String tooLong(int line) {
        return switch (part) {
            case REQUEST_LINE -> line > longestRequestLine ? REQUEST_LINE_TOO_LONG : null;
            case FIELDS -> fieldBytes + line > largestHead ? HEAD_TOO_LARGE : null;
            case CHUNK_LINE -> line > LONGEST_CHUNK_LINE ? CHUNK : null;
            case CHUNK_END -> line > 0 ? CHUNK : null;
            case TRAILERS -> fieldBytes + line > MOST_TRAILER_BYTES ? TRAILERS_TOO_LARGE : null;
            default -> null;
        };
    }

    private boolean refuse(String reason) {
        fault = reason;
        return false;
    }

    private boolean emptyLine() {
        emptyLines++;
        return emptyLines <= MOST_EMPTY_LINES || refuse(REQUEST_LINE);
    }

    private boolean requestLine(byte[] bytes, int from, int to) {
        int method = from;
        while (method < to && isToken(bytes[method])) {
            method++;
        }
        int target = method + 1;
        while (target < to && Http1Syntax.isVisible(bytes[target])) {
            target++;
        }
        int version = target + 1;
        if (method == from
                || target <= method + 1
                || to - version != 8
                || bytes[method] != ' '
                || bytes[target] != ' '
                || !Http1Syntax.isVersion(bytes, version)) {
            return refuse(REQUEST_LINE);
        }
        if (!Http1Syntax.isTarget(bytes, method + 1, target)) {
            return refuse(TARGET);
        }
        boolean known = bytes[version + 5] == '1' && (bytes[version + 7] == '1' || bytes[version + 7] == '0');
        if (!known) {
            return refuse(VERSION);
        }
        head = new Http1FramingHeaders(bytes[version + 7] == '1');
        asksForTunnel = Http1Syntax.isConnect(bytes, from, method);
        beginFields(Part.FIELDS);
        return false;
    }

    private void beginFields(Part fields) {
        part = fields;
        fieldBytes = 0;
    }

    // ---- fields

    /** RFC 9112, 5. @return false always: a single field never counts as read */
    private boolean field(byte[] bytes, int from, int to) {
        fieldBytes += to - from + 2;
        if (isBlank(bytes[from])) {
            return refuse(FOLDED);
        }
        int colon = from;
        while (colon < to && isToken(bytes[colon])) {
            colon++;
        }
        if (colon == from || colon == to || bytes[colon] != ':') {
            return refuse(FIELD);
        }
        for (int i = colon + 1; i < to; i++) {
            if (!Http1Syntax.isFieldContent(bytes[i])) {
                return refuse(FIELD);
            }
        }
        if (part == Part.FIELDS) {
            int first = Http1Syntax.endOfBlanks(bytes, colon + 1, to);
            int last = Http1Syntax.startOfBlanks(bytes, first, to);
            fault = head.field(bytes, from, colon, first, last);
            if (head.isLastFieldIgnored()) {
                ignore(new Span(seen - (to + 2 - from), colon - from));
            }
        }
        return false;
    }

    private void ignore(Span name) {
        if (ignoredNames.isEmpty()) {
            ignoredNames = new ArrayList<>(1);
        }
        ignoredNames.add(name);
    }

    private boolean endHead() {
        fault = head.end();
        if (fault != null) {
            return false;
        }
        heads++;
        emptyLines = 0;
        if (head.isChunked()) {
            extensionBytes = 0;
            part = Part.CHUNK_LINE;
        } else if (head.contentLength() > 0) {
            bodyLeft = head.contentLength();
            part = Part.BODY;
        } else {
            endRequest();
        }
        return true;
    }

    private boolean endRequest() {
        part = isLast() ? Part.NOTHING : Part.REQUEST_LINE;
        return true;
    }

    /** Behind CONNECT may come what is meant for the tunnel, which may look like a request (RFC 9110, 9.3.6). */
    private boolean isLast() {
        return asksForTunnel || head.endsConnection();
    }

    // ---- chunks

    private boolean endChunk() {
        part = Part.CHUNK_LINE;
        return true;
    }

    /** RFC 9112, 7.1. */
    private boolean chunkLine(byte[] bytes, int from, int to) {
        long size = 0;
        int at = from;
        while (at < to && Http1Syntax.hexDigit(bytes[at]) >= 0 && size <= Integer.MAX_VALUE) {
            size = 16 * size + Http1Syntax.hexDigit(bytes[at]);
            at++;
        }
        if (at == from || size > Integer.MAX_VALUE || !isExtension(bytes, at, to)) {
            return refuse(CHUNK);
        }
        if (size > 0) {
            bodyLeft = size;
            part = Part.BODY;
        } else {
            beginFields(Part.TRAILERS);
        }
        return true;
    }

    /** RFC 9112, 7.1.1: those that are not known are ignored, and there are none that are known; but not without a bound. */
    private boolean isExtension(byte[] bytes, int from, int to) {
        extensionBytes += to - from;
        return extensionBytes <= MOST_CHUNK_EXTENSION_BYTES && Http1Syntax.areChunkExtensions(bytes, from, to);
    }
}
