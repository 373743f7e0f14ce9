package io.itrgateway.connection;

import static io.itrgateway.sandbox.RawHttp2.CONTINUATION;
import static io.itrgateway.sandbox.RawHttp2.DATA;
import static io.itrgateway.sandbox.RawHttp2.END_HEADERS;
import static io.itrgateway.sandbox.RawHttp2.END_STREAM;
import static io.itrgateway.sandbox.RawHttp2.GOAWAY;
import static io.itrgateway.sandbox.RawHttp2.HEADERS;
import static io.itrgateway.sandbox.RawHttp2.INITIAL_WINDOW_SIZE;
import static io.itrgateway.sandbox.RawHttp2.PREFACE;
import static io.itrgateway.sandbox.RawHttp2.RST_STREAM;
import static io.itrgateway.sandbox.RawHttp2.WINDOW_UPDATE;
import static io.itrgateway.sandbox.RawHttp2.fields;
import static io.itrgateway.sandbox.RawHttp2.frame;
import static io.itrgateway.sandbox.RawHttp2.get;
import static io.itrgateway.sandbox.RawHttp2.headers;
import static io.itrgateway.sandbox.RawHttp2.int32;
import static io.itrgateway.sandbox.RawHttp2.lastData;
import static io.itrgateway.sandbox.RawHttp2.request;
import static io.itrgateway.sandbox.RawHttp2.settings;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the guard does as time passes, and wherever the bytes of a frame are parted. */
class Http2GuardTest {

    private static final int MOST_STREAMS = 200;

    private final InboundLimits limits = new InboundLimits(10, 20, 100, MOST_STREAMS, 1024 * 1024);
    private final List<Integer> requests = new ArrayList<>();
    private final List<Integer> parts = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private Http2ConnectionHandler netty = netty();

    private Http2ConnectionHandler netty() {
        return new Http2ConnectionHandlerBuilder()
                .server(true)
                .frameListener(new Http2FrameAdapter() {
                    @Override
                    public void onHeadersRead(
                            ChannelHandlerContext context,
                            int id,
                            Http2Headers headers,
                            int dependency,
                            short weight,
                            boolean isExclusive,
                            int padding,
                            boolean isLast) {
                        if (!requests.contains(id)) {
                            requests.add(id);
                        }
                    }

                    @Override
                    public int onDataRead(
                            ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean isLast) {
                        parts.add(id);
                        body.append(data.toString(US_ASCII));
                        return data.readableBytes() + padding;
                    }
                })
                .build();
    }

    private EmbeddedChannel channel;

    @BeforeEach
    void connect() {
        channel = new EmbeddedChannel(new Http2Guard(limits, new UnreadBytes(limits)), netty);
        channel.freezeTime();
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private void receive(byte[]... frames) {
        for (byte[] frame : frames) {
            channel.writeInbound(Unpooled.copiedBuffer(frame));
        }
    }

    private void receivePreface(int... settings) {
        receive(PREFACE.getBytes(US_ASCII), settings(settings));
    }

    private void pass(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runPendingTasks();
    }

    private void answer(int id, byte[] body) {
        writeAnswer(id, body);
        netty.flush(channel.pipeline().context(netty));
    }

    private void writeAnswer(int id, byte[] body) {
        writeHead(id, false);
        var context = channel.pipeline().context(netty);
        netty.encoder().writeData(context, id, Unpooled.wrappedBuffer(body), 0, true, context.newPromise());
    }

    private void writeHead(int id, boolean isLast) {
        var context = channel.pipeline().context(netty);
        netty.encoder()
                .writeHeaders(context, id, new DefaultHttp2Headers().status("200"), 0, isLast, context.newPromise());
    }

    /** The streams that were reset. */
    private List<Integer> resets() {
        List<Integer> streams = new ArrayList<>();
        for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            if (sent.readableBytes() == 13 && sent.getByte(3) == RST_STREAM) {
                streams.add(sent.getInt(5));
            }
            sent.release();
        }
        return streams;
    }

