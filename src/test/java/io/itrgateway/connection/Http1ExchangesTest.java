package io.itrgateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.RawCaller;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answer is the last one of a connection, and that none follows it. */
class Http1ExchangesTest {

    private static final String ANOTHER = "GET /sized HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final Vertx vertx = Vertx.vertx();
    private int port;

    @BeforeEach
    void listen() throws Exception {
        var router = Router.router(vertx);
        router.route().handler(Http1ExchangesTest::pass);
        router.route("/closing")
                .handler(request -> request.response()
                        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                        .end("closing", sent -> request.request().connection().close()));
        router.route("/saying-closing")
                .handler(request -> request.response()
                        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                        .end("said"));
        router.route("/in-two-parts").handler(request -> {
            request.response().setChunked(true).write("first");
            vertx.setTimer(1_500, later -> request.response().end("last"));
        });
        router.route("/events")
                .handler(request -> request.response()
                        .setChunked(true)
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream;charset=UTF-8")
                        .write("data"));
        router.route("/sized").handler(request -> request.response().end("sized"));
        router.route("/late")
                .handler(request ->
                        vertx.setTimer(600, later -> request.response().end("late")));
        router.route("/unsized").handler(request -> {
            request.response().setChunked(true).write("un");
            request.response().end("sized");
        });
        port = vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
                .connectionHandler(connection ->
                        ((ConnectionBase) connection).channel().pipeline().addFirst(new Http1Guard()))
                .requestHandler(router)
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .get(1, TimeUnit.MINUTES)
                .actualPort();
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
    }

    /** As the first filter. */
    private static void pass(RoutingContext request) {
        var exchanges = Http1Exchanges.of(request.request());
        if (!exchanges.isOver()) {
            exchanges.beginRequest(request);
            request.next();
        }
    }

    @Test
    void nothingFollowsAnAnswerThatSaysThatItsConnectionEnds() throws Exception {
        String answers =
                RawCaller.exchange(port, "GET /closing HTTP/1.1\r\nHost: localhost\r\n\r\n" + ANOTHER + ANOTHER);

        assertThat(answers)
                .containsIgnoringCase("\r\nConnection: close\r\n")
                .endsWith("\r\n\r\nclosing")
                .containsOnlyOnce("HTTP/1.1 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ANOTHER})
    void anAnswerThatOnlySaysThatItsConnectionEndsEndsIt(String behind) throws Exception {
        String answers = RawCaller.exchange(port, "GET /saying-closing HTTP/1.1\r\nHost: localhost\r\n\r\n" + behind);

        assertThat(answers).endsWith("\r\n\r\nsaid").containsOnlyOnce("HTTP/1.1 ");
    }

    @Test
    void anAnswerBeforeTheEndOfTheRequestEndsTheConnectionBehindIt() throws Exception {
        try (var caller = new RawCaller(port)) {
            caller.send("POST /saying-closing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n1");
            caller.until("said");
            caller.send("2");

            assertThat(caller.everything()).isEmpty();
        }
    }

    /** RFC 9112, 9.6, and RFC 9110, 9.3.6. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /sized HTTP/1.1\r\nConnection: TE, close\r\n",
                "POST /sized HTTP/1.0\r\nConnection: TE\r\n",
                "CONNECT /sized HTTP/1.1\r\n"
            })
    void anAnswerBeforeTheEndOfARequestThatIsTheLastOneSaysSoAndEndsTheConnectionBehindIt(String head)
            throws Exception {
        try (var caller = new RawCaller(port)) {
            caller.send(head + "Host: localhost\r\nContent-Length: 2\r\n\r\n1");
            String answer = caller.until("\r\n\r\nsized");
            caller.send("2");

            assertThat(answer).containsIgnoringCase("\r\nConnection: close\r\n");
            assertThat(caller.everything()).isEmpty();
        }
    }

    private String answersToOneThatEndsItsSideDuring(String request, String begun) throws Exception {
        try (var caller = new RawCaller(port)) {
            caller.send(request);
            String before = caller.until(begun);
            caller.endOutput();
            return before + caller.everything();
        }
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ANOTHER})
    void anAnswerThatHasBegunIsWrittenToItsEndAndInOnePieceForOneThatHasEndedItsSide(String before) throws Exception {
        assertThat(answersToOneThatEndsItsSideDuring(before + get("/in-two-parts"), "first"))
                .endsWith("\r\n\r\n5\r\nfirst\r\n4\r\nlast\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ANOTHER})
    void eventsEndForOneThatHasEndedItsSide(String before) throws Exception {
        assertThat(answersToOneThatEndsItsSideDuring(before + get("/events"), "HTTP/1.1 "))
                .endsWith("\r\n\r\n4\r\ndata\r\n");
    }

    /** RFC 9110, 15.2. */
    @Test
    void aRequestOfHttp10GetsNoInterimAnswerAlsoBehindOneOfHttp11() throws Exception {
        String answers;
        try (var caller = new RawCaller(port)) {
            caller.send(get("/late") + "GET /late HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get("/late"));
            caller.endOutput();
            answers = caller.everything();
        }

        assertThat(answers.split("HTTP/1\\.[01] 200 OK")).hasSize(4).satisfies(parts -> {
            assertThat(parts[1]).endsWith("\r\n\r\nlate");
            assertThat(parts[2]).contains("\r\n\r\nlate").contains(" 100 "); // of the third
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ANOTHER})
    void anAnswerOverHttp10WithoutALengthEndsItsConnection(String behind) throws Exception {
        String answer = RawCaller.exchange(port, "GET /unsized HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + behind);

        assertThat(answer)
                .startsWith("HTTP/1.0 200 ")
                .containsIgnoringCase("\r\nConnection: close\r\n")
                .doesNotContainIgnoringCase("keep-alive")
                .endsWith("\r\n\r\nunsized");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /sized HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                "HEAD /unsized HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                "GET /unsized HTTP/1.1\r\nHost: localhost\r\n\r\n"
            })
    void anAnswerWithAnEndOfItsOwnKeepsTheConnection(String request) throws Exception {
        String last = "GET /sized HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

        String answers = RawCaller.exchange(port, request + last);

        assertThat(answers).containsOnlyOnce(": close\r\n").endsWith("\r\n\r\nsized");
        assertThat(answers.split("HTTP/1\\.[01] 200 ")).hasSize(3);
    }
}
