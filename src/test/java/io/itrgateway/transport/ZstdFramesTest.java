package io.itrgateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.airlift.compress.zstd.ZstdCompressor;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8878, 3: a stream of {@code zstd} is a series of frames, of which some hold no data. */
class ZstdFramesTest {

    private static final int PLENTY = 16 * 1024 * 1024;

    private static final byte[] DOCUMENT =
            "{\"data\":{\"itr_client_id\":\"itr_qkgtvIwLcuooWhtrFFbK\"}}".getBytes(UTF_8);

    private static final byte[] FRAME = compressed(DOCUMENT);
    private static final byte[] EMPTY_FRAME = compressed(new byte[0]);
    private static final byte[] SKIPPABLE = skippable(0, new byte[9]);

    /** In blocks of every type. */
    static Stream<byte[]> contents() {
        byte[] noise = new byte[300_000];
        new Random(20261130).nextBytes(noise);
        return Stream.of(
                DOCUMENT,
                new byte[300],
                new byte[70_000],
                new byte[1_000_000],
                noise,
                join(new byte[500_000], noise, new byte[500_000]));
    }

    @ParameterizedTest
    @MethodSource("contents")
    void skippableFramesAreSkippedWhereverTheyAre(byte[] content) throws IOException {
        for (byte[] frame : List.of(compressed(content), streamed(content))) {
            assertThat(decoded(SKIPPABLE, frame)).isEqualTo(content);
            assertThat(decoded(frame, SKIPPABLE)).isEqualTo(content);
            assertThat(decoded(SKIPPABLE, SKIPPABLE, frame, SKIPPABLE, FRAME, SKIPPABLE))
                    .isEqualTo(join(content, DOCUMENT));
        }
    }

    /** As the usual tool writes it, with a checksum behind the last block. */
    @Test
    void aChecksumBelongsToTheFrameBeforeIt() throws IOException {
        byte[] frame = Base64.getDecoder()
                .decode("KLUv/SQ2sQEAeyJkYXRhIjp7Iml0cl9jbGllbnRfaWQiOiJpdHJfcWtndHZJd0xjdW9vV2h0ckZGYksifX0KXIMMcQ==");

        assertThat(decoded(frame, SKIPPABLE, frame)).asString(UTF_8).isEqualTo((text(DOCUMENT) + "\n").repeat(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 15})
    void eachOfTheSixteenKindsIsSkipped(int kind) throws IOException {
        assertThat(decoded(skippable(kind, new byte[0]), FRAME, skippable(kind, new byte[300_000])))
                .isEqualTo(DOCUMENT);
    }

    @Test
    void whatASkippableFrameHoldsIsNotLookedAt() throws IOException {
        assertThat(decoded(skippable(3, FRAME), FRAME)).isEqualTo(DOCUMENT);
    }

    @Test
    void framesWithoutContentAddNothing() throws IOException {
        assertThat(decoded(EMPTY_FRAME, FRAME, EMPTY_FRAME, SKIPPABLE, EMPTY_FRAME))
                .isEqualTo(DOCUMENT);
        assertThat(decoded(EMPTY_FRAME)).isEmpty();
    }

    @Test
    void theyAreFoundWithinAnotherCodingToo() throws IOException {
        byte[] coded = join(SKIPPABLE, compressed(join(SKIPPABLE, FRAME)));

        assertThat(ContentDecoder.decode(coded, List.of("zstd", "zstd"), PLENTY))
                .isEqualTo(DOCUMENT);
    }

    /** Not where it ends with a whole frame. */
    @Test
    void aStreamThatIsCutShortIsDamaged() {
        byte[] whole = join(SKIPPABLE, FRAME);

        assertThat(IntStream.range(1, whole.length).filter(length -> length != SKIPPABLE.length))
                .allSatisfy(length -> assertThat(catchThrowable(() -> decoded(Arrays.copyOf(whole, length))))
                        .isInstanceOf(IOException.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"502a4d18", "512a4d18ffffffff", "602a4d1800000000", "28b52ffd"})
    void whatBeginsNoFrameBehindOneIsDamage(String tail) {
        byte[] behind = HexFormat.of().parseHex(tail);

        assertThatThrownBy(() -> decoded(FRAME, behind)).isInstanceOf(IOException.class);
    }

    private static byte[] decoded(byte[]... frames) throws IOException {
        return ContentDecoder.decode(join(frames), List.of("zstd"), PLENTY);
    }

    private static byte[] skippable(int kind, byte[] content) {
        int length = content.length;
        byte[] head = {
            (byte) (0x50 + kind), 0x2A, 0x4D, 0x18, (byte) length, (byte) (length >> 8), (byte) (length >> 16), 0
        };
        return join(head, content);
    }

    private static byte[] compressed(byte[] plain) {
        var compressor = new ZstdCompressor();
        byte[] target = new byte[compressor.maxCompressedLength(plain.length)];
        return Arrays.copyOf(target, compressor.compress(plain, 0, plain.length, target, 0, target.length));
    }

    private static byte[] streamed(byte[] plain) {
        var bytes = new ByteArrayOutputStream();
        try (var encoding = new ZstdOutputStream(bytes)) {
            encoding.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        var bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    private static String text(byte[] utf8) {
        return new String(utf8, UTF_8);
    }
}
