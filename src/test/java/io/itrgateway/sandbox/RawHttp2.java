package io.itrgateway.sandbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A caller with one clear-text HTTP/2 connection who sends exactly the frames that a test asks for, valid or not. */
public final class RawHttp2 implements AutoCloseable {

    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int ACK = 1;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    public static final int WITH_PRIORITY = 0x20;

    public static final int INITIAL_WINDOW_SIZE = 4;

    public static final int NO_ERROR = 0;
    public static final int REFUSED_STREAM = 7;
    public static final int CANCEL = 8;
    public static final int ENHANCE_YOUR_CALM = 11;

    public static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static final int GENEROUS_MILLIS = 120_000;

    /** What has come on one stream. */
    public static final class Received {
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private Http2Headers head = new DefaultHttp2Headers();
        private int status;
        private boolean ended;
        private int reset = -1;

        public int status() {
            return status;
        }

        /** The names of the fields of its head. */
        public List<String> headerNames() {
            return head.names().stream().map(CharSequence::toString).toList();
        }

        public String body() {
            return body.toString(UTF_8);
        }

        /** Whether the answer came in full. */
        public boolean isComplete() {
            return ended;
        }

        /** The error code of its RST_STREAM, or -1. */
        public int reset() {
            return reset;
        }
    }

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder headersDecoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    private final Map<Integer, Received> streams = new HashMap<>();
    private final Map<Integer, Long> settings = new HashMap<>();
    private int pings;
    private int goAway = -1;
    private boolean ended;

