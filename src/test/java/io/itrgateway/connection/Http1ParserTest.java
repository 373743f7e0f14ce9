package io.itrgateway.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 9112 says of a message that can be read in more than one way, paragraph by paragraph. In the inputs, \n stands for CR LF. */
class Http1ParserTest {

    private static final int LONGEST_LINE = 4096;
    private static final int LARGEST_HEAD = 20 * 1024;
    private static final String POST = "POST /x HTTP/1.1\nHost: a\n";
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\n\n";

    private record Verdict(boolean refused, int read, int heads) {}

    private static String wire(String text) {
        return text.replace("\n", "\r\n");
    }

    private static Verdict read(String wire) {
        byte[] bytes = wire.getBytes(ISO_8859_1);
        var parser = new Http1Parser(LONGEST_LINE, LARGEST_HEAD);
        int read = readOn(parser, bytes, 0, bytes.length);
        return new Verdict(parser.fault() != null, Math.max(0, read), parser.heads());
    }

    /** The parser stops at the end of each request. */
    private static int readOn(Http1Parser parser, byte[] bytes, int from, int to) {
        int read = -1;
        for (int at = from; at < to && !parser.isOver(); ) {
            int more = parser.read(bytes, at, to);
            read = more < 0 ? read : at + more - from;
            at = more < 0 || parser.isAmidRequest() ? to : at + more;
        }
        return read;
    }

