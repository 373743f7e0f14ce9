package io.itrgateway.call;

import io.itrgateway.secret.Secret;
import io.itrgateway.secret.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The request of a relayed operation: what goes to Deepvue as it came. All of it may be about a person. */
public final class RelayedRequest {

    private static final byte[] DASHES = {'-', '-'};

    private final String method;
    private final String path;
    private final Optional<String> query;
    private final Optional<String> contentType;
    private final Optional<String> boundary;
    private final byte[] body;
    private final MemoryReservation memory;

    /** Written once, on first use. */
    private volatile byte[] digest;

    /**
     * @param method of HTTP
     * @param path as it came, plain
     * @param query as it came, percent-encoded, fit for a URI
     * @param contentType as it came
     * @param boundary of a multipart body
     * @param body empty for none
     * @param memory that the body takes
     */
    public RelayedRequest(
            String method,
            String path,
            Optional<String> query,
            Optional<String> contentType,
            Optional<String> boundary,
            byte[] body,
            MemoryReservation memory) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.contentType = contentType;
        this.boundary = boundary;
        this.body = body;
        this.memory = memory;
    }

    public String method() {
        return method;
    }

    /** The path and the query, as a request line has them. */
    public String target() {
        return query.map(given -> path + '?' + given).orElse(path);
    }

    /** What identifies the operation: method and path. */
    public String operation() {
        return method + ' ' + path;
    }

    public Optional<String> contentType() {
        return contentType;
    }

    public byte[] body() {
        return body;
    }

    public MemoryReservation memory() {
        return memory;
    }

    /**
     * All that distinguishes it from other requests for the same method and path. Two multipart bodies are the same if they differ in nothing but
     * the boundary, which most clients generate for each request.
     */
    public List<Secret> payload() {
        return List.of(
                Secret.of(query.orElse("")),
                Secret.of(boundary.isPresent() ? "multipart" : "json"),
                Secret.of(HexFormat.of().formatHex(digested().digest)));
    }

    /** Computes what {@link #payload} needs of the body, which takes some 10 ms of the CPU for the longest one. Does so once. */
    public RelayedRequest digested() {
        if (digest == null) {
            digest = computeDigest();
        }
        return this;
    }

    /** Of the parts between the boundaries, each with its length before it. */
    private byte[] computeDigest() {
        MessageDigest digest = Sha256.start();
        byte[] delimiter = boundary.map(RelayedRequest::delimiter).orElse(new byte[0]);
        int from = 0;
        for (int to = next(delimiter, from); to >= 0; to = next(delimiter, from)) {
            update(digest, from, to);
            from = to + delimiter.length;
        }
        update(digest, from, body.length);
        return digest.digest();
    }

    private static byte[] delimiter(String boundary) {
        byte[] text = boundary.getBytes(StandardCharsets.ISO_8859_1);
        byte[] delimiter = Arrays.copyOf(DASHES, DASHES.length + text.length);
        System.arraycopy(text, 0, delimiter, DASHES.length, text.length);
        return delimiter;
    }

    /** Looks at the beginning of each line, where a delimiter stands (RFC 2046, 5.1.1); elsewhere its text is content. */
    private int next(byte[] delimiter, int from) {
        if (delimiter.length == 0) {
            return -1;
        }
        for (int i = from; i <= body.length - delimiter.length; i++) {
            if ((i == 0 || body[i - 1] == '\n')
                    && Arrays.equals(body, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
                return i;
            }
        }
        return -1;
    }

    private void update(MessageDigest digest, int from, int to) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(to - from).array());
        digest.update(body, from, to - from);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RelayedRequest that
                && operation().equals(that.operation())
                && query.equals(that.query)
                && contentType.equals(that.contentType)
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return 31 * target().hashCode() + Arrays.hashCode(body);
    }

    /** Says nothing of its content. */
    @Override
    public String toString() {
        return "RelayedRequest[bytes=" + body.length + "]";
    }
}
