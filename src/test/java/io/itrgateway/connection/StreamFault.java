package io.itrgateway.connection;

import static io.itrgateway.sandbox.RawHttp2.CANCEL;
import static io.itrgateway.sandbox.RawHttp2.DATA;
import static io.itrgateway.sandbox.RawHttp2.END_HEADERS;
import static io.itrgateway.sandbox.RawHttp2.END_STREAM;
import static io.itrgateway.sandbox.RawHttp2.HEADERS;
import static io.itrgateway.sandbox.RawHttp2.PRIORITY;
import static io.itrgateway.sandbox.RawHttp2.RST_STREAM;
import static io.itrgateway.sandbox.RawHttp2.WINDOW_UPDATE;
import static io.itrgateway.sandbox.RawHttp2.WITH_PRIORITY;
import static io.itrgateway.sandbox.RawHttp2.fields;
import static io.itrgateway.sandbox.RawHttp2.frame;
import static io.itrgateway.sandbox.RawHttp2.get;
import static io.itrgateway.sandbox.RawHttp2.headers;
import static io.itrgateway.sandbox.RawHttp2.int32;
import static io.itrgateway.sandbox.RawHttp2.lastData;
import static io.itrgateway.sandbox.RawHttp2.registrationHead;
import static io.itrgateway.sandbox.RawHttp2.request;

import io.itrgateway.sandbox.Person;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Frames on one stream that are wrong, or end it, in a way that concerns no other; with the section of RFC 9113. */
enum StreamFault {
    /** 5.4.2 */
    RESET_WHILE_SENDING(registrationHead(3), frame(DATA, 0, 3, "{\"user"), frame(RST_STREAM, 0, 3, int32(CANCEL))),
    /** 8.1.1 */
    CONTENT_LENGTH_TOO_SMALL(registrationHead(3, "content-length", "3"), lastData(3, "12345"), lastData(3, "6")),
    CONTENT_LENGTH_TOO_LARGE(registrationHead(3, "content-length", "3000"), lastData(3, "12345")),
    CONTENT_LENGTH_WITHOUT_A_BODY(headers(3, END_STREAM, request("GET", "/nope", "content-length", "5"))),
    CONTENT_LENGTH_TWICE(withBody("content-length", "1", "content-length", "2")),
    CONTENT_LENGTH_THAT_IS_NO_NUMBER(withBody("content-length", "x")),
    PSEUDO_HEADER_IN_TRAILERS(
            registrationHead(3), frame(DATA, 0, 3, Person.ASHA.json()), headers(3, END_STREAM, ":path", "/")),
    HEADERS_IN_THE_MIDDLE(registrationHead(3), headers(3, 0, "a", "b"), lastData(3, "x")),
    /** 8.2.1 */
    UPPERCASE_NAME(withBody("Foo", "x")),
    NAME_WITH_A_SPACE(withBody("a b", "x")),
    EMPTY_NAME(withBody("", "x")),
    VALUE_WITH_NUL(withBody("a", "x\0y")),
    VALUE_WITH_LINE_BREAK(withBody("x-request-id", "x\r\nset-cookie: y")),
    VALUE_WITH_A_SPACE_AT_THE_END(withBody("a", "x ")),
    /** 8.2.2 */
    CONNECTION_FIELD(withBody("connection", "close")),
    TRANSFER_ENCODING(withBody("transfer-encoding", "chunked")),
    TE_OTHER_THAN_TRAILERS(withBody("te", "gzip")),
    /** 8.3 */
    UNKNOWN_PSEUDO_HEADER(withBody(":x", "y")),
    PSEUDO_HEADER_AFTER_A_FIELD(headers(3, 0, ":method", "GET", "a", "b", ":path", "/"), lastData(3, "x")),
    PSEUDO_HEADER_TWICE(withBody(":path", "/")),
    /** 8.3.1 */
    NO_PATH(headers(3, 0, ":method", "POST", ":scheme", "http"), lastData(3, "x")),
    NO_METHOD(headers(3, 0, ":path", "/", ":scheme", "http"), lastData(3, "x")),
    NO_SCHEME(headers(3, 0, ":method", "POST", ":path", "/"), lastData(3, "x")),
    EMPTY_PATH(headers(3, 0, request("POST", "")), lastData(3, "x")),
    PATH_WITH_A_SPACE(headers(3, 0, request("POST", "/no pe")), lastData(3, "x")),
    SCHEME_THAT_IS_NONE(headers(3, 0, ":method", "POST", ":scheme", "ht tp", ":path", "/nope"), lastData(3, "x")),
    METHOD_THAT_IS_NO_TOKEN(headers(3, 0, request("PO ST", "/nope")), lastData(3, "x")),
    HOST_THAT_IS_NOT_THE_AUTHORITY(withBody("host", "elsewhere")),
    HOST_TWICE(withBody("host", "localhost", "host", "localhost")),
    HOST_WITHOUT_A_HOST(
            headers(3, 0, ":method", "GET", ":scheme", "http", ":path", "/nope", "host", ""), lastData(3, "x")),
    /** RFC 9110, 4.2.1: an empty host is invalid. */
    AUTHORITY_WITHOUT_A_HOST(headers(3, END_STREAM, getFrom(":80"))),
    AUTHORITY_WITH_A_ZONE(headers(3, END_STREAM, getFrom("[fe80::1%25eth0]"))),
    /** RFC 8441, 4: only with CONNECT. */
    PROTOCOL_WITHOUT_CONNECT(headers(3, 0, request("GET", "/nope", ":protocol", "websocket")), lastData(3, "x")),
    /** 8.5: there is no tunnel here. */
    CONNECT(headers(3, 0, ":method", "CONNECT", ":authority", "localhost:1"), lastData(3, "x")),
    /** 6.9 */
    WINDOW_UPDATE_OF_NOTHING(registrationHead(3), frame(WINDOW_UPDATE, 0, 3, int32(0)), lastData(3, "x")),
    /** 6.9.1 */
    WINDOW_TOO_LARGE(registrationHead(3), frame(WINDOW_UPDATE, 0, 3, int32(Integer.MAX_VALUE)), lastData(3, "x")),
    /** 5.1 */
    DATA_AFTER_THE_END(registrationHead(3), lastData(3, Person.ASHA.json()), lastData(3, "x")),
    HEADERS_AFTER_THE_END(registrationHead(3), lastData(3, Person.ASHA.json()), get(3, "/nope")),
    /** 6.3 */
    PRIORITY_OF_ANOTHER_LENGTH(registrationHead(3), frame(PRIORITY, 0, 3, int32(1)), lastData(3, "x")),
    /** 6.1 */
    PADDED_DATA_WITHOUT_PADDING(registrationHead(3), frame(DATA, 0x8, 3), lastData(3, "x")),
    /** Once an error, ignored since priorities are deprecated: 5.3.2. */
    PRIORITY_OF_ITSELF(frame(PRIORITY, 0, 3, (byte) 0, (byte) 0, (byte) 0, (byte) 3, (byte) 1), get(3, "/nope")),
    HEADERS_THAT_DEPEND_ON_THEMSELVES(dependingOnItself()),
    /** Not more than unusual. */
    DATA_WITHOUT_A_BYTE(registrationHead(3), nothing(), nothing(), nothing(), nothing(), lastData(3, "x")),
    DATA_WITH_NOTHING_BUT_PADDING(
            registrationHead(3), padding(), padding(), padding(), padding(), lastData(3, Person.ASHA.json())),
    HEAD_OF_MORE_THAN_TWENTY_KIBIBYTES(withBody(fieldsOfMoreThanTwentyKibibytes()));

