package io.itrgateway.transport;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/**
 * The frames of a {@code zstd} stream that hold data. Skippable ones, which some encoders put before, between or behind them (RFC 8878, 3.1.2), are
 * left out: the decoder takes them for damage. Of a data frame only as much is looked at as it takes to find its end.
 */
final class ZstdFrames extends FilterInputStream {

    private static final int SKIPPABLE_MAGIC = 0x184D2A50;
    private static final int SKIPPABLE_MASK = 0xFFFFFFF0;
    private static final int MAGIC_BYTES = 4;
    private static final int SKIPPABLE_SIZE_BYTES = 4;
    private static final int BLOCK_HEADER_BYTES = 3;
    private static final int CHECKSUM_BYTES = 4;
    private static final int RLE_BLOCK = 1;
    private static final int[] DICTIONARY_ID_BYTES = {0, 1, 2, 4};
    private static final int[] CONTENT_SIZE_BYTES = {0, 2, 4, 8};

    private final PushbackInputStream encoded;
    /** Of the header or the block that is being passed on. */
    private int left;

    private boolean inFrame;
    private boolean hasChecksum;

    ZstdFrames(InputStream encoded) {
        super(new PushbackInputStream(encoded, MAGIC_BYTES + 1));
        this.encoded = (PushbackInputStream) in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (left == 0) {
            left = inFrame ? blockBytes() : headerBytes();
            if (left < 0) {
                left = 0;
                return -1;
            }
        }
        int read = encoded.read(target, offset, Math.min(length, left));
        left -= Math.max(read, 0);
        return read;
    }

    /** The length of the next frame's header; less than 0 at the end, 0 after a skippable frame. */
    private int headerBytes() throws IOException {
        byte[] start = peek(MAGIC_BYTES + 1);
        if (start.length < MAGIC_BYTES) {
            return start.length == 0 ? -1 : start.length; // cut short, which the decoder says
        }
        if ((number(start, MAGIC_BYTES) & SKIPPABLE_MASK) == SKIPPABLE_MAGIC) {
            skipFrame();
            return 0;
        }
        if (start.length == MAGIC_BYTES) {
            return start.length;
        }
        int descriptor = start[MAGIC_BYTES] & 0xFF;
        boolean singleSegment = (descriptor & 0x20) != 0;
        int contentSize = CONTENT_SIZE_BYTES[descriptor >> 6];
        hasChecksum = (descriptor & 0x04) != 0;
        inFrame = true;
        return MAGIC_BYTES
                + 1
                + (singleSegment ? Math.max(1, contentSize) : 1 + contentSize)
                + DICTIONARY_ID_BYTES[descriptor & 0x03];
    }

    private void skipFrame() throws IOException {
        encoded.skipNBytes(MAGIC_BYTES);
        byte[] size = encoded.readNBytes(SKIPPABLE_SIZE_BYTES);
        if (size.length < SKIPPABLE_SIZE_BYTES) {
            throw new EOFException();
        }
        encoded.skipNBytes(number(size, SKIPPABLE_SIZE_BYTES) & 0xFFFFFFFFL);
    }

    /** The length of the next block with its header, and of the checksum behind the last one; less than 0 at the end. */
    private int blockBytes() throws IOException {
        byte[] start = peek(BLOCK_HEADER_BYTES);
        if (start.length < BLOCK_HEADER_BYTES) {
            return start.length == 0 ? -1 : start.length;
        }
        int header = number(start, BLOCK_HEADER_BYTES);
        boolean last = (header & 1) != 0;
        int content = (header >> 1 & 0x03) == RLE_BLOCK ? 1 : header >> 3;
        inFrame = !last;
        return BLOCK_HEADER_BYTES + content + (last && hasChecksum ? CHECKSUM_BYTES : 0);
    }

    private byte[] peek(int bytes) throws IOException {
        byte[] next = encoded.readNBytes(bytes);
        encoded.unread(next);
        return next;
    }

    /** In little-endian order. */
    private static int number(byte[] bytes, int length) {
        int number = 0;
        for (int i = length - 1; i >= 0; i--) {
            number = number << 8 | bytes[i] & 0xFF;
        }
        return number;
    }
}