    @Test
    void itStopsAtTheEndOfARequest() {
        String first = wire("GET / HTTP/1.1\nHost: a\n\n");
        byte[] bytes = first.repeat(2).getBytes(ISO_8859_1);

        assertThat(new Http1Parser(LONGEST_LINE, LARGEST_HEAD).read(bytes, 0, bytes.length))
                .isEqualTo(first.length());
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments("2.2", "\r", "GET / HTTP/1.1\nHost: a\rb\n\n"),
                arguments("2.2", "a bare CR before the line's end", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"),
                arguments("2.2", "a bare LF ends the request line", "GET / HTTP/1.1\rHost: a\n\n"),
                arguments("2.2", "blanks between request line and fields", "GET / HTTP/1.1\n \nHost: a\n\n"),
                arguments("2.2", "more empty lines than one can be lenient about", "\n\n\nGET / HTTP/1.1\nHost: a\n\n"),
                arguments("2.2", "a TLS hello", "\u0016\u0003\u0001\u0002"),
                arguments("2.3", "another version", "GET / HTTP/2.0\nHost: a\n\n"),
                arguments("2.3", "another version", "GET / HTTP/1.2\nHost: a\n\n"),
                arguments("2.3", "another version", "GET / HTTP/0.9\nHost: a\n\n"),
                arguments("2.3", "two digits", "GET / HTTP/1.10\nHost: a\n\n"),
                arguments("2.3", "lower case", "GET / http/1.1\nHost: a\n\n"),
                arguments("2.3", "another protocol", "GET / ABC/9.9\nHost: a\n\n"),
                arguments("2.3", "another protocol", "GET / ICY/1.1\nHost: a\n\n"),
                arguments("3", "no version", "GET /\nHost: a\n\n"),
                arguments("3", "no target", "GET  HTTP/1.1\nHost: a\n\n"),
                arguments("3", "two spaces", "GET  / HTTP/1.1\nHost: a\n\n"),
                arguments("3", "two spaces", "GET /  HTTP/1.1\nHost: a\n\n"),
                arguments("3", "a tab", "GET\t/ HTTP/1.1\nHost: a\n\n"),
                arguments("3", "a space at the end", "GET / HTTP/1.1 \nHost: a\n\n"),
                arguments("3", "a space at the beginning", " GET / HTTP/1.1\nHost: a\n\n"),
                arguments("3", "a request line of 4,097 bytes", "GET /" + "a".repeat(4083) + " HTTP/1.1\nHost: a\n\n"),
                arguments("3.1", "no token as method", "G(T / HTTP/1.1\nHost: a\n\n"),
                arguments("3.1", "no method", " / HTTP/1.1\nHost: a\n\n"),
                arguments("3.2", "a space in the target", "GET /a b HTTP/1.1\nHost: a\n\n"),
                arguments("3.2", "a NUL in the target", "GET /a\0b HTTP/1.1\nHost: a\n\n"),
                arguments("3.2", "bytes beyond ASCII in the target", "GET /\u00e9 HTTP/1.1\nHost: a\n\n"),
                arguments("3.2", "no Host", "GET / HTTP/1.1\n\n"),
                arguments("3.2", "two Hosts", "GET / HTTP/1.1\nHost: a\nHost: b\n\n"),
                arguments("3.2", "the same Host twice", "GET / HTTP/1.1\nHost: a\nhost: a\n\n"),
                arguments("3.2", "an empty Host", "GET / HTTP/1.1\nHost: \n\n"),
                arguments("3.2", "a Host with a path", "GET / HTTP/1.1\nHost: a/b\n\n"),
                arguments("3.2", "a Host with a user", "GET / HTTP/1.1\nHost: u@a\n\n"),
                arguments("3.2", "a list of Hosts", "GET / HTTP/1.1\nHost: a, b\n\n"),
                arguments("3.2", "a Host with a port that is none", "GET / HTTP/1.1\nHost: a:b\n\n"),
                arguments("3.2", "half an address as Host", "GET / HTTP/1.1\nHost: [::1\n\n"),
                arguments("3.2", "a Host with no address in brackets", "GET / HTTP/1.1\nHost: [1]\n\n"),
                arguments("3.2", "a Host with no address in brackets", "GET / HTTP/1.1\nHost: [:]\n\n"),
                arguments("3.2", "a Host with a port above 65535", "GET / HTTP/1.1\nHost: a:65536\n\n"),
                arguments("3.2", "a Host with half an escape", "GET / HTTP/1.1\nHost: a%4\n\n"),
                arguments("3.2", "a Host with an escape that is none", "GET / HTTP/1.1\nHost: %zz\n\n"),
                arguments("5", "20 KiB of fields", "GET / HTTP/1.1\nHost: a\nX: " + "a".repeat(20 * 1024) + "\n\n"),
                arguments("5.1", "a space before the colon", "GET / HTTP/1.1\nHost : a\n\n"),
                arguments("5.1", "a space before the colon", POST + "Content-Length : 5\n\n"),
                arguments("5.1", "a tab before the colon", POST + "Transfer-Encoding\t: chunked\n\n"),
                arguments("5.1", "no name", POST + ": x\n\n"),
                arguments("5.1", "no colon", POST + "x\n\n"),
                arguments("5.1", "a name that is no token", POST + "X(Y): x\n\n"),
                arguments("5.2", "a folded line", POST + "X: a\n b\n\n"),
                arguments("5.2", "a folded line", POST + "Transfer-Encoding:\n\tchunked\n\n"),
                arguments("5.5 (9110)", "a NUL in a value", POST + "X: a\0b\n\n"),
                arguments("5.5 (9110)", "a control character in a value", POST + "X: a\u0001b\n\n"),
                arguments("5.5 (9110)", "a DEL in a value", POST + "X: a\u007fb\n\n"),
                arguments("6.1", "length and coding", POST + "Content-Length: 5\nTransfer-Encoding: chunked\n\n0\n\n"),
                arguments("6.1", "coding and length", POST + "Transfer-Encoding: chunked\nContent-Length: 5\n\n0\n\n"),
                arguments("6.1", "a coding of HTTP/1.0", "POST /x HTTP/1.0\nTransfer-Encoding: chunked\n\n0\n\n"),
                arguments("6.1", "chunked twice", POST + "Transfer-Encoding: chunked, chunked\n\n0\n\n"),
                arguments("6.1", "two lines", POST + "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n0\n\n"),
                arguments("6.1", "a coding before chunked", POST + "Transfer-Encoding: gzip, chunked\n\n0\n\n"),
                arguments("6.1", "a coding after chunked", POST + "Transfer-Encoding: chunked, identity\n\n0\n\n"),
                arguments("6.1", "another coding", POST + "Transfer-Encoding: identity\n\n"),
                arguments("6.1", "an unknown coding", POST + "Transfer-Encoding: xchunked\n\n"),
                arguments("6.1", "a coding in quotes", POST + "Transfer-Encoding: \"chunked\"\n\n"),
                arguments("6.1", "a coding with a vertical tab", POST + "Transfer-Encoding: \u000bchunked\n\n"),
                arguments("6.1", "no coding", POST + "Transfer-Encoding:\n\n"),
                arguments("6.1", "a parameter", POST + "Transfer-Encoding: chunked;a=b\n\n"),
                arguments("6.2", "a sign", POST + "Content-Length: +5\n\nabcde"),
                arguments("6.2", "a sign", POST + "Content-Length: -5\n\nabcde"),
                arguments("6.2", "hexadecimal", POST + "Content-Length: 0x5\n\nabcde"),
                arguments("6.2", "a space inside", POST + "Content-Length: 1 0\n\nabcde"),
                arguments("6.2", "an underscore", POST + "Content-Length: 1_0\n\nabcde"),
                arguments("6.2", "a fraction", POST + "Content-Length: 5.0\n\nabcde"),
                arguments("6.2", "digits beyond ASCII", POST + "Content-Length: \u00b2\n\nab"),
                arguments("6.2", "no length", POST + "Content-Length:\n\n"),
                arguments("6.2", "more than a long", POST + "Content-Length: 9223372036854775808\n\n"),
                arguments("6.2", "2^64 + 5", POST + "Content-Length: 18446744073709551621\n\nabcde"),
                arguments("6.3", "a list of lengths", POST + "Content-Length: 5, 5\n\nabcde"),
                arguments("6.3", "a list of lengths", POST + "Content-Length: 5,6\n\nabcde"),
                arguments("6.3", "two lengths", POST + "Content-Length: 5\nContent-Length: 6\n\nabcde"),
                arguments("6.3", "the same length twice", POST + "Content-Length: 5\ncontent-length: 5\n\nabcde"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refused")
    void aHeadWithMoreThanOneReadingIsRefused(String paragraph, String what, String request) {
        var verdict = read(wire(request).replace("\rHost", "\nHost"));

        assertThat(verdict.refused()).isTrue();
        assertThat(verdict.heads()).isZero();
    }

    static final List<Arguments> refusedBodies = List.of(
            arguments("7.1", "no size", "\nabc\n0\n\n"),
            arguments("7.1", "no hexadecimal size", "x\nabc\n0\n\n"),
            arguments("7.1", "a sign", "+3\nabc\n0\n\n"),
            arguments("7.1", "a prefix", "0x3\nabc\n0\n\n"),
            arguments("7.1", "a space before the size", " 3\nabc\n0\n\n"),
            arguments("7.1", "a space after the size", "3 \nabc\n0\n\n"),
            arguments("7.1", "a size over 2^31", "80000000\nabc"),
            arguments("7.1", "a size over 2^64", "10000000000000003\nabc\n0\n\n"),
            arguments("7.1", "data longer than the size", "3\nabcd\n0\n\n"),
            arguments("7.1", "no CR LF behind the data", "3\nabc0\n\n"),
            arguments("7.1", "a bare LF behind the data", "3\nabc\r0\n\n"),
            arguments("7.1.1", "a bare CR in an extension", "3;a\rb\nabc\n0\n\n"),
            arguments("7.1.1", "a NUL in an extension", "3;a\0b\nabc\n0\n\n"),
            arguments("7.1.1", "an extension without a semicolon", "3 a\nabc\n0\n\n"),
            arguments("7.1.1", "an extension without a name", "3;\nabc\n0\n\n"),
            arguments("7.1.1", "a name that is no token", "3;@\nabc\n0\n\n"),
            arguments("7.1.1", "no value behind the equals sign", "3;a=\nabc\n0\n\n"),
            arguments("7.1.1", "a value that is no token", "3;a={\nabc\n0\n\n"),
            arguments("7.1.1", "quotes without an end", "3;a=\"\nabc\n0\n\n"),
            arguments("7.1.1", "quotes whose end is escaped", "3;a=\"b\\\"\nabc\n0\n\n"),
            arguments("7.1.1", "quotes in which the line ends", "3;a=\"\nabc\n0;\"\n\n"),
            arguments("7.1.1", "text behind the quotes", "3;a=\"b\"c\nabc\n0\n\n"),
            arguments("7.1.1", "quotes in the second extension", "3;a=b;c=\"\nabc\n0\n\n"),
            arguments("7.1.1", "quotes behind the last chunk", "3\nabc\n0;a=\"\n\n"),
            arguments("7.1.1", "an extension without an end", "3;" + "a".repeat(300)),
            arguments("7.1.1", "extensions without an end", ("1;" + "a".repeat(200) + "\nx\n").repeat(50)),
            arguments("7.1.2", "a folded trailer", "0\nX: a\n b\n\n"),
            arguments("7.1.2", "a trailer without a colon", "0\nx\n\n"),
            arguments("7.1.2", "trailers without an end", "0\n" + "X: aaaaaaaaaaaaaaaa\n".repeat(500)));

    @ParameterizedTest(name = "{0}: {1}")
    @FieldSource("refusedBodies")
    void aChunkedBodyWithMoreThanOneReadingIsRefusedAndDoesNotEnd(String paragraph, String what, String body) {
        String wire = wire(CHUNKED + body).replace("abc\r0", "abc\n0");
        var verdict = read(wire + wire("GET /second HTTP/1.1\nHost: a\n\n"));

        assertThat(verdict.refused()).isTrue();
        assertThat(verdict.heads()).isOne();
        assertThat(verdict.read()).isLessThan(wire.length());
    }

    static final List<Arguments> served = List.of(
            arguments("2.2", "an empty line before the request", "\nGET / HTTP/1.1\nHost: a\n\n"),
            arguments("3", "a request line of 4,096 bytes", "GET /" + "a".repeat(4082) + " HTTP/1.1\nHost: a\n\n"),
            arguments("3.2", "an address as Host", "GET / HTTP/1.1\nHost: [::1]:8080\n\n"),
            arguments("3.2", "an address with an IPv4 part", "GET / HTTP/1.1\nHost: [::ffff:1.2.3.4]\n\n"),
            arguments("3.2", "the highest port, and an escape", "GET / HTTP/1.1\nHost: %61:65535\n\n"),
            arguments("3.2", "an empty port", "GET / HTTP/1.1\nHost: a:\n\n"),
            arguments("3.2", "HTTP/1.0 without a Host", "GET / HTTP/1.0\nConnection: keep-alive\n\n"),
            arguments("3.2.2", "a whole URI", "GET http://a/x HTTP/1.1\nHost: a\n\n"),
            arguments("5", "blanks around a value", "GET / HTTP/1.1\nHost: \t a \t\nX:\nY:b\n\n"),
            arguments("5.5 (9110)", "bytes beyond ASCII in a value", "GET / HTTP/1.1\nHost: a\nX: \u00e9\n\n"),
            arguments("6.1", "a coding in capitals", POST + "Transfer-Encoding: CHUNKED\n\n3\nabc\n0\n\n"),
            arguments("6.2", "a body with a length", POST + "Content-Length: 5\n\nabcde"),
            arguments("6.2", "zeros before a length", POST + "Content-Length: 0005\n\nabcde"),
            arguments("6.3", "no body", POST + "Content-Length: 0\n\n"),
            arguments("7.1", "chunks", CHUNKED + "A\n0123456789\n0a\n0123456789\n000\n\n"),
            arguments("7.1.1", "extensions", CHUNKED + "3;a=b;c=\"d e\"\nabc\n0;x\n\n"),
            arguments(
                    "7.1.1",
                    "blanks and escapes in extensions",
                    CHUNKED + "3 ; a\t=\"b\\\" ;c\\\\\" ;d;e = f\nabc\n0;x=\"\"\n\n"),
            arguments("7.1.2", "trailers", CHUNKED + "3\nabc\n0\nX: y\nContent-Length: 9\n\n"));

    @ParameterizedTest(name = "{0}: {1}")
    @FieldSource("served")
    void aRequestWithOneReadingCountsAsReadAndIsFollowedByTheNext(String paragraph, String what, String request) {
        String both = wire(request + "GET /second HTTP/1.1\nHost: a\n\n");

        assertThat(read(both)).isEqualTo(new Verdict(false, both.length(), 2));
    }

    @ParameterizedTest
    @MethodSource("incomplete")
    void whatIsNotCompleteDoesNotCountAsRead(String request, int read) {
        assertThat(read(wire(request))).isEqualTo(new Verdict(false, read, request.startsWith("GET") ? 0 : 1));
    }

    static Stream<Arguments> incomplete() {
        int chunked = wire(CHUNKED).length();
        return Stream.of(
                arguments("GET / HTT", 0),
                arguments("GET / HTTP/1.1\nHost: a\n", 0),
                arguments(CHUNKED + "3", chunked),
                arguments(CHUNKED + "3\nab", chunked + 5),
                arguments(CHUNKED + "3\nabc\r", chunked + 6),
                arguments(CHUNKED + "0\nX: y\n", chunked + 3));
    }

    @ParameterizedTest
    @FieldSource("last")
    void nothingIsReadBehindARequestThatIsTheLastByItsOwnWords(String request) {
        String last = wire(request);

        assertThat(read(last + wire("GET /second HTTP/1.1\nHost: a\n\n")))
                .isEqualTo(new Verdict(false, last.length(), 1));
    }

    static final List<String> last = List.of(
            "GET / HTTP/1.0\n\n",
            "GET / HTTP/1.1\nHost: a\nConnection: close\n\n",
            "GET / HTTP/1.1\nHost: a\nConnection: TE , Close\n\n",
            "CONNECT a:1 HTTP/1.1\nHost: a:1\n\n",
            "CONNECT / HTTP/1.1\nHost: a\nContent-Length: 2\n\nab",
            "CONNECT / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0\n\n",
            "CONNECT a:1 HTTP/1.0\nConnection: keep-alive\n\n");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Upgrade|  h2c, x ",
                "upgrade|h2c",
                "X-Forwarded-For|",
                "X-Forwarded-For| , 1.2.3.4",
                "x-forwarded-for|:80, 1.2.3.4",
                "Forwarded|for=\":80\";proto=https",
                "Forwarded|proto=http;For=\" \""
            })
    void aFieldThatIsToBeIgnoredIsFoundWhereverItStands(String name, String value) {
        byte[] bytes = wire("GET / HTTP/1.1\nHost: a\n" + name + ":" + (value == null ? "" : value) + "\n\n")
                .getBytes(ISO_8859_1);
        var parser = new Http1Parser(LONGEST_LINE, LARGEST_HEAD);
        for (int i = 0; i < bytes.length; i++) {
            parser.read(bytes, i, i + 1);
        }

        var names = parser.takeIgnoredNames();

        assertThat(names).hasSize(1);
        int from = (int) names.get(0).from();
        assertThat(new String(bytes, from, names.get(0).length(), ISO_8859_1)).isEqualTo(name);
        assertThat(parser.takeIgnoredNames()).isEmpty();
    }

    /** What counts as read is passed on, and the names are to be found in it. */
    @Test
    void aFieldThatIsToBeIgnoredIsTakenWithItsHead() {
        byte[] bytes = wire("\nGET / HTTP/1.1\nHost: a\nUpgrade: h2c\n\n").getBytes(ISO_8859_1);
        var parser = new Http1Parser(LONGEST_LINE, LARGEST_HEAD);
        int end = bytes.length - 2;

        readOn(parser, bytes, 0, end);
        assertThat(parser.takeIgnoredNames()).isEmpty();

        readOn(parser, bytes, end, bytes.length);
        assertThat(parser.takeIgnoredNames()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Upgrade: websocket",
                "X-Forwarded-For: 1.2.3.4",
                "X-Forwarded-For: ::1, 1.2.3.4",
                "X-Forwarded-For: unknown",
                "Forwarded: for=\"[::1]:80\";proto=https, for=_hidden",
                "Forwarded: for=::1"
            })
    void aFieldThatCanBeReadIsNotIgnored(String field) {
        byte[] bytes = wire("GET / HTTP/1.1\nHost: a\n" + field + "\n\n").getBytes(ISO_8859_1);
        var parser = new Http1Parser(LONGEST_LINE, LARGEST_HEAD);
        parser.read(bytes, 0, bytes.length);

        assertThat(parser.heads()).isOne();
        assertThat(parser.takeIgnoredNames()).isEmpty();
    }

    // ---- however it is cut

    @Test
    void theVerdictIsTheSameHoweverTheBytesAreCut() {
        var random = new Random(9112);
        List<String> seeds = Stream.of(
                        refused().map(arguments -> (String) arguments.get()[2]),
                        refusedBodies.stream()
                                .map(arguments -> CHUNKED + arguments.get()[2]),
                        served.stream().map(arguments -> (String) arguments.get()[2]))
                .flatMap(seed -> seed)
                .map(Http1ParserTest::wire)
                .toList();
        for (int round = 0; round < 20_000; round++) {
            String wire = seeds.get(random.nextInt(seeds.size())) + seeds.get(random.nextInt(seeds.size()));
            if (wire.length() > 2_000 && round % 100 != 0) {
                continue;
            }
            byte[] bytes = changed(wire.getBytes(ISO_8859_1), random);
            var whole = read(new String(bytes, ISO_8859_1));

            assertThat(readInPieces(bytes, random))
                    .as(new String(bytes, ISO_8859_1))
                    .isEqualTo(whole);
        }
    }

    private static byte[] changed(byte[] bytes, Random random) {
        String alphabet = "\r\n\0 \t:;,0159afGH/\u00ff";
        for (int change = random.nextInt(3); change > 0; change--) {
            bytes[random.nextInt(bytes.length)] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        }
        return bytes;
    }

    private static Verdict readInPieces(byte[] bytes, Random random) {
        var parser = new Http1Parser(LONGEST_LINE, LARGEST_HEAD);
        int read = 0;
        int longest = 1 + random.nextInt(40);
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(longest));
            int readOfPiece = readOn(parser, bytes, at, end);
            read = readOfPiece < 0 ? read : at + readOfPiece;
            at = end;
        }
        return new Verdict(parser.fault() != null, read, parser.heads());
    }
}
