package io.itrgateway.transport;

import io.airlift.compress.zstd.ZstdInputStream;
import io.itrgateway.fairness.EventLoopWork;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.z.ZCompressorInputStream;
import org.brotli.dec.BrotliInputStream;

/**
 * Removes the content codings of an answer. The requests do not ask for any, but an upstream, its CDN or a proxy may apply one all
 * the same.
 *
 * <p>Read are the codings of IANA's registry that compress and need no prior agreement: {@code gzip}, {@code deflate},
 * {@code br}, {@code zstd}, {@code compress}, and the aliases of RFC 9110. The others are {@code dcb} and {@code dcz}, which need a
 * dictionary that the client announced, {@code aes128gcm}, which needs a key, and {@code exi} and {@code pack200-gzip}, which hold no
 * JSON.
 */
final class ContentDecoder {

    /** More than a real answer has; each costs memory and time. */
    private static final int MOST_CODINGS = 4;

    /** Enough for the 16 bits of the format; its header could ask for tables of 31. */
    private static final int LARGEST_LZW_TABLE_KIB = 1024;

    private static final int ZLIB_METHOD_DEFLATE = 8;
    private static final int ZLIB_PRESET_DICTIONARY = 0x20;

    /** The decoded body is longer than allowed. */
    static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private ContentDecoder() {}

    /**
     * As {@link #decode}, in less than a millisecond; empty if the body is long, before or after.
     *
     * @throws IOException as {@link #decode} does
     */
    static Optional<byte[]> decodeShort(byte[] body, List<String> codings) throws IOException {
        if (body.length > EventLoopWork.LONGEST_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(decode(body, codings, EventLoopWork.LONGEST_BYTES));
        } catch (TooLong e) {
            return Optional.empty();
        }
    }

    /**
     * The codings that were applied, in the order of their application, in lower case; without {@code identity}.
     *
     * @param header the value of {@code Content-Encoding}, that of several header lines joined by commas; empty if there is none
     */
    static List<String> codings(String header) {
        List<String> codings = new ArrayList<>();
        for (String element : header.split(",")) {
            String coding = element.strip().toLowerCase(Locale.ROOT);
            if (!coding.isEmpty() && !coding.equals("identity")) {
                codings.add(coding);
            }
        }
        return codings;
    }

    /**
     * The body without its codings. An empty body has none, whatever the header says.
     *
     * @param codings as {@link #codings} gives them
     * @param mostBytes of the result, and of what lies between two codings
     * @throws TooLong if it would be longer; no more than that is decoded
     * @throws IOException if a coding is unknown, damaged or cut short
     */
    static byte[] decode(byte[] body, List<String> codings, int mostBytes) throws IOException {
        if (codings.isEmpty() || body.length == 0) {
            return body;
        }
        if (codings.size() > MOST_CODINGS) {
            throw new IOException("too many content codings");
        }
        InputStream decoded = new ByteArrayInputStream(body);
        try {
            for (int last = codings.size() - 1; last >= 0; last--) {
                decoded = new Bounded(open(codings.get(last), decoded), mostBytes);
            }
            return decoded.readAllBytes();
        } catch (RuntimeException | LinkageError e) {
            // How some decoders say that the input is damaged, or that they cannot work on this platform.
            throw new IOException("damaged content coding", e);
        } finally {
            decoded.close();
        }
    }

    private static InputStream open(String coding, InputStream encoded) throws IOException {
        return switch (coding) {
            case "gzip", "x-gzip" -> new GZIPInputStream(encoded);
            case "deflate" -> inflating(encoded);
            case "br" -> new BrotliInputStream(encoded);
            case "zstd" -> new ZstdInputStream(new ZstdFrames(encoded));
            case "compress", "x-compress" -> new ZCompressorInputStream(encoded, LARGEST_LZW_TABLE_KIB);
            default -> throw new IOException("unknown content coding");
        };
    }

    /** RFC 9110, section 8.4.1.2: the zlib format; "some non-conformant implementations" send the deflate data without it. */
    private static InputStream inflating(InputStream encoded) throws IOException {
        var peeked = new PushbackInputStream(encoded, 2);
        byte[] start = peeked.readNBytes(2);
        peeked.unread(start);
        boolean zlib = start.length == 2
                && (start[0] & 0x0F) == ZLIB_METHOD_DEFLATE
                && ((start[0] & 0xFF) << 8 | start[1] & 0xFF) % 31 == 0;
        if (zlib && (start[1] & ZLIB_PRESET_DICTIONARY) != 0) {
            throw new IOException("a preset dictionary, which is not known");
        }
        return new InflaterInputStream(peeked, new Inflater(!zlib)) {
            @Override
            public void close() throws IOException {
                super.close();
                inf.end();
            }
        };
    }

    /** Ends at a bound, with a failure. */
    private static final class Bounded extends InputStream {
        private final InputStream source;
        private int left;
        private boolean ended;

        private Bounded(InputStream source, int mostBytes) {
            this.source = source;
            this.left = mostBytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = source.read(target, offset, length);
            ended = read < 0;
            left -= Math.max(read, 0);
            if (left < 0) {
                throw new TooLong();
            }
            return read;
        }

        /** GZIPInputStream looks for another member only if there seems to be more; the decoders below it do not say. */
        @Override
        public int available() {
            return ended ? 0 : 1;
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