    @Test
    void aConnectionWhoseClientGoesIsClosedWhenItHasItsAnswers() {
        receivePreface();
        receive(get(1, "/"), frame(GOAWAY, 0, 0, new byte[8]));
        pass(10);
        assertThat(channel.isActive()).isTrue();

        answer(1, new byte[0]);
        pass(10);

        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void aFrameMayComeByteByByte() {
        receivePreface();
        byte[][] frames = {get(1, "/"), headers(3, 0, request("POST", "/", "Upper", "x")), lastData(3, "x"), get(5, "/")
        };
        for (byte[] frame : frames) {
            for (byte b : frame) {
                receive(new byte[] {b});
            }
        }

        assertThat(requests).containsExactly(1, 5);
        assertThat(resets()).containsExactly(3);
        assertThat(channel.isOpen()).isTrue();
    }

    /** Vert.x fails on an error of the connection while there is a stream that it has not seen. */
    @Test
    void aResetIsSentWhenItsStreamIsGone() {
        List<Integer> streamsAtReset = new ArrayList<>();
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext context) throws Exception {
                super.flush(context);
                if (!resets().isEmpty()) {
                    streamsAtReset.add(netty.connection().numActiveStreams());
                }
            }
        });
        receivePreface();
        receive(headers(1, 0, request("CONNECT", "/")));

        assertThat(streamsAtReset).containsExactly(0);
    }

    @Test
    void oneThatBeginsAFieldBlockAndDoesNotEndItIsLetGo() {
        receivePreface();
        receive(frame(HEADERS, 0, 1, fields(request("GET", "/"))));

        pass(60);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void oneThatBeginsAFrameAndDoesNotEndItIsLetGo() {
        receivePreface();
        receive(new byte[] {0, 0, 50, HEADERS, END_HEADERS, 0, 0, 0, 1, 0});

        pass(60);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void oneThatIsAmidAnotherFrameEachTimeStays() {
        receivePreface();
        byte[] request = get(1, "/");
        receive(Arrays.copyOf(request, 12));

        for (int id = 1; id < 20; id += 2) {
            pass(10);
            receive(Arrays.copyOfRange(get(id, "/"), 12, request.length), Arrays.copyOf(get(id + 2, "/"), 12));
        }

        assertThat(channel.isOpen()).isTrue();
        assertThat(requests).hasSize(10);
    }

    @Test
    void oneThatSendsContinuationsWithoutAnEndIsLetGo() {
        receivePreface();
        receive(frame(HEADERS, 0, 1, fields(request("GET", "/"))));

        for (int second = 0; second < 60 && channel.isOpen(); second += 5) {
            receive(frame(CONTINUATION, 0, 1, fields("a", "b")));
            pass(5);
        }

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void oneThatSendsNoSettingsIsLetGo() {
        receive(PREFACE.getBytes(US_ASCII));

        pass(60);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anIdleConnectionStaysOpen() {
        receivePreface();

        pass(3600);

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void anAnswerThatIsNotTakenIsGivenUp() {
        receivePreface(INITIAL_WINDOW_SIZE, 0);
        receive(get(1, "/"));
        answer(1, new byte[100]);
        assertThat(resets()).isEmpty();

        pass(60);

        assertThat(resets()).containsExactly(1);
        assertThat(channel.isOpen()).isTrue();
    }

    private void beginAnswer(int id, byte[] part) {
        writeHead(id, false);
        writeMore(id, part, false);
    }

    private void writeMore(int id, byte[] part, boolean isLast) {
        var context = channel.pipeline().context(netty);
        netty.encoder().writeData(context, id, Unpooled.wrappedBuffer(part), 0, isLast, context.newPromise());
        netty.flush(context);
    }

    @Test
    void anAnswerThatWaitsForRoomBeforeMoreOfItIsWrittenIsGivenUp() {
        receivePreface(INITIAL_WINDOW_SIZE, 100);
        receive(get(1, "/"));
        beginAnswer(1, new byte[100]);

        pass(60);

        assertThat(resets()).containsExactly(1);
    }

    @Test
    void anAnswerThatIsNotThereYetIsNotGivenUp() {
        receivePreface(INITIAL_WINDOW_SIZE, 0);
        receive(get(1, "/"));

        pass(600);

        assertThat(resets()).isEmpty();
    }

    @Test
    void anAnswerWhoseNextPartIsNotThereYetIsNotGivenUp() {
        receivePreface(INITIAL_WINDOW_SIZE, 100);
        receive(get(1, "/"));
        beginAnswer(1, new byte[99]);

        pass(600);

        assertThat(resets()).isEmpty();
    }

    @Test
    void answersThatAreNotTakenAreBounded() {
        receivePreface(INITIAL_WINDOW_SIZE, 0);
        for (int id = 1; id < 9; id += 2) {
            receive(get(id, "/"));
            answer(id, new byte[600 * 1024]);
        }

        assertThat(resets()).containsExactly(3, 5, 7);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void theFirstAnswerOfAConnectionMayBeTooLongWhereOthersHaveTakenAllRoom() {
        for (int i = 0; i < 10; i++) {
            limits.acquire();
        }
        limits.addUnread(1024 * 1024);
        receivePreface(INITIAL_WINDOW_SIZE, 0);
        receive(get(1, "/"), get(3, "/"));

        answer(1, new byte[200 * 1024]);
        answer(3, new byte[50 * 1024]);

        assertThat(resets()).containsExactly(1);
    }

    /** Each would keep its request in memory, too. */
    @Test
    void aShortAnswerThatIsNotTakenFindsNoRoomWhereAConnectionsShareIsLessThanItsStreamTakes() {
        connectWithoutUnreadShare();
        receivePreface(INITIAL_WINDOW_SIZE, 0);
        receive(get(1, "/"));

        answer(1, new byte[100]);

        assertThat(resets()).containsExactly(1);
    }

    @Test
    void aShortAnswerThatIsTakenAtOnceNeedsNoRoom() {
        connectWithoutUnreadShare();
        receivePreface();
        receive(get(1, "/"));

        answer(1, new byte[100]);

        assertThat(resets()).isEmpty();
    }

    @Test
    void aStreamWithAShortHeadTakesLittleRoom() {
        answerForty("short");

        assertThat(resets()).isEmpty();
    }

    /** What is made of a head takes several times its length. */
    @Test
    void aStreamWithALongHeadTakesMoreRoom() {
        answerForty("x".repeat(7_500));

        assertThat(resets()).isNotEmpty();
    }

    /** None of the answers is taken. */
    private void answerForty(String field) {
        receivePreface(INITIAL_WINDOW_SIZE, 0);
        for (int id = 1; id < 2 * 40; id += 2) {
            receive(get(id, "/" + field));
            answer(id, new byte[100]);
        }
    }

    private void connectWithoutUnreadShare() {
        var full = new InboundLimits(100, 200, 100, MOST_STREAMS, 1024 * 1024);
        IntStream.range(0, 100).forEach(connection -> full.acquire());
        full.addUnread(1024 * 1024);
        netty = netty();
        channel = new EmbeddedChannel(new Http2Guard(full, new UnreadBytes(full)), netty);
    }

    @Test
    void answersThatAreTakenMakeRoomForOthers() {
        receivePreface(INITIAL_WINDOW_SIZE, 0);
        for (int id = 1; id < 9; id += 2) {
            receive(get(id, "/"));
            answer(id, new byte[600 * 1024]);
            receive(frame(WINDOW_UPDATE, 0, 0, int32(590 * 1024)), frame(WINDOW_UPDATE, 0, id, int32(590 * 1024)));
        }

        assertThat(resets()).isEmpty();
    }

    @Test
    void anAnswerThatIsTakenAsFastAsItsClientCanIsNotGivenUp() {
        receivePreface(INITIAL_WINDOW_SIZE, 0);
        receive(get(1, "/"));
        answer(1, new byte[1000]);

        for (int i = 0; i < 12; i++) {
            receive(frame(WINDOW_UPDATE, 0, 1, int32(1)));
            pass(10);
        }

        assertThat(resets()).isEmpty();
    }

    private void returnWindow(int id, int bytes) {
        receive(frame(WINDOW_UPDATE, 0, 0, int32(bytes)), frame(WINDOW_UPDATE, 0, id, int32(bytes)));
    }

    @Test
    void oneThatReturnsTheWindowBufferByBufferIsNoFlood() {
        receivePreface();
        receive(get(1, "/"));
        beginAnswer(1, new byte[4096]);
        returnWindow(1, 4096);
        for (int i = 0; i < 5_500; i++) {
            writeMore(1, new byte[4096], false);
            returnWindow(1, 4096);
        }

        assertThat(isSentAway()).isFalse();
    }

    @Test
    void oneThatReturnsTheWindowOfManyShortAnswersIsNoFlood() {
        receivePreface();
        for (int id = 1; id < 11_000; id += 2) {
            receive(get(id, "/"));
            beginAnswer(id, new byte[10]);
            returnWindow(id, 10);
            writeMore(id, new byte[0], true);
        }

        assertThat(isSentAway()).isFalse();
    }

    @Test
    void oneThatReturnsWhatItWasNotSentIsAFlood() {
        receivePreface();
        receive(get(1, "/"));
        beginAnswer(1, new byte[4096]);
        for (int i = 0; i < 5_500; i++) {
            returnWindow(1, 1);
        }

        assertThat(isSentAway()).isTrue();
    }

    /** Whether a GOAWAY was sent. */
    private boolean isSentAway() {
        boolean isSentAway = false;
        for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            isSentAway |= sent.readableBytes() >= 17 && sent.getByte(3) == GOAWAY;
            sent.release();
        }
        return isSentAway;
    }

    @Test
    void anAnswerBeforeTheEndOfTheRequestResetsItsStream() {
        receivePreface();
        receive(headers(1, 0, request("POST", "/")));
        answer(1, new byte[1]);

        channel.runPendingTasks();

        assertThat(resets()).containsExactly(1);
    }

    /** Netty writes no more while too much waits to be flushed, and goes on when a reset is. */
    @Test
    void aResetThatLetsAnotherAnswerOutIsFollowedByItsReset() {
        receivePreface();
        receive(headers(1, 0, request("POST", "/")), headers(3, 0, request("POST", "/")));
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
        writeAnswer(3, new byte[1]);
        writeHead(1, true);

        channel.runPendingTasks();

        assertThat(resets()).containsExactly(1, 3);
    }

    @Test
    void shortFramesOfABodyAreOnePart() {
        receivePreface();
        receive(headers(1, 0, request("POST", "/")));
        for (int i = 0; i < 1000; i++) {
            receive(frame(DATA, 0, 1, "x"));
        }
        receive(lastData(1, "y"));

        assertThat(parts).containsExactly(1);
        assertThat(body).hasToString("x".repeat(1000) + "y");
    }

    @Test
    void trailersEndABodyOfShortFrames() {
        receivePreface();
        receive(headers(1, 0, request("POST", "/")), frame(DATA, 0, 1, "x"), frame(DATA, 0, 1, "y"));

        receive(headers(1, END_STREAM, "trailer", "z"));

        assertThat(body).hasToString("xy");
    }

    /** Without the end that Netty would give to its streams first. */
    private static void breakOff(EmbeddedChannel connection) {
        connection.unsafe().close(connection.voidPromise());
        connection.runPendingTasks();
        connection.releaseOutbound();
    }

    @Test
    void allConnectionsTogetherHaveSoManyStreams() {
        List.of(1, 2, 3).forEach(connection -> limits.acquire());
        List<EmbeddedChannel> others = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            others.add(channel);
            receivePreface();
            for (int id = 1; id < 200; id += 2) {
                receive(headers(id, 0, request("POST", "/")));
            }
            assertThat(resets()).isEmpty();
            requests.clear();
            netty = netty();
            connect();
        }

        receivePreface();
        for (int id = 1; id < 200; id += 2) {
            receive(headers(id, 0, request("POST", "/")));
        }

        assertThat(requests).hasSize(MOST_STREAMS / 3);
        assertThat(resets()).hasSize(100 - MOST_STREAMS / 3).doesNotContain(1);

        others.forEach(Http2GuardTest::breakOff);
        receive(get(201, "/"));
        assertThat(requests).contains(201);
    }

    private static byte[] join(byte[]... frames) {
        return Arrays.stream(frames)
                .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes, (one, other) -> {})
                .toByteArray();
    }

    /** Comes in one read, before any task runs. */
    private static byte[] resetRequests(int count) {
        return join(IntStream.range(0, count)
                .mapToObj(i -> join(get(2 * i + 1, "/"), frame(RST_STREAM, 0, 2 * i + 1, int32(8))))
                .toArray(byte[][]::new));
    }

    /** Its request, and what was made of it, stays in memory until the tasks have run that it has queued. */
    @Test
    void aStreamThatIsResetHasItsPlaceUntilItsTasksHaveRun() {
        var few = new InboundLimits(10, 20, 100, 1, 1024 * 1024);
        few.acquire();
        netty = netty();
        channel = new EmbeddedChannel(new Http2Guard(few, new UnreadBytes(few)), netty);
        receivePreface();

        receive(resetRequests(2));
        assertThat(requests).containsExactly(1);

        receive(get(5, "/"));
        assertThat(requests).containsExactly(1, 5);
    }

    @Test
    void aFewRequestsBeginInATurnAndAllOneAfterTheOther() {
        List<Integer> begunAtTurn = new ArrayList<>();
        receivePreface();
        channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                begunAtTurn.add(requests.size());
                context.executor().execute(() -> begunAtTurn.add(requests.size()));
                context.fireChannelReadComplete();
            }
        });

        receive(resetRequests(2 * Http2Turns.MOST_REQUESTS + 1));

        assertThat(begunAtTurn).containsExactly(Http2Turns.MOST_REQUESTS, 2 * Http2Turns.MOST_REQUESTS);
        assertThat(requests).hasSize(2 * Http2Turns.MOST_REQUESTS + 1).isSorted();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    /** One that is answered before its trailers are read would be reset although it is complete. */
    @Test
    void trailersAreReadInTheTurnOfTheirRequest() {
        receivePreface();
        byte[][] sent = {get(1, "/"), headers(3, 0, request("POST", "/")), headers(3, END_STREAM, "a", "b")};

        channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(join(sent)));

        assertThat(netty.connection().stream(3).state()).isEqualTo(Http2Stream.State.HALF_CLOSED_REMOTE);
    }

    @Test
    void aClientThatClosesItsSideGetsTheAnswersToAllThatItHasSent() {
        receivePreface();
        int count = 3 * Http2Turns.MOST_REQUESTS;
        byte[][] sent =
                IntStream.range(0, count).mapToObj(i -> get(2 * i + 1, "/")).toArray(byte[][]::new);
        channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(join(sent)));
        channel.pipeline().fireChannelReadComplete();
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

        channel.runPendingTasks();
        assertThat(requests).hasSize(count);
        assertThat(channel.isOpen()).isTrue();

        requests.forEach(id -> answer(id, new byte[0]));
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    /** Its compression table and its streams take more of the heap than a connection over HTTP/1. */
    @Test
    void anHttp2ConnectionTakesTwoPlaces() {
        var three = new InboundLimits(3, 3, 100, 100, 1);
        three.acquire();
        netty = netty();
        channel = new EmbeddedChannel(new Http2Guard(three, new UnreadBytes(three)), netty);
        assertThat(channel.isOpen()).isTrue();
        assertThat(List.of(three.acquire(), three.acquire())).containsExactly(true, false);

        netty = netty();
        var another = new EmbeddedChannel(new Http2Guard(three, new UnreadBytes(three)), netty);
        assertThat(another.isOpen()).isFalse();
        another.finishAndReleaseAll();

        channel.close();
        assertThat(three.acquireHttp2()).isTrue();
    }

    @Test
    void oneConnectionTooManyFindsNoRoom() {
        var two = new InboundLimits(2, 4, 100, 100, 1);

        assertThat(List.of(two.acquire(), two.acquire(), two.acquire())).containsExactly(true, true, false);
        two.release();
        assertThat(two.acquire()).isTrue();
    }
}