    private final byte[][] frames;

    StreamFault(byte[]... frames) {
        this.frames = frames;
    }

    /** To be sent on a connection where stream 3 is the next one. */
    byte[][] frames() {
        return frames;
    }

    private static byte[] withBody(String... more) {
        byte[] head = registrationHead(3, more);
        byte[] body = lastData(3, "x");
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .array();
    }

    /** Each counts 32 bytes and what it holds. */
    private static String[] fieldsOfMoreThanTwentyKibibytes() {
        String[] fields = new String[2 * 620];
        Arrays.fill(fields, "a");
        return fields;
    }

    private static String[] getFrom(String authority) {
        return new String[] {":method", "GET", ":scheme", "http", ":authority", authority, ":path", "/nope"};
    }

    private static byte[] nothing() {
        return frame(DATA, 0, 3);
    }

    private static byte[] padding() {
        return frame(DATA, 0x8, 3, (byte) 2, (byte) 0, (byte) 0);
    }

    private static byte[] dependingOnItself() {
        byte[] block = fields(request("GET", "/nope"));
        byte[] payload = ByteBuffer.allocate(5 + block.length)
                .putInt(3)
                .put((byte) 1)
                .put(block)
                .array();
        return frame(HEADERS, END_HEADERS | END_STREAM | WITH_PRIORITY, 3, payload);
    }
}