    public RawHttp2(int port) throws IOException {
        socket = new Socket("localhost", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(GENEROUS_MILLIS);
        out = socket.getOutputStream();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** Connects, and sends the preface with these settings: identifier, value, and so on. Answers may take as much as they need. */
    public static RawHttp2 connect(int port, int... settings) throws IOException {
        var caller = new RawHttp2(port);
        caller.send(PREFACE.getBytes(ISO_8859_1), settings(settings), frame(WINDOW_UPDATE, 0, 0, int32(1 << 30)));
        return caller;
    }

    /** Connects, and sends the preface and these frames in one piece. */
    public static RawHttp2 connectSending(int port, byte[]... frames) throws IOException {
        var all = new ByteArrayOutputStream();
        all.write(PREFACE.getBytes(ISO_8859_1));
        all.write(settings());
        for (byte[] frame : frames) {
            all.write(frame);
        }
        var caller = new RawHttp2(port);
        caller.send(all.toByteArray());
        return caller;
    }

    // ---- frames -----------------------------------------------------------------------------------------------------

    public static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    public static byte[] frame(int type, int flags, int stream, String payload) {
        return frame(type, flags, stream, payload.getBytes(ISO_8859_1));
    }

    public static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    public static byte[] settings(int... settings) {
        var payload = ByteBuffer.allocate(settings.length / 2 * 6);
        for (int i = 0; i < settings.length; i += 2) {
            payload.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        return frame(SETTINGS, 0, 0, payload.array());
    }

    /** A field block of literals: name, value, and so on. */
    public static byte[] fields(String... fields) {
        var block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0);
            literal(block, fields[i]);
            literal(block, fields[i + 1]);
        }
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        if (bytes.length < 127) {
            block.write(bytes.length);
        } else {
            block.write(127);
            int rest = bytes.length - 127;
            for (; rest >= 128; rest >>= 7) {
                block.write(rest & 127 | 128);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    /** The head of a request, with further fields: name, value, and so on. */
    public static String[] request(String method, String path, String... more) {
        String[] head = {":method", method, ":scheme", "http", ":authority", "localhost", ":path", path};
        var all = Arrays.copyOf(head, head.length + more.length);
        System.arraycopy(more, 0, all, head.length, more.length);
        return all;
    }

    public static byte[] headers(int stream, int flags, String... fields) {
        return frame(HEADERS, END_HEADERS | flags, stream, fields(fields));
    }

    public static byte[] get(int stream, String path) {
        return headers(stream, END_STREAM, request("GET", path));
    }

    /** The head of a registration whose body is still to come. */
    public static byte[] registrationHead(int stream, String... more) {
        String[] own = {"x-api-key", Sandbox.API_KEY, "content-type", "application/json"};
        var all = Arrays.copyOf(own, own.length + more.length);
        System.arraycopy(more, 0, all, own.length, more.length);
        return headers(stream, 0, request("POST", Sandbox.CREATE_CLIENT, all));
    }

    public static byte[] lastData(int stream, String body) {
        return frame(DATA, END_STREAM, stream, body);
    }

    public void send(byte[]... frames) throws IOException {
        var all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        out.write(all.toByteArray());
        out.flush();
    }

    /** Sends as many of these as the service takes. */
    public void sendQuietly(List<byte[]> frames) {
        try {
            send(frames.toArray(byte[][]::new));
        } catch (IOException theServiceHasClosedTheConnection) {
            // what it has said before can still be read
        }
    }

    public void register(int stream) throws IOException {
        send(registrationHead(stream), lastData(stream, Person.ASHA.json()));
    }

    // ---- what comes -------------------------------------------------------------------------------------------------

    public Received stream(int stream) {
        return streams.computeIfAbsent(stream, any -> new Received());
    }

    /** The value that the service has announced; -1 for none. */
    public long setting(int identifier) throws IOException {
        readUntil(caller -> caller.settings.containsKey(0));
        return settings.getOrDefault(identifier, -1L);
    }

    /** Reads until the answer on that stream is complete, the stream reset, or the connection over. */
    public Received answer(int stream) throws IOException {
        readUntil(caller -> stream(stream).ended || stream(stream).reset >= 0);
        return stream(stream);
    }

    /** Reads until an answer on that stream has begun, the stream is reset, or the connection over. */
    public Received begun(int stream) throws IOException {
        readUntil(caller -> stream(stream).status > 0 || stream(stream).reset >= 0);
        return stream(stream);
    }

    /** Reads until that stream is reset or the connection over. */
    public Received reset(int stream) throws IOException {
        readUntil(caller -> stream(stream).reset >= 0);
        return stream(stream);
    }

    /** Whether the connection is there: a PING is answered. What has come before the answer has been read then. */
    public boolean isAlive() throws IOException {
        int before = pings;
        try {
            send(frame(PING, 0, 0, new byte[8]));
        } catch (SocketException broken) {
            ended = true;
        }
        readUntil(caller -> caller.pings > before);
        return !ended && goAway < 0;
    }

    /** Reads until the service says that the connection ends, or ends it; the error code of its GOAWAY, or -1 for none. */
    public int goAway() throws IOException {
        readUntil(caller -> caller.goAway >= 0);
        return goAway;
    }

    /** Reads until the service closes the connection; the error code of its GOAWAY, or -1 for none. */
    public int end() throws IOException {
        readUntil(caller -> false);
        return goAway;
    }

    private void readUntil(Predicate<RawHttp2> enough) throws IOException {
        while (!ended && !enough.test(this)) {
            try {
                read();
            } catch (EOFException | SocketException over) {
                ended = true;
            }
        }
    }

    private void read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int id = in.readInt();
        byte[] payload = in.readNBytes(length);
        switch (type) {
            case DATA -> stream(id).body.writeBytes(payload);
            case HEADERS -> readHeaders(id, payload, (flags & WITH_PRIORITY) != 0 ? 5 : 0);
            case RST_STREAM -> stream(id).reset = ByteBuffer.wrap(payload).getInt();
            case SETTINGS -> readSettings(flags, payload);
            case PING -> pings++;
            case GOAWAY -> goAway = ByteBuffer.wrap(payload).getInt(4);
            default -> {}
        }
        if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
            stream(id).ended = true;
        }
    }

    private void readSettings(int flags, byte[] payload) {
        if ((flags & ACK) == 0) {
            var entries = ByteBuffer.wrap(payload);
            while (entries.hasRemaining()) {
                settings.put((int) entries.getShort(), entries.getInt() & 0xffffffffL);
            }
            settings.put(0, 0L);
        }
    }

    private void readHeaders(int id, byte[] payload, int from) {
        try {
            var headers =
                    headersDecoder.decodeHeaders(id, Unpooled.wrappedBuffer(payload, from, payload.length - from));
            if (headers.status() != null) {
                stream(id).head = headers;
                stream(id).status = Integer.parseInt(headers.status().toString());
            }
        } catch (Http2Exception e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    /** Sends nothing any more, and goes on reading. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends the connection by a TCP reset. */
    public void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
