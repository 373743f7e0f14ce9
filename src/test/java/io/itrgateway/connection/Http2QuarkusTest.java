package io.itrgateway.connection;

import static io.itrgateway.sandbox.Gateway.metric;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.RawHttp2.CANCEL;
import static io.itrgateway.sandbox.RawHttp2.CONTINUATION;
import static io.itrgateway.sandbox.RawHttp2.DATA;
import static io.itrgateway.sandbox.RawHttp2.END_STREAM;
import static io.itrgateway.sandbox.RawHttp2.ENHANCE_YOUR_CALM;
import static io.itrgateway.sandbox.RawHttp2.HEADERS;
import static io.itrgateway.sandbox.RawHttp2.INITIAL_WINDOW_SIZE;
import static io.itrgateway.sandbox.RawHttp2.NO_ERROR;
import static io.itrgateway.sandbox.RawHttp2.PING;
import static io.itrgateway.sandbox.RawHttp2.REFUSED_STREAM;
import static io.itrgateway.sandbox.RawHttp2.RST_STREAM;
import static io.itrgateway.sandbox.RawHttp2.WINDOW_UPDATE;
import static io.itrgateway.sandbox.RawHttp2.connect;
import static io.itrgateway.sandbox.RawHttp2.fields;
import static io.itrgateway.sandbox.RawHttp2.frame;
import static io.itrgateway.sandbox.RawHttp2.get;
import static io.itrgateway.sandbox.RawHttp2.headers;
import static io.itrgateway.sandbox.RawHttp2.int32;
import static io.itrgateway.sandbox.RawHttp2.lastData;
import static io.itrgateway.sandbox.RawHttp2.registrationHead;
import static io.itrgateway.sandbox.RawHttp2.request;
import static io.itrgateway.sandbox.RawHttp2.settings;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.HeldUpstream;
import io.itrgateway.sandbox.RawHttp2;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many callers share an HTTP/2 connection: what one of them does ends no call of another, and without a key a client cannot hold much. */
@QuarkusTest
@QuarkusTestResource(value = HeldUpstream.class, restrictToAnnotatedClass = true)
class Http2QuarkusTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int MAX_STREAMS = 100;
    private static final int SETTING_MAX_STREAMS = 3;
    private static final int SETTING_MAX_HEADER_LIST_BYTES = 6;

    /** Those that the client has ended itself, that are answered, and that are none any more. */
    private static final Set<StreamFault> NO_ERRORS = EnumSet.of(
            StreamFault.RESET_WHILE_SENDING,
            StreamFault.PRIORITY_OF_ITSELF,
            StreamFault.HEADERS_THAT_DEPEND_ON_THEMSELVES,
            StreamFault.DATA_WITHOUT_A_BYTE,
            StreamFault.DATA_WITH_NOTHING_BUT_PADDING,
            StreamFault.HEAD_OF_MORE_THAN_TWENTY_KIBIBYTES);

    private RawHttp2 connection;

    @BeforeEach
    void aCallOnStreamOneIsAtTheUpstream() throws IOException {
        register(ASHA).statusCode(200);
        HeldUpstream.hold();
        connection = connect(RestAssured.port);
        connection.register(1);
        await().atMost(LONG).until(() -> HeldUpstream.registrations() == 1);
    }

    @AfterEach
    void letGo() throws IOException {
        HeldUpstream.letGo();
        connection.close();
    }

    private void streamOneGetsItsAnswer() throws IOException {
        assertThat(connection.isAlive()).as("the connection stays").isTrue();
        HeldUpstream.letGo();
        assertThat(connection.answer(1).status()).isEqualTo(200);
    }

    private void endsTheFlood() throws IOException {
        assertThat(connection.end()).isEqualTo(ENHANCE_YOUR_CALM);
        HeldUpstream.letGo();
        register(ASHA).statusCode(200);
    }

    // ---- one stream never ends another's ----------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(StreamFault.class)
    void whatIsWrongWithOneStreamEndsNoOther(StreamFault fault) throws IOException {
        connection.send(fault.frames());

        if (!NO_ERRORS.contains(fault)) {
            assertThat(connection.reset(3).reset()).isPositive();
            assertThat(connection.stream(3).status()).isZero();
        }
        streamOneGetsItsAnswer();
    }

    /** The first request may arrive together with the preface, before the service has set the connection up. */
    @Test
    void aMalformedRequestIsRefusedAlsoIfItIsTheFirst() throws IOException {
        try (var caller = RawHttp2.connectSending(RestAssured.port, registrationHead(1, "Foo", "x"))) {
            assertThat(caller.reset(1).reset()).isPositive();
            assertThat(caller.isAlive()).isTrue();
        }
    }

    @Test
    void aStreamThatItsClientResetsAtTheUpstreamEndsNoOther() throws IOException {
        connection.register(3);
        await().atMost(LONG).until(() -> HeldUpstream.registrations() == 2);

        connection.send(frame(RST_STREAM, 0, 3, int32(CANCEL)));

        streamOneGetsItsAnswer();
    }

    @Test
    void aBodyWithoutAnEndIsAnsweredAndItsStreamReset() throws IOException {
        connection.send(registrationHead(3));
        while (connection.stream(3).reset() < 0) {
            connection.send(frame(DATA, 0, 3, new byte[8 * 1024]));
            connection.isAlive();
        }

        assertThat(connection.stream(3).status()).isEqualTo(413);
        assertThat(connection.stream(3).isComplete()).isTrue();
        assertThat(connection.stream(3).reset()).isEqualTo(NO_ERROR);
        streamOneGetsItsAnswer();
    }

    @Test
    void whatIsStillSentOnAStreamThatWasResetIsIgnored() throws IOException {
        connection.send(registrationHead(3, "content-length", "3"), lastData(3, "12345"));
        connection.reset(3);
        for (int i = 0; i < 20; i++) {
            connection.send(frame(DATA, 0, 3, new byte[8 * 1024]), frame(WINDOW_UPDATE, 0, 3, int32(1)));
            connection.isAlive();
        }

        streamOneGetsItsAnswer();
    }

    /** A further reset would count as provoked by the client, and many of them end the connection. */
    @Test
    void aFrameThatWasOnItsWayWhenItsStreamWasResetIsIgnoredToo() throws IOException {
        byte[] data = lastData(3, "x".repeat(8 * 1024));
        connection.send(
                headers(3, 0, request("POST", Sandbox.CREATE_CLIENT, "content-type", "application/json")),
                Arrays.copyOf(data, 4 * 1024));
        connection.reset(3);

        connection.send(Arrays.copyOfRange(data, 4 * 1024, data.length));

        streamOneGetsItsAnswer();
        assertThat(connection.stream(3).reset()).isEqualTo(NO_ERROR);
    }

    @Test
    void anAnswerBeforeTheEndOfTheRequestResetsItsStream() throws IOException {
        connection.send(headers(3, 0, request("POST", Sandbox.CREATE_CLIENT, "content-type", "application/json")));

        assertThat(connection.reset(3).reset()).isEqualTo(NO_ERROR);
        assertThat(connection.stream(3).status()).isEqualTo(401);
        assertThat(connection.stream(3).body()).contains("\"code\":\"unauthenticated\"");
        streamOneGetsItsAnswer();
    }

    // ---- half-closed connections ------------------------------------------------------------------------------------

    @Test
    void aClientThatHasEndedItsSideGetsItsAnswers() throws IOException {
        connection.register(3);
        await().atMost(LONG).until(() -> HeldUpstream.registrations() == 2);

        connection.endOutput();
        HeldUpstream.letGo();

        assertThat(connection.answer(1).status()).isEqualTo(200);
        assertThat(connection.answer(3).status()).isEqualTo(200);
        assertThat(connection.end()).as("no GOAWAY").isEqualTo(-1);
    }

    @Test
    void aClientThatEndsItsSideWithoutACallEndsTheConnection() throws IOException {
        try (var caller = connect(RestAssured.port)) {
            caller.endOutput();

            assertThat(caller.end()).isEqualTo(-1);
        }
    }

    @Test
    void aClientThatHasGoneIsFoundOut() throws IOException {
        String gone =
                "gateway_calls_seconds_count{code=\"caller-gone\",operation=\"create-client\",outcome=\"unknown\",status=\"0\"}";
        double before = metric(gone);

        connection.close();

        await().atMost(LONG).untilAsserted(() -> assertThat(metric(gone)).isEqualTo(before + 1));
    }

    // ---- answers ----------------------------------------------------------------------------------------------------

    /** The client grants no window: an answer without content needs none. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nope",
                "/problems",
                "/q/health/live",
                "/q/metrics",
                "/q/openapi",
                Sandbox.CREATE_CLIENT,
                "/q/metrics image/png",
                "/problems x",
                "/%zz"
            })
    void headSaysWhatGetSaysWithoutContent(String pathAndAccept) throws IOException {
        String[] parts = pathAndAccept.split(" ");
        String accept = parts.length > 1 ? parts[1] : "*/*";
        connection.send(
                settings(INITIAL_WINDOW_SIZE, 1 << 20),
                headers(3, END_STREAM, request("GET", parts[0], "accept", accept)));
        assertThat(connection.answer(3).body()).isNotEmpty();

        connection.send(
                settings(INITIAL_WINDOW_SIZE, 0), headers(5, END_STREAM, request("HEAD", parts[0], "accept", accept)));

        assertThat(connection.answer(5).status()).isEqualTo(connection.stream(3).status());
        assertThat(connection.stream(5).isComplete()).isTrue();
        assertThat(connection.stream(5).body()).isEmpty();
        connection.send(settings(INITIAL_WINDOW_SIZE, 1 << 20));
        streamOneGetsItsAnswer();
    }

    @Test
    void theCaseOfAHostSaysNothing() throws IOException {
        connection.send(headers(3, END_STREAM, request("GET", "/nope", "host", "LOCALHOST")));

        assertThat(connection.answer(3).status()).isEqualTo(404);
    }

    // ---- limits -----------------------------------------------------------------------------------------------------

    @Test
    void theLimitsAreAnnounced() throws IOException {
        assertThat(connection.setting(SETTING_MAX_STREAMS)).isEqualTo(MAX_STREAMS);
        assertThat(connection.setting(SETTING_MAX_HEADER_LIST_BYTES)).isEqualTo(20 * 1024);
    }

    @Test
    void aStreamTooManyIsRefusedThoughTheClientHasNotAcknowledgedTheLimit() throws IOException {
        int last = 2 * MAX_STREAMS - 1;
        for (int id = 3; id <= last; id += 2) {
            connection.register(id);
        }
        await().atMost(LONG).until(() -> HeldUpstream.registrations() == MAX_STREAMS);

        connection.register(last + 2);
        assertThat(connection.reset(last + 2).reset()).isEqualTo(REFUSED_STREAM);
        connection.send(lastData(last + 2, "still on its way"));

        streamOneGetsItsAnswer();
        assertThat(connection.answer(last).status()).isEqualTo(200);
    }

    @Test
    void halfOpenStreamsDoNotStay() throws IOException {
        List<RawHttp2> attackers = new ArrayList<>();
        int streams = 500;
        for (int i = 0; i < 4; i++) {
            var attacker = connect(RestAssured.port);
            attackers.add(attacker);
            for (int id = 1; id < 2 * streams; id += 2) {
                attacker.send(headers(id, 0, request("POST", Sandbox.CREATE_CLIENT)));
            }
        }

        for (RawHttp2 attacker : attackers) {
            for (int id = 1; id < 2 * streams; id += 2) {
                assertThat(attacker.reset(id).reset()).isIn(NO_ERROR, REFUSED_STREAM);
            }
            attacker.close();
        }
        streamOneGetsItsAnswer();
    }

    @Test
    void aHeadThatIsTooLongIsAnsweredWith431() throws IOException {
        connection.send(StreamFault.HEAD_OF_MORE_THAN_TWENTY_KIBIBYTES.frames());

        assertThat(connection.answer(3).status()).isEqualTo(431);
        streamOneGetsItsAnswer();
    }

    /** A field takes some 120 bytes of memory, however short it is. */
    @Test
    void aHeadOfMoreThanAHundredFieldsIsAnsweredWith431() throws IOException {
        String[] head = request("GET", "/nope");
        String[] many = Arrays.copyOf(head, 2 * 101);
        Arrays.fill(many, head.length, many.length, "a");
        connection.send(headers(3, END_STREAM, Arrays.copyOf(many, 2 * 100)), headers(5, END_STREAM, many));

        assertThat(connection.answer(3).status()).isEqualTo(404);
        assertThat(connection.answer(5).status()).isEqualTo(431);
        streamOneGetsItsAnswer();
    }

    // ---- floods -----------------------------------------------------------------------------------------------------

    @Test
    void anEndlessFieldBlockEndsItsConnection() throws IOException {
        var block = frame(HEADERS, 0, 3, fields(request("GET", "/nope")));
        connection.send(block);
        connection.sendQuietly(Collections.nCopies(1000, frame(CONTINUATION, 0, 3, new byte[0])));

        endsTheFlood();
    }

    @Test
    void aFloodOfResetsEndsItsConnection() throws IOException {
        List<byte[]> flood = new ArrayList<>();
        for (int id = 3; id < 4_000; id += 2) {
            flood.add(get(id, "/nope"));
            flood.add(frame(RST_STREAM, 0, id, int32(CANCEL)));
        }
        connection.sendQuietly(flood);

        endsTheFlood();
    }

    @Test
    void aFloodOfPingsEndsItsConnection() throws IOException {
        connection.sendQuietly(Collections.nCopies(30_000, frame(PING, 0, 0, new byte[8])));

        endsTheFlood();
    }

    @Test
    void aFloodOfSettingsEndsItsConnection() throws IOException {
        connection.sendQuietly(Collections.nCopies(30_000, settings()));

        endsTheFlood();
    }

    @Test
    void oneWhoPipelinesAndDoesNotReadIsCutOff() throws IOException {
        byte[] requests = "GET /q/openapi HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .repeat(5_000)
                .getBytes(US_ASCII);
        try (var http1 = new Socket("localhost", RestAssured.port)) {
            boolean isCutOff = false;
            while (!isCutOff) {
                try {
                    http1.getOutputStream().write(requests);
                } catch (IOException cutOff) {
                    isCutOff = true;
                }
            }
        }

        streamOneGetsItsAnswer();
    }
}
