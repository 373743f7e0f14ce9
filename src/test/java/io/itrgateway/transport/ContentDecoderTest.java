package io.itrgateway.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDecoderTest {

    private static final int PLENTY = 1024 * 1024;

    private static final byte[] DOCUMENT =
            "{\"data\":{\"itr_client_id\":\"itr_qkgtvIwLcuooWhtrFFbK\"}}\n".getBytes(UTF_8);

    /** The document as the usual tools encode it. */
    private static final Map<String, byte[]> ENCODED = new TreeMap<>(Map.of(
            "gzip", gzip(DOCUMENT),
            "x-gzip", gzip(DOCUMENT),
            "deflate", zlib(DOCUMENT),
            "br", base64("IdQABHsiZGF0YSI6eyJpdHJfY2xpZW50X2lkIjoiaXRyX3FrZ3R2SXdMY3Vvb1dodHJGRmJLIn19CgM="),
            "zstd",
                    base64(
                            "KLUv/SQ2sQEAeyJkYXRhIjp7Iml0cl9jbGllbnRfaWQiOiJpdHJfcWtndHZJd0xjdW9vV2h0ckZGYksifX0KXIMMcQ=="),
            "compress", base64("H52Qe0SQCUMnjAgdAdPQkfNlDJs0ZdzQ+ZKGzEERChnGWXOGjp0kd5iMqfPmzRU0C40YEbNERJ8+CgA="),
            "x-compress", base64("H52Qe0SQCUMnjAgdAdPQkfNlDJs0ZdzQ+ZKGzEERChnGWXOGjp0kd5iMqfPmzRU0C40YEbNERJ8+CgA=")));

    /** 20,000 zero bytes. */
    private static final Map<String, byte[]> BLOWN_UP = Map.of(
            "gzip", gzip(new byte[20_000]),
            "deflate", zlib(new byte[20_000]),
            "br", base64("8fhwwj8BEI8FAtlFAA=="),
            "zstd", base64("KLUv/WQgTUUAAAgAAQAczg6E4LR8tw=="),
            "compress",
                    base64(
                            "H52QAAIKHEiwoMGDCBMqXMiwocOHECNKnEixosWLGDNq3Mixo8ePIEOKHEmypMmTKFOqXMmypcuXMGPKnEmzps2bOHPq3Mmz"
                                    + "p8+fQIMKHUq0qNGjSJMqXcq0qdOnUKNKnUq1qtWrWLNq3cq1q9evYMOKHUu2rNmzaNOqXcu2rdu3cOPKnUu3rt27ePPq3cu3"
                                    + "r9+/gAMLHky4sOHDiBMrXsy4sePHkCNLnky5suXLmDNr3sy5s+fPoEOLHk26tOnTqFOrXs26tevXsGPLnk27tu3buHPr3s27"
                                    + "t+/fwIMLH068uPGx"));

    static Stream<String> codings() {
        return ENCODED.keySet().stream();
    }

    static Stream<String> codingsThatExpand() {
        return BLOWN_UP.keySet().stream();
    }

    @Nested
    class WhatIsDamaged {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "aes128gcm",
                    "dcb",
                    "dcz",
                    "exi",
                    "pack200-gzip",
                    "utf-8",
                    "none",
                    "*",
                    "gzip;q=1",
                    "\"gzip\""
                })
        void failsIfItsCodingIsNotRead(String coding) {
            assertThatThrownBy(() -> decoded(DOCUMENT, coding)).isInstanceOf(IOException.class);
        }

        @ParameterizedTest
        @MethodSource("io.itrgateway.transport.ContentDecoderTest#codings")
        void failsIfItIsNotInTheCodingThatItIsSaidToBeIn(String coding) {
            assertThatThrownBy(() -> decoded(DOCUMENT, coding)).isInstanceOf(IOException.class);
        }

        /** Not compress, whose format does not say where it ends: there it is the JSON that is cut short. */
        @ParameterizedTest
        @ValueSource(strings = {"gzip", "deflate", "br", "zstd"})
        void failsWhereverItIsCutShort(String coding) {
            byte[] whole = ENCODED.get(coding);

            assertThat(IntStream.range(1, whole.length))
                    .allSatisfy(length -> assertThat(catchThrowable(() -> decoded(head(whole, length), coding)))
                            .isInstanceOf(IOException.class));
        }

        @ParameterizedTest
        @ValueSource(strings = {"gzip", "deflate"})
        void failsIfItsChecksumDoesNotFit(String coding) {
            byte[] damaged = ENCODED.get(coding).clone();
            damaged[damaged.length - (coding.equals("gzip") ? 8 : 1)] ^= 1;

            assertThatThrownBy(() -> decoded(damaged, coding)).isInstanceOf(IOException.class);
        }

        @Test
        void failsIfItNeedsADictionary() {
            var deflater = new Deflater();
            deflater.setDictionary("itr_client_id".getBytes(UTF_8));

            assertThatThrownBy(() -> decoded(deflated(DOCUMENT, deflater), "deflate"))
                    .isInstanceOf(IOException.class);
        }

        @ParameterizedTest
        @MethodSource("io.itrgateway.transport.ContentDecoderTest#codings")
        void failsInNoOtherWayWhateverBytesOfItAreWrong(String coding) {
            var random = new Random(20261128);

            assertThat(IntStream.range(0, 200)).allSatisfy(round -> {
                byte[] damaged = ENCODED.get(coding).clone();
                for (int changes = random.nextInt(3); changes >= 0; changes--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                assertThat(catchThrowable(() -> decoded(damaged, coding)))
                        .satisfiesAnyOf(
                                failure -> assertThat(failure).isNull(),
                                failure -> assertThat(failure).isInstanceOf(IOException.class));
            });
        }
    }

    @Nested
    class WhatIsTooLong {

        @ParameterizedTest
        @MethodSource("io.itrgateway.transport.ContentDecoderTest#codingsThatExpand")
        void endsAtTheBoundOfTheDecodedSize(String coding) {
            assertThatThrownBy(() -> ContentDecoder.decode(BLOWN_UP.get(coding), List.of(coding), 19_999))
                    .isInstanceOf(ContentDecoder.TooLong.class);
        }

        @ParameterizedTest
        @MethodSource("io.itrgateway.transport.ContentDecoderTest#codingsThatExpand")
        void mayBeAsLongAsTheBound(String coding) throws IOException {
            assertThat(ContentDecoder.decode(BLOWN_UP.get(coding), List.of(coding), 20_000))
                    .isEqualTo(new byte[20_000]);
        }

        @Test
        void endsAtTheBoundBetweenTwoCodingsToo() {
            byte[] longName = ("\u001f\u008b\u0008\u0008\0\0\0\0\0\u0003" + "a".repeat(20_000)).getBytes(ISO_8859_1);

            assertThatThrownBy(() -> ContentDecoder.decode(gzip(longName), List.of("gzip", "gzip"), 10_000))
                    .isInstanceOf(ContentDecoder.TooLong.class);
        }

        @Test
        void isRefusedIfItHasCodingsWithoutEnd() {
            assertThatThrownBy(() -> decoded(DOCUMENT, "gzip,".repeat(1_000))).isInstanceOf(IOException.class);
        }
    }

    @Nested
    class WhatIsCoded {

        @ParameterizedTest
        @MethodSource("io.itrgateway.transport.ContentDecoderTest#codings")
        void isDecoded(String coding) throws IOException {
            assertThat(decoded(ENCODED.get(coding), coding)).isEqualTo(DOCUMENT);
        }

        /** RFC 9110, 8.4.1.2: sent so by "some non-conformant implementations". */
        @Test
        void isDecodedAsDeflateWithoutTheZlibFormatToo() throws IOException {
            byte[] raw = deflated(DOCUMENT, new Deflater(Deflater.DEFAULT_COMPRESSION, true));

            assertThat(decoded(raw, "deflate")).isEqualTo(DOCUMENT);
        }

        @ParameterizedTest
        @ValueSource(strings = {"GZIP", "X-Gzip", " gzip ", ",gzip,", "identity,gzip", "gzip\t,, identity"})
        void isDecodedHoweverTheHeaderIsWritten(String header) throws IOException {
            assertThat(decoded(gzip(DOCUMENT), header)).isEqualTo(DOCUMENT);
        }

        @ParameterizedTest
        @ValueSource(strings = {"br", "zstd", "deflate", "compress", "gzip"})
        void isDecodedFromTheLastCodingToTheFirst(String first) throws IOException {
            assertThat(decoded(gzip(zlib(ENCODED.get(first))), first + ", deflate,gzip"))
                    .isEqualTo(DOCUMENT);
        }

        /** RFC 1952, 2.2: "A gzip file consists of a series of members". */
        @ParameterizedTest
        @ValueSource(strings = {"gzip", "gzip, gzip", "gzip, deflate"})
        void isDecodedInAllItsMembers(String header) throws IOException {
            var members = new ByteArrayOutputStream();
            members.write(gzip(head(DOCUMENT, 9)));
            members.write(gzip(tail(DOCUMENT, 9)));
            byte[] inner = members.toByteArray();

            assertThat(decoded(
                            header.endsWith(" gzip") ? gzip(inner) : header.endsWith("deflate") ? zlib(inner) : inner,
                            header))
                    .isEqualTo(DOCUMENT);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", ",", "identity", "Identity , identity"})
        void isLeftAsItCameWithoutACoding(String header) throws IOException {
            assertThat(decoded(DOCUMENT, header)).isSameAs(DOCUMENT);
        }

        @ParameterizedTest
        @ValueSource(strings = {"gzip", "br, gzip", "nonsense"})
        void isLeftAsItCameIfThereIsNothing(String header) throws IOException {
            assertThat(decoded(new byte[0], header)).isEmpty();
        }
    }

    private static byte[] decoded(byte[] body, String header) throws IOException {
        return ContentDecoder.decode(body, ContentDecoder.codings(header), PLENTY);
    }

    private static byte[] head(byte[] whole, int length) {
        return Arrays.copyOf(whole, length);
    }

    private static byte[] tail(byte[] whole, int from) {
        return Arrays.copyOfRange(whole, from, whole.length);
    }

    private static byte[] base64(String text) {
        return Base64.getDecoder().decode(text);
    }

    private static byte[] zlib(byte[] plain) {
        return deflated(plain, new Deflater());
    }

    private static byte[] deflated(byte[] plain, Deflater deflater) {
        try {
            return written(plain, out -> new DeflaterOutputStream(out, deflater));
        } finally {
            deflater.end();
        }
    }

    private static byte[] gzip(byte[] plain) {
        return written(plain, GZIPOutputStream::new);
    }

    private interface Encoder {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] written(byte[] plain, Encoder encoder) {
        var bytes = new ByteArrayOutputStream();
        try (var encoding = encoder.over(bytes)) {
            encoding.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
