package io.itrgateway.connection;

import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.RawHttp2.DATA;
import static io.itrgateway.sandbox.RawHttp2.GOAWAY;
import static io.itrgateway.sandbox.RawHttp2.HEADERS;
import static io.itrgateway.sandbox.RawHttp2.PING;
import static io.itrgateway.sandbox.RawHttp2.PREFACE;
import static io.itrgateway.sandbox.RawHttp2.fields;
import static io.itrgateway.sandbox.RawHttp2.frame;
import static io.itrgateway.sandbox.RawHttp2.get;
import static io.itrgateway.sandbox.RawHttp2.headers;
import static io.itrgateway.sandbox.RawHttp2.registrationHead;
import static io.itrgateway.sandbox.RawHttp2.request;
import static io.itrgateway.sandbox.RawHttp2.settings;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.HeldUpstream;
import io.itrgateway.sandbox.LoggedLines;
import io.itrgateway.sandbox.RawHttp2;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.util.Arrays;
import java.util.logging.Level;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a connection ends, it adds no line to the log. */
@QuarkusTest
@QuarkusTestResource(value = HeldUpstream.class, restrictToAnnotatedClass = true)
class Http2LogQuarkusTest {

    /** What a client has sent when it breaks the protocol, or leaves. */
    enum Ended {
        IN_THE_PREFACE(Arrays.copyOf(PREFACE.getBytes(US_ASCII), 10)),
        WITHOUT_SETTINGS(preface(), new byte[0]),
        WITH_A_PING_FIRST(preface(), frame(PING, 0, 0, new byte[8])),
        WITH_A_GOAWAY_FIRST(preface(), frame(GOAWAY, 0, 0, new byte[8])),
        IN_SETTINGS(preface(), Arrays.copyOf(settings(4, 100), 7)),
        IN_A_FRAME(preface(), settings(), Arrays.copyOf(get(1, "/nope"), 20)),
        IN_A_FIELD_BLOCK(preface(), settings(), frame(HEADERS, 0, 1, fields(request("GET", "/nope")))),
        IN_A_BODY(preface(), settings(), registrationHead(1), frame(DATA, 0, 1, "{\"u")),
        BEHIND_A_MALFORMED_REQUEST(preface(), settings(), headers(1, 0, ":method", "GET", ":scheme", "http"), fault()),
        BEHIND_A_WRONG_LENGTH(
                preface(), settings(), headers(1, 1, request("GET", "/", "content-length", "5")), fault()),
        WITH_A_CALL_ON_ITS_WAY(preface(), settings(), registrationHead(1), frame(DATA, 1, 1, ASHA.json()), fault());

        private final byte[][] frames;

        Ended(byte[]... frames) {
            this.frames = frames;
        }

        /** Whether the service ends the connection at once, and not its client. */
        private boolean isAFault() {
            return Arrays.equals(frames[frames.length - 1], fault());
        }

        private static byte[] preface() {
            return PREFACE.getBytes(US_ASCII);
        }

        /** An error of the connection: a PING belongs to no stream. */
        private static byte[] fault() {
            return frame(PING, 0, 1, new byte[8]);
        }
    }

    /** A call that was at the upstream when its caller left has a line of its own, in which its outcome is unknown. */
    private static boolean isOfACall(LoggedLines.Line line) {
        return line.fields().containsKey("event") && line.fields().containsKey("outcome");
    }

    @ParameterizedTest
    @EnumSource(Ended.class)
    void anEarlyEndIsNoEventForTheLog(Ended ended) throws IOException {
        register(ASHA).statusCode(200);
        try (var log = new LoggedLines("")) {
            try (var connection = new RawHttp2(RestAssured.port)) {
                connection.send(ended.frames);
                connection.abort();
            }
            try (var connection = new RawHttp2(RestAssured.port)) {
                connection.send(ended.frames);
                if (ended.isAFault()) {
                    connection.end();
                }
            }
            register(ASHA).statusCode(200);

            assertThat(log.all())
                    .filteredOn(line -> !isOfACall(line))
                    .noneMatch(line -> line.level().intValue() >= Level.WARNING.intValue());
        }
    }
}
