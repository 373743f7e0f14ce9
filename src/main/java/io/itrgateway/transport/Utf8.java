package io.itrgateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;

/** Looks at text without making a copy of it. */
final class Utf8 {

    private static final int STEP_CHARS = 1024;

    private Utf8() {}

    /** Whether the bytes are text in UTF-8, in its shortest form and without surrogates (RFC 3629). */
    static boolean isValid(byte[] bytes) {
        int ascii = 0;
        while (ascii < bytes.length && bytes[ascii] >= 0) {
            ascii++;
        }
        if (ascii == bytes.length) {
            return true;
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes, ascii, bytes.length - ascii);
        CharBuffer step = CharBuffer.allocate(STEP_CHARS);
        CharsetDecoder decoder = UTF_8.newDecoder();
        while (rest.hasRemaining()) {
            if (decoder.decode(rest, step.clear(), true).isError()) {
                return false;
            }
        }
        return true;
    }
}
