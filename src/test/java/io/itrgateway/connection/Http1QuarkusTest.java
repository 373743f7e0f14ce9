package io.itrgateway.connection;

import static io.itrgateway.sandbox.Gateway.metric;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static io.itrgateway.sandbox.RawCaller.exchange;
import static io.itrgateway.sandbox.Sandbox.CREATE_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.itrgateway.sandbox.LoggedLines;
import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.RawHttp2;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1 as a caller writes it by hand, byte by byte. In the texts, \n stands for CR LF. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class Http1QuarkusTest {

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[0-9] ([0-9]{3}) ");

    private static final String KNOWN = "Host: localhost\nx-api-key: " + Sandbox.API_KEY + "\n";
    private static final String JSON = KNOWN + "Content-Type: application/json\n";

    /** A request that would register a person, if anything read it. */
    private static final String SECOND = registration(ASHA);

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    private static String wire(String text) {
        return text.replace("\n", "\r\n");
    }

    private static String registration(Person person) {
        return "POST %s HTTP/1.1\n%sContent-Length: %d\n\n%s"
                .formatted(CREATE_CLIENT, JSON, person.json().length(), person.json());
    }

    private static String answer(String request) throws Exception {
        return exchange(RestAssured.port, wire(request));
    }

    private static List<Integer> statuses(String answers) {
        return STATUS_LINE
                .matcher(answers)
                .results()
                .map(line -> Integer.valueOf(line.group(1)))
                .toList();
    }

    private static void isTheLast(String answer, int status, String code) {
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status + " ")
                .containsIgnoringCase("\r\nConnection: close\r\n")
                .containsIgnoringCase("\r\nCache-Control: no-store\r\n")
                .containsIgnoringCase("\r\nContent-Type: application/problem+json\r\n")
                .containsPattern("(?i)\r\nX-Request-Id: [!-~]{1,128}\r\n")
                .containsPattern("(?i)\r\nDate: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT\r\n")
                .contains("\"code\":\"" + code + "\"", "\"outcome\":\"not_processed\"");
        assertThat(statuses(answer)).containsExactly(status);
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    // ---- what has more than one reading

    static final List<Arguments> ambiguous = List.of(
            arguments(
                    "6.1",
                    "POST /problems HTTP/1.1\n" + KNOWN + "Content-Length: 4\nTransfer-Encoding: chunked\n\n0\n\n"),
            arguments("6.1", "POST " + CREATE_CLIENT + " HTTP/1.0\n" + JSON + "Transfer-Encoding: chunked\n\n0\n\n"),
            arguments("6.3", "GET /problems HTTP/1.1\n" + KNOWN + "Content-Length: 0\nContent-Length: 5\n\n"),
            arguments("5.1", "GET /problems HTTP/1.1\n" + KNOWN + "Content-Length : 0\n\n"),
            arguments("5.2", "GET /problems HTTP/1.1\n" + KNOWN + "X: a\n b\n\n"),
            arguments("3.2", "GET /problems HTTP/1.1\n" + KNOWN + "Host: b\n\n"),
            arguments("2.3", "POST " + CREATE_CLIENT + " ABC/9.9\n" + JSON + "\n"),
            arguments("2.3", "GET /problems HTTP/3.0\n" + KNOWN + "\n"),
            arguments("3", "GET /" + "a".repeat(5000) + " HTTP/1.1\n" + KNOWN + "\n"),
            arguments("5", "GET / HTTP/1.1\n" + KNOWN + "X: " + "a".repeat(21_000) + "\n\n"),
            arguments("3.2.3", "CONNECT localhost:80 HTTP/1.1\nHost: localhost:80\n\n"),
            arguments("3.2", "GET /problems|x\u00e9 HTTP/1.1\n" + KNOWN + "\n"));

    @ParameterizedTest(name = "RFC 9112, {0}")
    @FieldSource("ambiguous")
    void aMessageWithMoreThanOneReadingIsAProblemAndTheEndOfItsConnection(String paragraph, String request)
            throws Exception {
        isTheLast(answer(request + SECOND), 400, "malformed-request");
    }

    @Test
    void aBareLineFeedIsAProblemToo() throws Exception {
        isTheLast(exchange(RestAssured.port, ("GET /problems HTTP/1.1\n" + KNOWN + "\n")), 400, "malformed-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json ; charset=utf-8",
                "application/json\t; charset=utf-8 ;",
                "application/json;charset=UTF-8",
                "Application/JSON",
                "application/json;"
            })
    void aMediaTypeIsReadInEachOfItsSpellings(String type) throws Exception {
        String request = "POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON.replace("application/json", type)
                + "Connection: close\nContent-Length: 2\n\n{}";

        assertThat(answer(request)).contains("\"code\":\"invalid-request\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                ", \t,",
                "application/*",
                "application/json \t; q=0.5, text/plain\t;q=0.1",
                "image/png,, */* ;q=0.1",
                "image/png\nAccept: */*",
                "application/json;v=\"a,b\", text/plain;v=\"a;b\\\", c\""
            })
    void acceptIsReadInEachOfItsSpellings(String accept) throws Exception {
        for (String path : List.of("/problems/not-found", "/q/metrics", "/q/openapi", "/q/health/live")) {
            assertThat(answer("GET " + path + " HTTP/1.1\n" + KNOWN + "Connection: close\nAccept: " + accept + "\n\n"))
                    .startsWith("HTTP/1.1 200 ");
        }
        assertThat(answer("POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Connection: close\nAccept: " + accept
                        + "\nContent-Length: 2\n\n{}"))
                .contains("\"code\":\"invalid-request\"");
    }

    /** Each is parsed several times before the caller is authenticated. */
    @ParameterizedTest
    @ValueSource(strings = {", ", "\nAccept: "})
    void acceptHasAHundredMediaTypesAtTheMost(String separator) throws Exception {
        String most = "image/png%s".formatted(separator).repeat(99) + "*/*";
        String tooMany = "image/png%s".formatted(separator).repeat(100) + "*/*";

        for (String path : List.of("/problems", "/q/metrics", "/q/openapi", "/q/health/live")) {
            assertThat(answer("GET " + path + " HTTP/1.1\n" + KNOWN + "Connection: close\nAccept: " + most + "\n\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(answer("GET " + path + " HTTP/1.1\n" + KNOWN + "Connection: close\nAccept: " + tooMany + "\n\n"))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("The header Accept has more than 100 media types.");
        }
    }

    @Test
    void theProblemNamesThePathThatWasCalled() throws Exception {
        assertThat(answer("POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Content-Length: 5, 5\n\nabcde"))
                .contains("\"instance\":\"" + CREATE_CLIENT + "\"")
                .contains("Content-Length");
    }

    @Test
    void whatWasAskedBeforeIsAnsweredBefore() throws Exception {
        String answers =
                answer("GET /problems/not-found HTTP/1.1\n" + KNOWN + "\nGET /x HTTP/1.1\n" + KNOWN + " x\n\n");

        assertThat(statuses(answers)).containsExactly(200, 400);
    }

    @Test
    void aBodyThatBreaksOffInAMalformedChunkIsNotCarriedOut() throws Exception {
        String json = ASHA.json();
        String chunk = Integer.toHexString(json.length()) + "\n" + json;

        isTheLast(
                answer("POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Transfer-Encoding: chunked\n\n" + chunk
                        + "\nx\n"),
                400,
                "malformed-request");
    }

    static final List<String> cutShort = List.of(
            "POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Content-Length: 50\n\n{",
            "POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON,
            "P",
            "PRI * HTTP/2.0\n\nSM\n");

    @ParameterizedTest
    @FieldSource("cutShort")
    void aRequestThatEndsBeforeItIsCompleteIsMalformed(String request) throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(wire(request));
            caller.endOutput();

            isTheLast(caller.everything(), 400, "malformed-request");
        }
    }

    /** RFC 9110, 9.3.6: what follows may have been meant for the tunnel. */
    @ParameterizedTest
    @ValueSource(strings = {CREATE_CLIENT, "/problems", "http://localhost/problems"})
    void nothingIsServedBehindARequestForATunnel(String target) throws Exception {
        String answer = answer("CONNECT " + target + " HTTP/1.1\n" + KNOWN + "\n" + SECOND);

        assertThat(answer).containsIgnoringCase("\r\nAllow: ");
        isTheLast(answer, 405, "method-not-allowed");
    }

    @Test
    void nothingIsServedBehindARequestThatEndsItsConnection() throws Exception {
        String answer = answer("GET /problems/not-found HTTP/1.1\n" + KNOWN + "Connection: x, close\n\n" + SECOND);

        assertThat(statuses(answer)).containsExactly(200);
        assertThat(answer).containsIgnoringCase("\r\nConnection: close\r\n");
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    @Test
    void chunksOfAnyFormThatIsRightAreRead() throws Exception {
        String answer = answer("POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Connection: close\n"
                + "Transfer-Encoding: Chunked\n\n5;x=\"y\"\n{\"use\n00B\nrname\":\"x\"}\n0\nX: trailer\n\n");

        assertThat(answer).startsWith("HTTP/1.1 422 ").contains("#/password").doesNotContain("#/username");
    }

    @Test
    void anUpgradeToHttp2IsIgnored() throws Exception {
        assertThat(statuses(answer("GET /problems/not-found HTTP/1.1\n" + KNOWN + "Upgrade: h2c\n"
                        + "Connection: Upgrade, HTTP2-Settings, close\nHTTP2-Settings: AAMAAABkAAQAAP__\n\n")))
                .containsExactly(200);
    }

    // ---- one reading of the path

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/verification/itr;a/create-client",
                "/v1;x/verification/itr/create-client",
                "/;/v1/verification/itr/create-client",
                "/v1/verification/itr/create-client;",
                "/v1/verification/itr/create-client;a=b",
                "/v1/verification/itr%3Ba/create-client",
                "/v1/verification/itr%2Fcreate-client",
                "/v1/verification/itr%2fcreate-client",
                "/v1/verification%2Fitr/create-client",
                "/v1/verification/itr/%63reate-client",
                "/v1/verification/itr/create%2Dclient",
                "/v1/verification/itr/create%2dclient",
                "/v1/verification/itr/create-client%20",
                "/v1/verification/itr/create-client%00",
                "/v1/verification/itr/create-client%",
                "/v1/verification/itr/create-client%2",
                "/v1/verification/itr/create-client%zz",
                "/v1/verification/itr/create-client%3F",
                "/v1/verification/itr/create-client%23",
                "/v1/verification/itr/create-client/",
                "/v1/verification/itr/create-client//",
                "/v1/verification/itr/create-client/.",
                "/v1/verification/itr/create-client/x/..",
                "/v1/verification/itr//create-client",
                "//v1/verification/itr/create-client",
                "///v1/verification/itr/create-client",
                "//localhost/v1/verification/itr/create-client",
                "/./v1/verification/itr/create-client",
                "/x/../v1/verification/itr/create-client",
                "/../v1/verification/itr/create-client",
                "/v1/verification/./itr/create-client",
                "/v1/verification/x/../itr/create-client",
                "/v1/verification/itr/%2e/create-client",
                "/v1/verification/x/%2E%2e/itr/create-client",
                "/v1/verification/x/.%2e/itr/create-client",
                "/v1\\verification\\itr\\create-client",
                "/v1/verification/itr/create-client#x",
                "/v1/verification/itr/create-client\\",
                "/V1/verification/itr/create-client",
                "/v1/verification/ITR/create-client",
                "/v1/verification/itr/Create-Client",
                "v1/verification/itr/create-client",
                "x:/v1/verification/itr/create-client",
                "http:/v1/verification/itr/create-client",
                "http://localhost?/v1/verification/itr/create-client",
                "http://other/v1/verification/itr/create-client",
                "http://localhost//v1/verification/itr/create-client",
                "http://localhost/v1/verification/itr;a/create-client",
                "http://u@localhost/v1/verification/itr/create-client",
                "ftp://localhost/v1/verification/itr/create-client"
            })
    void noSpellingOfAPathButThePlainOneReachesAnOperation(String target) throws Exception {
        String answer = answer("POST " + target + " HTTP/1.1\n" + JSON + "Connection: close\nContent-Length: "
                + ASHA.json().length() + "\n\n" + ASHA.json());

        assertThat(statuses(answer)).containsAnyOf(400, 404).hasSize(1);
        assertThat(answer).containsPattern("\"code\":\"(not-found|malformed-request)\"");
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/q/health;x/live",
                "/q/./health/live",
                "/q//health/live",
                "/q/health/live/",
                "/q/%68ealth/live",
                "/problems;x",
                "/problems/",
                "/problems/not%2Dfound",
                "//problems",
                "/status;x",
                "/reference;x",
                "http://localhost?x=1",
                "/;x"
            })
    void theSameHoldsForEveryPath(String target) throws Exception {
        assertThat(answer("GET " + target + " HTTP/1.1\n" + KNOWN + "Connection: close\n\n"))
                .startsWith("HTTP/1.1 404 ")
                .contains("\"code\":\"not-found\"");
    }

    @Test
    void aWholeUriOfTheSameHostIsThePathInIt() throws Exception {
        assertThat(statuses(
                        answer("GET http://localhost/problems/not-found HTTP/1.1\n" + KNOWN + "Connection: close\n\n")))
                .containsExactly(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://other/problems",
                "http://localhost:80/problems",
                "/problems#a",
                "ws://localhost/",
                "*",
                "localhost:80",
                "mailto:a@b"
            })
    void aTargetThatIsNotOfThisHostIsNamed(String target) throws Exception {
        assertThat(answer("GET " + target + " HTTP/1.1\n" + KNOWN + "Connection: close\n\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("The target of the request");
    }

    @Test
    void aQueryThatTheOperationDoesNotHaveIsRefused() throws Exception {
        String answer = answer(registration(ASHA)
                .replace(CREATE_CLIENT, CREATE_CLIENT + "?dry-run=true")
                .replace("\n\n", "\nConnection: close\n\n"));

        assertThat(answer).startsWith("HTTP/1.1 422 ").contains("\"code\":\"invalid-request\"");
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    // ---- what the head condemns

    static final List<Arguments> condemned = List.of(
            arguments(
                    413,
                    "payload-too-large",
                    "POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Content-Length: 65537\n"),
            arguments(
                    413,
                    "payload-too-large",
                    "POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Content-Length: 999999999999999999\n"),
            arguments(
                    415,
                    "unsupported-media-type",
                    "POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Content-Encoding: gzip\nContent-Length: 50\n"),
            arguments(
                    415,
                    "unsupported-media-type",
                    "POST " + CREATE_CLIENT + " HTTP/1.1\n" + KNOWN + "Content-Type: text/plain\nContent-Length: 50\n"),
            arguments(
                    401,
                    "unauthenticated",
                    "POST " + CREATE_CLIENT + " HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
                            + "Content-Length: 50\n"),
            arguments(
                    406,
                    "not-acceptable",
                    "POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Accept: image/png\nContent-Length: 50\n"),
            arguments(
                    405, "method-not-allowed", "PUT " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Content-Length: 50\n"),
            arguments(404, "not-found", "POST /nope HTTP/1.1\n" + JSON + "Content-Length: 50\n"),
            arguments(
                    400,
                    "malformed-request",
                    "POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Idempotency-Key:\nContent-Length: 50\n"));

    @ParameterizedTest
    @FieldSource("condemned")
    void whatItsHeadCondemnsIsNotAskedForItsBody(int status, String code, String head) throws Exception {
        isTheLast(answer(head + "Expect: 100-continue\n\n"), status, code);
    }

    @Test
    void whatItsHeadAllowsIsAskedForItsBody() throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            String[] headAndBody = wire(registration(new Person("", ""))).split("\r\n\r\n", 2);
            caller.send(headAndBody[0] + wire("\nExpect: 100-continue\n\n"));
            caller.until("HTTP/1.1 100 Continue\r\n\r\n");
            caller.send(headAndBody[1]);

            assertThat(caller.until("\r\n")).startsWith("HTTP/1.1 422 ");
        }
    }

    @Test
    void aBodyThatIsNotReadIsDroppedAndTheNextRequestServed() throws Exception {
        String big = "x".repeat(1024 * 1024);
        String answers = answer("POST " + CREATE_CLIENT
                + " HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: " + big.length() + "\n\n"
                + big + "GET /problems/not-found HTTP/1.1\n" + KNOWN + "Connection: close\n\n");

        assertThat(statuses(answers)).containsExactly(401, 200);
    }

    @Test
    void aBodyThatIsTooLongToBeDroppedEndsTheConnectionWithItsAnswer() throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(wire("POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Content-Length: 9000000\n\n"));

            assertThat(caller.until("\r\n\r\n"))
                    .startsWith("HTTP/1.1 413 ")
                    .containsIgnoringCase("\r\nConnection: close\r\n");
        }
    }

    @Test
    void bodiesThatAreNotReadAreDroppedHoweverManyOneConnectionCarries() throws Exception {
        String head = "POST " + CREATE_CLIENT
                + " HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 1048576\n\n";
        try (var caller = new RawCaller(RestAssured.port)) {
            for (int i = 0; i < 10; i++) {
                caller.send(wire(head));
                assertThat(caller.until("}")).startsWith("HTTP/1.1 401 ");
                caller.send("x".repeat(1024 * 1024));
            }
        }
    }

    @ParameterizedTest(name = "cut behind every {0} bytes or {1} requests")
    @CsvSource({"777, 3001", "1000000, 3001", "1000000, 16", "1000000, 1"})
    void thousandsOfRequestsSentAtOnceAreAnsweredInTheirOrder(int bytes, int requests) throws Exception {
        List<String> ids = new ArrayList<>();
        List<String> pieces = new ArrayList<>(List.of(""));
        for (int i = 0; i < 3_000; i++) {
            ids.add("number-" + i);
            String request = wire((i % 3 == 0 ? "PUT" : "GET") + " /problems/not-found HTTP/1.1\nHost: localhost\n"
                    + "X-Request-Id: number-" + i
                    + (i % 3 == 0 ? "\nTransfer-Encoding: chunked\n\n1\nx\n0\n\n" : "\n\n"));
            pieces.set(pieces.size() - 1, pieces.get(pieces.size() - 1) + request);
            if (i % requests == requests - 1) {
                pieces.add("");
            }
        }

        String answers;
        try (var caller = new RawCaller(RestAssured.port)) {
            for (String piece : pieces) {
                for (int at = 0; at < piece.length(); at += bytes) {
                    caller.send(piece.substring(at, Math.min(piece.length(), at + bytes)));
                }
            }
            caller.endOutput();
            answers = caller.everything();
        }

        assertThat(Pattern.compile("(?i)X-Request-Id: (number-[0-9]+)")
                        .matcher(answers)
                        .results()
                        .map(id -> id.group(1)))
                .containsExactlyElementsOf(ids);
        assertThat(statuses(answers).stream().filter(status -> status >= 200))
                .hasSize(3_000)
                .startsWith(405, 200, 200, 405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"miracles", "100-continue;q=1", "\"100-continue\"", "100"})
    void anotherExpectationIsMalformed(String expectation) throws Exception {
        assertThat(answer(registration(ASHA).replace("\n\n", "\nExpect: " + expectation + "\nConnection: close\n\n")))
                .startsWith("HTTP/1.1 400 ")
                .contains("\"code\":\"malformed-request\"");
    }

    @Test
    void whoExpectsMoreThanToContinueIsNotAskedForABody() throws Exception {
        isTheLast(
                answer("POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON
                        + "Content-Length: 50\nExpect: 100-continue, miracles\n\n"),
                400,
                "malformed-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"100-continue, 100-Continue", ",100-continue", "\nExpect: 100-continue"})
    void anExpectationIsReadInEachOfItsSpellings(String expectation) throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(wire("POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Content-Length: 2\nExpect: "
                    + expectation + "\n\n"));
            caller.until("HTTP/1.1 100 Continue\r\n\r\n");
            caller.send("{}");

            assertThat(caller.until("\r\n")).startsWith("HTTP/1.1 422 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ,"})
    void anEmptyListExpectsNothingAndNamesNoCoding(String list) throws Exception {
        assertThat(answer(registration(new Person("", ""))
                        .replace(
                                "\n\n",
                                "\nExpect: " + list + "\nContent-Encoding: " + list + "\nConnection: close\n\n")))
                .startsWith("HTTP/1.1 422 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "deflate", "identity, gzip", "zstd", "x"})
    void aCompressedBodyIsUnsupportedAndSaysWhatIsNot(String coding) throws Exception {
        assertThat(answer(registration(ASHA)
                        .replace("\n\n", "\nContent-Encoding: " + coding + "\nConnection: close\n\n")))
                .startsWith("HTTP/1.1 415 ")
                .containsIgnoringCase("\r\nAccept-Encoding: identity\r\n")
                .contains("\"code\":\"unsupported-media-type\"");
    }

    // ---- methods

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                CREATE_CLIENT + "| OPTIONS, POST",
                "/problems | GET, HEAD, OPTIONS",
                "/problems/not-found | GET, HEAD, OPTIONS",
                "/q/health/live | GET, HEAD, OPTIONS",
                "/q/health/ready | GET, HEAD, OPTIONS",
                "/q/health | GET, HEAD, OPTIONS",
                "/q/metrics | GET, HEAD, OPTIONS",
                "/q/openapi | GET, HEAD, OPTIONS"
            })
    void allowIsTrueAndTheSameInEveryAnswer(String path, String allow) throws Exception {
        for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "get", "X")) {
            String answer = answer(method + " " + path + " HTTP/1.1\n" + KNOWN + "Connection: close\n\n");
            boolean allowed = List.of(allow.split(", ")).contains(method);

            assertThat(statuses(answer).get(0) == 405)
                    .as(method + ": " + answer)
                    .isEqualTo(!allowed);
            if (!allowed || method.equals("OPTIONS")) {
                assertThat(answer).as(method).containsIgnoringCase("\r\nAllow: " + allow + "\r\n");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/verification/itr",
                "/v1/verification/itr/nope",
                CREATE_CLIENT + "/nope",
                "/problems/not-found/nope",
                "/q/metrics/nope",
                "/q/health/group/nope/nope",
                "/nope"
            })
    void aPathThatDoesNotExistHasNoMethod(String path) throws Exception {
        for (String method : List.of("GET", "HEAD", "POST", "PUT", "OPTIONS", "X")) {
            assertThat(answer(method + " " + path + " HTTP/1.1\n" + KNOWN + "Connection: close\n\n"))
                    .as(method)
                    .startsWith("HTTP/1.1 404 ")
                    .doesNotContainIgnoringCase("\r\nAllow:");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/problems", "/problems/not-found", "/q/health/live", "/q/metrics", "/q/openapi", "/nope"})
    void headSaysWhatGetSaysWithoutABody(String path) throws Exception {
        String head = answer("HEAD " + path + " HTTP/1.1\n" + KNOWN + "Connection: close\n\n");
        String get = answer("GET " + path + " HTTP/1.1\n" + KNOWN + "Connection: close\n\n");

        assertThat(head).endsWith("\r\n\r\n");
        assertThat(statuses(head)).isEqualTo(statuses(get));
    }

    @Test
    void theServiceAsAWholeListsItsMethods() throws Exception {
        assertThat(answer("OPTIONS * HTTP/1.1\n" + KNOWN + "Connection: close\n\n"))
                .startsWith("HTTP/1.1 204 ")
                .containsIgnoringCase("\r\nAllow: GET, HEAD, OPTIONS, POST\r\n");
    }

    // ---- nothing that a caller sends is a fault of the service

    private static final List<String> ODD_FIELDS = List.of(
            "Content-Type: x",
            "Content-Type: ",
            "Content-Type: /",
            "Content-Type: a/b/c",
            "Content-Type: a/b;c",
            "Content-Type: application/json;charset=nope",
            "Content-Type: a/b\nContent-Type: c/d",
            "Content-Type: */*",
            "Content-Type: multipart/form-data",
            "Accept: image/png",
            "Accept: x",
            "Accept: ",
            "Accept: a/b;q=x",
            "Accept: ,,,",
            "Accept: */json",
            "Accept: \u00e9/\u00e9",
            "Accept: " + "a/b,".repeat(2000),
            "Accept-Language: \u00e9;q=x\nAccept-Charset: ;\nAccept-Encoding: ;;q",
            "Authorization: ",
            "Authorization: Basic !",
            "Authorization: Bearer a.b.c",
            "x-api-key: \u00e9\nX-Request-Id: \u00e9\nCookie: =;;=\"",
            "Origin: \u00e9\nRange: bytes=x\nIf-Modified-Since: x\nIf-None-Match: \"",
            "Forwarded: for=\nX-Forwarded-For: ,\nX-Forwarded-Port: x\nX-HTTP-Method-Override: X",
            "Prefer: wait=x\nIdempotency-Key: \"\ntraceparent: 00-0-0-0",
            "Upgrade: websocket\nConnection: Upgrade",
            "Content-Encoding: x");

    private static final List<String> PATHS = List.of(
            CREATE_CLIENT,
            "/problems",
            "/problems/not-found",
            "/v1/verification/itr/get-itr-details",
            "/",
            "/q/health",
            "/q/health/live",
            "/q/health/ready",
            "/q/health/started",
            "/q/metrics",
            "/q/openapi",
            "/reference",
            "/status",
            "/nope",
            "/problems?x=%zz",
            "/problems?%ff=%fe");

    @ParameterizedTest
    @FieldSource("PATHS")
    @DisabledOnIntegrationTest("the log of another process")
    void noHeadIsAnErrorWhateverItSaysAndWhereverItGoes(String path) throws Exception {
        try (var log = new LoggedLines("")) {
            for (String field : ODD_FIELDS) {
                for (String method : List.of("GET", "HEAD", "OPTIONS", "POST")) {
                    String request = "%s %s HTTP/1.1\nHost: localhost\n%s\n\n".formatted(method, path, field);

                    isNoFaultOfTheService(request, wholeAnswer(request));
                }
            }
            isQuiet(log);
        }
    }

    private static String wholeAnswer(String request) throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(wire(request));
            caller.endOutput();
            return caller.everything();
        }
    }

    private static void isNoFaultOfTheService(String request, String answer) {
        int status = statuses(answer).get(0);
        assertThat(status).as(request + answer).isLessThan(500);
        if (status >= 400 && !request.startsWith("HEAD")) {
            assertThat(answer).as(request).contains("application/problem+json", "\"code\":\"");
        }
    }

    private static void isQuiet(LoggedLines log) {
        assertThat(log.all()).noneMatch(line -> line.level().intValue() >= Level.WARNING.intValue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
                "GET / HTTP",
                "GET / HTTP/1.1\nHost: a",
                "POST /v1/verification/itr/create-client HTTP/1.1\nHost: a\nContent-Length: 5\n\na",
                "P",
                "PRI * HTTP/2.0\n",
                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n5\na",
                "GET /problems HTTP/1.1\nHost: a\n\n",
                "\n",
                ""
            })
    @DisabledOnIntegrationTest("the log of another process")
    void aConnectionThatBreaksSaysNothingInTheLog(String sent) throws Exception {
        try (var log = new LoggedLines("")) {
            var caller = new RawCaller(RestAssured.port);
            caller.send(wire(sent));
            caller.reset();
            // The next connection is served by the same few event loops; when they have answered it, they have seen the
            // reset.
            for (int loop = 0; loop < 8; loop++) {
                answer("GET /problems/not-found HTTP/1.1\n" + KNOWN + "Connection: close\n\n");
            }

            isQuiet(log);
        }
    }

    // ---- requests that do not arrive

    static final List<String> halves = List.of(
            "\n",
            "GET /pro",
            "GET /problems HTTP/1.1\nHost: localhost\nX: ",
            "POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Content-Length: 50\n\n{",
            "POST " + CREATE_CLIENT + " HTTP/1.1\n" + JSON + "Transfer-Encoding: chunked\n\n5\n{");

    @Test
    void whatDoesNotArriveInTimeIsAProblemAndTheEndOfItsConnection() throws Exception {
        List<RawCaller> callers = new ArrayList<>();
        for (String half : halves) {
            callers.add(new RawCaller(RestAssured.port));
            callers.get(callers.size() - 1).send(wire(half));
        }

        for (RawCaller caller : callers) {
            isTheLast(caller.everything(), 408, "request-timeout");
            caller.close();
        }
    }

    @Test
    void aByteNowAndThenDoesNotMakeTheTimeLonger() throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(wire("GET /problems HTTP/1.1\nHost: localhost\nX: "));
            var trickle = new Thread(() -> caller.trickle("x"));
            trickle.start();

            isTheLast(caller.everything(), 408, "request-timeout");
        }
    }

    @Test
    void aConnectionOnWhichNothingIsSaidIsEnded() throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            assertThat(caller.everything()).isEmpty();
        }
    }

    // ---- half-closed connections

    @Test
    void aCallerThatHasEndedItsSideGetsItsAnswer() throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(wire(registration(magic("upstream-timeout"))));
            caller.endOutput();

            assertThat(statuses(caller.everything())).last().isIn(503, 504);
        }
    }

    @Test
    void aCallerThatHasGoneIsFoundOut() throws Exception {
        double before = callersGone();
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(wire(registration(magic("upstream-timeout"))));
        }

        await().untilAsserted(() -> assertThat(callersGone()).isEqualTo(before + 1));
    }

    /** Whether a call had been sent when its caller's end was seen depends on the machine. */
    private static double callersGone() {
        return Stream.of("not_processed", "unknown")
                .mapToDouble(outcome -> metric(
                        "gateway_calls_seconds_count{code=\"caller-gone\",operation=\"create-client\",outcome=\"%s\",status=\"0\"}"
                                .formatted(outcome)))
                .sum();
    }

    // ---- HTTP/2 is judged alike -------------------------------------------------------------------------------------

    @Test
    void halfABodyOverHttp2EndsItsStreamAndNotTheConnection() throws Exception {
        try (var caller = RawHttp2.connect(RestAssured.port)) {
            caller.send(RawHttp2.registrationHead(1));

            assertThat(caller.answer(1).status()).isEqualTo(408);
            assertThat(caller.stream(1).body()).contains("\"code\":\"request-timeout\"");
            caller.register(3);
            assertThat(caller.answer(3).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/|",
                "/%zz",
                "/a\"b",
                "/problems?a=<",
                "/{",
                "*",
                "/v1/verification/itr/create-client?x=^",
                "problems",
                "http://localhost/problems/not-found",
                "HTTPS://localhost/problems/not-found"
            })
    void aTargetThatIsNoneIsAProblemOverHttp2Too(String target) throws Exception {
        try (var caller = RawHttp2.connect(RestAssured.port)) {
            caller.send(RawHttp2.headers(1, RawHttp2.END_STREAM, RawHttp2.request("GET", target, "host", "localhost")));

            assertThat(caller.answer(1).status()).isEqualTo(400);
            assertThat(caller.stream(1).body()).contains("\"code\":\"malformed-request\"");
            caller.register(3);
            assertThat(caller.answer(3).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/verification/itr;a/create-client",
                "/v1;x/verification/itr/create-client",
                "/v1/verification/itr/create-client;a=b",
                "/v1/verification/itr%3Ba/create-client",
                "/v1/verification/itr%2Fcreate-client",
                "/v1/verification/itr/%63reate-client",
                "/v1/verification/itr/create-client/",
                "/v1/verification/itr//create-client",
                "//v1/verification/itr/create-client",
                "//localhost/v1/verification/itr/create-client",
                "/./v1/verification/itr/create-client",
                "/v1/verification/x/../itr/create-client",
                "/v1/verification/itr/%2e/create-client",
                "/v1/verification/x/%2E%2e/itr/create-client",
                "/v1/verification/itr/create-client#x",
                "/V1/verification/itr/create-client",
                "http://localhost/v1/verification/itr/create-client"
            })
    void noSpellingOfAPathButThePlainOneReachesAnOperationOverHttp2(String target) throws Exception {
        try (var caller = RawHttp2.connect(RestAssured.port)) {
            caller.send(
                    RawHttp2.headers(
                            1,
                            0,
                            RawHttp2.request(
                                    "POST", target, "x-api-key", Sandbox.API_KEY, "content-type", "application/json")),
                    RawHttp2.lastData(1, ASHA.json()));

            assertThat(caller.answer(1).status()).isIn(400, 404);
            assertThat(caller.stream(1).body()).containsPattern("\"code\":\"(not-found|malformed-request)\"");
            assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
            caller.register(3);
            assertThat(caller.answer(3).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @FieldSource("PATHS")
    @DisabledOnIntegrationTest("the log of another process")
    void noHeadIsAnErrorOverHttp2Either(String path) throws Exception {
        try (var log = new LoggedLines("");
                var caller = RawHttp2.connect(RestAssured.port, RawHttp2.INITIAL_WINDOW_SIZE, 1 << 20)) {
            int stream = -1;
            for (String fields : ODD_FIELDS) {
                for (String method : List.of("GET", "HEAD", "OPTIONS", "POST")) {
                    stream += 2;
                    caller.send(RawHttp2.headers(
                            stream, RawHttp2.END_STREAM, RawHttp2.request(method, path, namesAndValues(fields))));

                    var answer = caller.answer(stream);
                    // A head that HTTP/2 does not allow is the end of its stream.
                    assertThat(answer.reset() >= 0 || answer.status() >= 200 && answer.status() < 500)
                            .as("%s %s %s: %d", method, path, fields, answer.status())
                            .isTrue();
                    if (answer.status() >= 400 && !method.equals("HEAD")) {
                        assertThat(answer.body()).as(fields).contains("\"code\":\"");
                    }
                }
            }
            assertThat(caller.isAlive()).isTrue();
            isQuiet(log);
        }
    }

    private static String[] namesAndValues(String fields) {
        return fields.lines()
                .map(field -> field.split(": ?", 2))
                .flatMap(field -> Stream.of(field[0].toLowerCase(Locale.ROOT), field[1].strip()))
                .toArray(String[]::new);
    }

    @Test
    void theServiceAsAWholeCanBeAskedOverHttp2Too() throws Exception {
        try (var caller = RawHttp2.connect(RestAssured.port)) {
            caller.send(RawHttp2.headers(1, RawHttp2.END_STREAM, RawHttp2.request("OPTIONS", "*")));

            assertThat(caller.answer(1).status()).isEqualTo(204);
        }
    }
}
