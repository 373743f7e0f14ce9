package io.itrgateway.upstream;

import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CREDENTIALS_REFUSED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_ERROR;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_INVALID_RESPONSE;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_REJECTED_FIELDS;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_REJECTED_REQUEST;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.fairness.EventLoopWork;
import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import io.itrgateway.transport.Answer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies are written with single quotes, which {@link #answer} turns into double ones. */
class RefusalDecoderTest {

    private static final String PAN = "ABCDE1234F";
    private static final String PASSWORD = "correct #horse & 7";

    private static final String HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";

    /** What the upstream is known to answer, and what must be expected of it. */
    private static final List<String> SHAPES = List.of(
            "{'detail':'PECULIAR'}",
            "{'message':'PECULIAR'}",
            "{'error':'PECULIAR'}",
            "{'message_code':'PECULIAR'}",
            "{'error':'Internal Server Error','message':'PECULIAR','code':500,'requestId':'req_1234567890'}",
            "{'error':'Unprocessable Entity','message':'PECULIAR','code':422,'details':[{'field':'f','message':'PECULIAR'}]}",
            "{'detail':[{'loc':['body','password'],'msg':'PECULIAR','type':'value_error'}]}",
            "{'detail':{'reason':'PECULIAR'}}",
            "{'detail':'PECULIAR",
            "'PECULIAR'",
            "['PECULIAR']",
            "PECULIAR",
            "<html><body>PECULIAR</body></html>",
            "");

    private final RefusalDecoder decoder = new RefusalDecoder(List.of(Secret.of(PASSWORD), Secret.of(PAN)));

    @Nested
    class OfARequestThatIsNotKnown {

        private final RefusalDecoder blind = RefusalDecoder.ofUnknownRequest();

        private GatewayException problem(int status, String body) {
            return (GatewayException) blind.decode(answer(status, body, Optional.empty()));
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 404, 409, 422, 429, 500, 503})
        void noTextOfTheUpstreamIsShown(int status) {
            for (String shape : SHAPES) {
                var problem = problem(status, shape);

                assertThat(problem.detail()).doesNotContain("PECULIAR");
                assertThat(problem.errors()).isEmpty();
                assertThat(problem.transactionId()).isEmpty();
            }
        }

        @Test
        void aTextOfTheDocumentationIsShown() {
            assertThat(problem(422, "{'detail':'Invalid Pan pattern'}").detail())
                    .isEqualTo("Deepvue says: Invalid Pan pattern");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "ece94d5e2749482faa10184962e9e34a",
                    "txn_ece94d5e2749482faa10184962e9e34a",
                    "ece94d5e-2749-482f-aa10-184962e9e34a"
                })
        void anIdOfTheDocumentationIsShown(String id) {
            assertThat(problem(500, "{'transaction_id':'%s'}".formatted(id)).transactionId())
                    .contains(id);
        }

        @ParameterizedTest
        @ValueSource(strings = {PAN, "txn_of_" + PAN, "123412341234", "correct horse", "req_9876543210"})
        void whatMayBeSomethingElseIsNoId(String id) {
            assertThat(problem(500, "{'transaction_id':'%s'}".formatted(id)).transactionId())
                    .isEmpty();
        }

        @Test
        void aRefusedTokenIsStillARefusedToken() {
            assertThat(blind.decode(answer(401, "{}", Optional.empty()))).isInstanceOf(TokenRefused.class);
            assertThat(blind.decode(answer(403, "{'detail':'Not a valid token'}", Optional.empty())))
                    .isInstanceOf(TokenRefused.class);
        }
    }

    @Nested
    class TheToken {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'detail':'Not authenticated'}",
                    "{'detail':'Could not validate credentials'}",
                    "{'detail':'Invalid client_id'}",
                    "{'detail':'Authorization failure'}",
                    "{'message':'anything else'}",
                    "<html><body>401</body></html>",
                    "{'detail':'cut sh",
                    ""
                })
        void isRefusedByA401WhateverItSays(String body) {
            assertThat(decoded(401, body)).isInstanceOf(TokenRefused.class);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'detail':'Not a valid token'}",
                    "{'message':'Not a valid token'}",
                    "{'error':'Forbidden','message':'not a VALID token','code':403}",
                    "{'detail':'','message':'Not a valid token'}"
                })
        void isRefusedByA403ThatSaysSo(String body) {
            assertThat(decoded(403, body)).isInstanceOf(TokenRefused.class);
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 404, 422, 429, 500, 503})
        void isNotRefusedByAnotherStatusThatSaysSo(int status) {
            assertThat(decoded(status, "{'detail':'Not a valid token'}")).isNotInstanceOf(TokenRefused.class);
        }
    }

    @Nested
    class TheAccount {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'detail':'Forbidden'}",
                    "{'detail':'Your plan does not include this'}",
                    "{'detail':'PECULIAR Not a valid token'}",
                    "{'detail':['Not a valid token']}",
                    "Not a valid token",
                    "<html><body>403</body></html>",
                    ""
                })
        void isRefusedByEveryOther403(String body) {
            assertThat(problem(403, body)).satisfies(failure -> isPlain(failure, UPSTREAM_CREDENTIALS_REFUSED));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'detail':'Inactive client_id'}",
                    "{'detail':'INACTIVE CLIENT_ID'}",
                    "{'detail':'inactive client_id: client-4711'}",
                    "{'message':'Inactive client_id'}",
                    "{'error':'Inactive client_id'}"
                })
        void isRefusedByA400ThatCallsItInactive(String body) {
            assertThat(problem(400, body)).satisfies(failure -> isPlain(failure, UPSTREAM_CREDENTIALS_REFUSED));
        }

        @ParameterizedTest
        @ValueSource(strings = {"{'detail':'Insufficient credits of client-4711'}", "<html>402</html>", ""})
        void isRefusedWherePaymentIsRequired(String body) {
            assertThat(problem(402, body)).satisfies(failure -> isPlain(failure, UPSTREAM_CREDENTIALS_REFUSED));
        }
    }

    @Nested
    class TheRequest {

        @ParameterizedTest
        @ValueSource(ints = {400, 404, 405, 406, 409, 410, 412, 413, 414, 415, 416, 418, 423, 424, 428, 451, 499})
        void isRefusedByEvery4xxThatIsNotNamed(int status) {
            var failure = problem(status, "{'detail':'Bad Request'}");

            assertThat(failure.kind()).isEqualTo(UPSTREAM_REJECTED_REQUEST);
            assertThat(failure.detail()).isEqualTo("Deepvue says: Bad Request");
            assertThat(failure.errors()).isEmpty();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{'detail':'told'}",
                    "{'message':'told'}",
                    "{'error':'told'}",
                    "{'message_code':'told'}",
                    "{'error':'Not Found','message':'told','code':404}",
                    "{'detail':' ','message':'told'}",
                    "{'detail':{'a':'b'},'message':'told'}",
                    "{'detail':42,'error':'told'}",
                    "{'detail':'told','message':'and more'}"
                })
        void isExplainedInTheUpstreamsOwnWords(String body) {
            assertThat(problem(404, body).detail()).isEqualTo("Deepvue says: told");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "Bad Request",
                    "<html><body>Bad Request</body></html>",
                    "<!DOCTYPE html><p>Bad Request</p>",
                    "{'detail':'Bad Req",
                    "'Bad Request'",
                    "['Bad Request']",
                    "{'detail':['Bad Request']}",
                    "{'detail':{'text':'Bad Request'}}",
                    "{'detail':400}",
                    "{'detail':null}",
                    "{'detail':'\\t '}",
                    "{'Detail':'Bad Request'}",
                    "{'data':{'detail':'Bad Request'}}"
                })
        void isExplainedInOurWordsWhereTheUpstreamHasNone(String body) {
            assertThat(problem(400, body)).satisfies(failure -> isPlain(failure, UPSTREAM_REJECTED_REQUEST));
            assertThat(problem(422, body)).satisfies(failure -> isPlain(failure, UPSTREAM_REJECTED_FIELDS));
        }

        @Test
        void isRefusedFieldByFieldInTheDocumentedShape() {
            var failure = problem(422, """
                    {'error':'Unprocessable Entity','message':'Validation failed','code':422,\
                    'details':[{'field':'password','message':'Password must be at least 8 characters long'},\
                    {'field':'username','message':'Invalid Pan pattern'}]}""");

            assertThat(failure.kind()).isEqualTo(UPSTREAM_REJECTED_FIELDS);
            assertThat(failure.detail()).isEqualTo("Deepvue says: Validation failed");
            assertThat(failure.errors())
                    .containsExactly(
                            new FieldFault("#/password", "Password must be at least 8 characters long"),
                            new FieldFault("#/username", "Invalid Pan pattern"));
        }

        @Test
        void isRefusedFieldByFieldInTheShapeOfItsFramework() {
            var failure = problem(422, """
                    {'detail':[{'loc':['body','password'],'msg':'field required','type':'value_error.missing'},\
                    {'loc':['body'],'msg':'not a dict','type':'type_error'},\
                    {'loc':['body','list',0,'name'],'msg':'too short','type':'value_error'},\
                    {'loc':['query','id'],'msg':'not a number','type':'type_error'}]}""");

            assertThat(failure.kind()).isEqualTo(UPSTREAM_REJECTED_FIELDS);
            assertThat(failure.detail()).isEqualTo(UPSTREAM_REJECTED_FIELDS.advice());
            assertThat(failure.errors())
                    .containsExactly(
                            new FieldFault("#/password", "field required"),
                            new FieldFault("#", "not a dict"),
                            new FieldFault("#/list/0/name", "too short"),
                            new FieldFault("#/query/id", "not a number"));
        }

        @Test
        void isRefusedInOneSentence() {
            var failure = problem(422, "{'detail':'Invalid Pan pattern'}");

            assertThat(failure.kind()).isEqualTo(UPSTREAM_REJECTED_FIELDS);
            assertThat(failure.detail()).isEqualTo("Deepvue says: Invalid Pan pattern");
            assertThat(failure.errors()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 404, 409, 418})
        void isRefusedFieldByFieldOnlyByA422(int status) {
            assertThat(problem(status, "{'details':[{'field':'password','message':'too short'}]}")
                            .errors())
                    .isEmpty();
        }

        @Test
        void isRefusedForAFieldWithoutAReasonAndForAReasonWithoutAField() {
            var failure = problem(
                    422, "{'details':[{'field':'password'},{'message':'too short'},{},{'field':' ','message':''}]}");

            assertThat(failure.errors())
                    .containsExactly(new FieldFault("#/password", ""), new FieldFault("#", "too short"));
        }

        @Test
        void hasFiftyFaultsAtTheMost() {
            String details = IntStream.range(0, 1_000)
                    .mapToObj("{'field':'f%d','message':'no'}"::formatted)
                    .collect(joining(","));

            assertThat(problem(422, "{'details':[" + details + "]}").errors())
                    .hasSize(50)
                    .endsWith(new FieldFault("#/f49", "no"));
        }
    }

    @Nested
    class TheUpstream {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'detail':'Rate limit exceeded. Please retry after some time.'}",
                    "{'detail':'PECULIAR'}",
                    "<html>429</html>",
                    ""
                })
        void isAtItsLimit(String body) {
            var failure = problem(429, body);

            assertThat(failure.kind()).isEqualTo(QUOTA_EXHAUSTED);
            assertThat(failure.detail()).isEqualTo("Deepvue says that the plan's rate limit is exceeded.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{'detail':'Source Unavailable'}", "{'detail':'PECULIAR'}", "<html>503</html>", ""})
        void isUnavailable(String body) {
            var failure = problem(503, body);

            assertThat(failure.kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
            assertThat(failure.detail()).isEqualTo("Deepvue says that it, or its source, is unavailable.");
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource({
            "407, 'RFC 9110, 15.5.8: a proxy wants credentials'",
            "408, 'RFC 9110, 15.5.9: the request did not arrive in full'",
            "411, 'RFC 9110, 15.5.12: not accepted without a length'",
            "417, 'RFC 9110, 15.5.18: an expectation not met by a server on the way'",
            "421, 'RFC 9110, 15.5.20: not the server for this request'",
            "425, 'RFC 8470, 5.2: not processed, since it might be a replay'",
            "426, 'RFC 9110, 15.5.22: not performed with this protocol'",
            "431, 'RFC 6585, 5: not processed with headers of this size'",
            "505, 'RFC 9110, 15.6.6: not with this version of HTTP'",
            "511, 'RFC 6585, 6: a network on the way wants to be logged in to'"
        })
        void hasDoneNothingWhereHttpSaysSo(int status, String why) {
            assertThat(List.of("{'detail':'PECULIAR'}", HTML, "")).allSatisfy(body -> {
                var failure = problem(status, body);

                assertThat(failure.kind()).as(why).isEqualTo(UPSTREAM_UNAVAILABLE);
                assertThat(failure.kind().outcome()).isEqualTo(Outcome.NOT_PROCESSED);
                assertThat(failure.detail()).contains(Integer.toString(status)).doesNotContain("PECULIAR", "<");
                assertThat(failure.retryAfterSeconds()).contains(1L);
            });
        }

        @ParameterizedTest
        @ValueSource(ints = {500, 501, 502, 504, 506, 507, 508, 510, 520, 521, 529, 599, 600, 999})
        void hasFailed(int status) {
            assertThat(problem(status, HTML)).satisfies(failure -> isPlain(failure, UPSTREAM_ERROR));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 100, 101, 103, 199, 300, 301, 302, 303, 304, 307, 308, 399})
        void hasGivenAnAnswerThatIsNeitherSuccessNorRefusal(int status) {
            assertThat(problem(status, "{'detail':'PECULIAR'}"))
                    .satisfies(failure -> isPlain(failure, UPSTREAM_INVALID_RESPONSE));
        }

        @ParameterizedTest
        @ValueSource(ints = {408, 425, 429, 503, 511})
        void saysInSecondsWhenToComeBack(int status) {
            assertThat(Stream.of("2", "17", "0060", "86400"))
                    .allSatisfy(
                            seconds -> assertThat(retryAfter(status, seconds)).contains(Long.parseLong(seconds)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "0", "-5", "5s", "soon", "+5", "５", "Sun, 08 Mar 2026 00:00:00 GMT"})
        void saysNothingUsefulOfWhenToComeBackSoItIsASecond(String header) {
            assertThat(retryAfter(429, header)).contains(1L);
            assertThat(retryAfter(503, header)).contains(1L);
        }

        @Test
        void saysNothingOfWhenToComeBackSoItIsASecond() {
            assertThat(problem(429, "").retryAfterSeconds()).contains(1L);
            assertThat(problem(503, "").retryAfterSeconds()).contains(1L);
        }

        @ParameterizedTest
        @ValueSource(ints = {403, 429, 500, 502, 503, 504, 302, 100})
        void isNotQuotedWhereItIsNotMeantForTheCaller(int status) {
            assertThat(SHAPES)
                    .allSatisfy(shape ->
                            assertThat(everythingSaidBy(decoded(status, shape))).doesNotContain("PECULIAR"));
        }

        @Test
        void isNotQuotedInWhatItSaysOfTheToken() {
            assertThat(SHAPES)
                    .allSatisfy(shape ->
                            assertThat(everythingSaidBy(decoded(401, shape))).doesNotContain("PECULIAR"));
        }

        @Test
        void isNotQuotedInWhatItSaysOfTheAccount() {
            assertThat(everythingSaidBy(decoded(400, "{'detail':'Inactive client_id PECULIAR'}")))
                    .doesNotContain("PECULIAR");
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 404, 409, 418, 422})
        void isNotQuotedIfItComesFromAnIntermediary(int status) {
            assertThat(everythingSaidBy(decoded(status, HTML))).doesNotContain("nginx", "<");
        }
    }

    @Nested
    class TheTransaction {

        @ParameterizedTest
        @ValueSource(strings = {"transaction_id", "requestId", "request_id"})
        void isKnownByAnyOfItsNames(String member) {
            assertThat(problem(500, "{'message':'x','" + member + "':'req_1234567890'}")
                            .transactionId())
                    .contains("req_1234567890");
        }

        @ParameterizedTest
        @ValueSource(ints = {302, 400, 403, 404, 409, 422, 429, 500, 502, 503})
        void isKnownWhateverTheStatus(int status) {
            assertThat(problem(status, "{'detail':'x','transaction_id':'txn_1'}")
                            .transactionId())
                    .contains("txn_1");
        }

        @Test
        void isKnownOfARefusedAccount() {
            assertThat(problem(400, "{'detail':'Inactive client_id','transaction_id':'txn_1'}")
                            .transactionId())
                    .contains("txn_1");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'transaction_id':17}",
                    "{'transaction_id':null}",
                    "{'transaction_id':' '}",
                    "{'transaction_id':{'id':'txn_1'}}",
                    "{'transaction_id':['txn_1']}",
                    "{'data':{'transaction_id':'txn_1'}}",
                    "'txn_1'",
                    ""
                })
        void isNotKnownIfItIsNoText(String body) {
            assertThat(problem(500, body).transactionId()).isEmpty();
        }
    }

    @Nested
    class WhatTheCallerHadSent {

        @ParameterizedTest
        @ValueSource(ints = {400, 404, 409, 418, 422})
        void isHiddenInTheDetail(int status) {
            assertThat(problem(status, "{'detail':'User ABCDE1234F with correct #horse & 7 is not ABCDE1234F'}")
                            .detail())
                    .isEqualTo("Deepvue says: User *** with *** is not ***");
        }

        @Test
        void isHiddenInTheFaultsOfFields() {
            var failure = problem(422, """
                    {'details':[{'field':'correct #horse & 7','message':'ABCDE1234F is not known'}],\
                    'detail':[{'loc':['body','ABCDE1234F'],'msg':'not correct #horse & 7'}]}""");

            assertThat(failure.errors())
                    .containsExactly(new FieldFault("#/***", "*** is not known"), new FieldFault("#/***", "not ***"));
        }

        @Test
        void isHiddenInTheTransaction() {
            assertThat(problem(500, "{'transaction_id':'txn-ABCDE1234F-1'}").transactionId())
                    .contains("txn-***-1");
        }

        @Test
        void isHiddenThoughItIsWrittenInEscapes() {
            assertThat(problem(400, "{'detail':'\\u0041BCDE1234F: correct #horse \\u0026 7'}")
                            .detail())
                    .isEqualTo("Deepvue says: ***: ***");
        }

        @Test
        void isHiddenThoughTheTextIsCutInTheMiddleOfIt() {
            var failure = problem(400, "{'detail':'" + "x".repeat(495) + "ABCDE1234F'}");

            assertThat(failure.detail()).endsWith("xxx***").doesNotContain("ABC");
        }

        @Test
        void isHiddenInEveryShapeAndForEveryStatus() {
            assertThat(IntStream.rangeClosed(300, 599))
                    .allSatisfy(status -> assertThat(SHAPES)
                            .allSatisfy(shape -> assertThat(everythingSaidBy(decoded(
                                            status, shape.replace("PECULIAR", "user ABCDE1234F, correct #horse & 7"))))
                                    .doesNotContain(PAN, PASSWORD)));
        }
    }

    @Nested
    class TheUpstreamsText {

        @Test
        void isCutAfterFiveHundredCharacters() {
            assertThat(problem(400, "{'detail':'" + "🙏".repeat(501) + "'}").detail())
                    .isEqualTo("Deepvue says: " + "🙏".repeat(500));
        }

        @Test
        void isCutInTheFaultsOfFieldsAndInTheTransactionToo() {
            String endless = "x".repeat(10_000);
            var failure = problem(
                    422,
                    "{'transaction_id':'@','details':[{'field':'@','message':'@'}],'detail':[{'loc':['@','@'],'msg':'@'}]}"
                            .replace("@", endless));

            assertThat(Stream.concat(
                            failure.transactionId().stream(),
                            failure.errors().stream().flatMap(fault -> Stream.of(fault.pointer(), fault.detail()))))
                    .hasSize(5)
                    .allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(502));
        }

        @Test
        void isCutWhereAFieldIsSaidToLieDeeperThanAnyDoes() {
            String steps = "'step',".repeat(8_000);

            assertThat(problem(422, "{'detail':[{'loc':[" + steps + "0],'msg':'no'}]}")
                            .errors())
                    .hasSize(1)
                    .allSatisfy(fault -> assertThat(fault.pointer())
                            .startsWith("#/step/step/")
                            .hasSizeLessThanOrEqualTo(502));
        }

        @Test
        void hasNoControlCharacters() {
            var failure = problem(422, """
                    {'detail':'a\\r\\nb\\tc\\u0000d\\u001b[31me\\u007ff\\u0085g',\
                    'transaction_id':'t\\r\\nu',\
                    'details':[{'field':'v\\r\\nw','message':'x\\r\\ny'}]}""");

            assertThat(failure.detail()).isEqualTo("Deepvue says: a  b c d [31me f g");
            assertThat(failure.transactionId()).contains("t  u");
            assertThat(failure.errors()).containsExactly(new FieldFault("#/v  w", "x  y"));
        }

        @Test
        void hasNoHalvesOfCharacters() {
            assertThat(problem(400, "{'detail':'a\\ud83db\\ude4fc\\ude4f\\ud83dd \\ud83d\\ude4f'}")
                            .detail())
                    .isEqualTo("Deepvue says: a b c  d 🙏");
        }

        @Test
        void isReadAsUtf8() {
            assertThat(problem(400, "{'detail':'अमान्य पैन'}").detail()).isEqualTo("Deepvue says: अमान्य पैन");
        }
    }

    @Nested
    class AHostileAnswer {

        private static final Set<ProblemKind> KINDS = Set.of(
                UPSTREAM_REJECTED_REQUEST,
                UPSTREAM_REJECTED_FIELDS,
                UPSTREAM_CREDENTIALS_REFUSED,
                UPSTREAM_ERROR,
                UPSTREAM_INVALID_RESPONSE,
                UPSTREAM_UNAVAILABLE,
                QUOTA_EXHAUSTED);

        private static final int[] STATUSES = {0, 100, 302, 400, 401, 403, 404, 422, 429, 500, 503, 999};

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'details':{}}",
                    "{'details':'x'}",
                    "{'details':7}",
                    "{'details':null}",
                    "{'details':[null,1,'x',[],[[]],{},true]}",
                    "{'details':[{'field':{},'message':[]},{'field':[1],'message':{'a':1}},{'field':1e400,'message':null}]}",
                    "{'details':{'password':['too short'],'username':{'field':'f','message':'m'}}}",
                    "{'detail':[null,1,'x',[],[[]],{},true]}",
                    "{'detail':[{'loc':'body','msg':7},{'loc':{},'msg':{}},{'loc':null,'msg':null}]}",
                    "{'detail':[{'loc':[null,{},[],1e400,true],'msg':[1]},{'loc':[],'msg':''}]}",
                    "{'transaction_id':[{}],'requestId':{'a':1},'request_id':1e400}",
                    "{'detail':1e999999999,'message':-0,'error':true}",
                    "{'':'','detail':{'detail':{'detail':'x'}}}",
                    "{'detail':'a','detail':'b','details':[{'field':'a','field':'b'}]}",
                    "[[{'detail':'x'}]]",
                    "{'detail':'x'} and then <html>",
                    "null",
                    "1e400",
                    "\u0000\u0001\u0002\u0003"
                })
        void isARefusalLikeAnyOther(String body) {
            assertThat(IntStream.of(STATUSES)).allSatisfy(status -> isARefusal(decoded(status, body)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"[", "{'a':", "{'detail':[", "{'details':[{'field':", "{'detail':[{'loc':["})
        void isNestedWithoutMeasure(String opening) {
            assertThat(IntStream.of(STATUSES)).allSatisfy(status -> isARefusal(decoded(status, opening.repeat(5_000))));
        }

        @Test
        void isNestedAlmostWithoutMeasureAndWhole() {
            assertThat(IntStream.of(STATUSES))
                    .allSatisfy(status -> isARefusal(decoded(
                            status,
                            "{'detail':" + "[".repeat(990) + "]".repeat(990) + ",'details':" + "{'a':".repeat(990) + "1"
                                    + "}".repeat(990) + "}")));
        }

        @Test
        void holdsANumberWithoutMeasure() {
            assertThat(List.of("9", "9.", "1e", "0."))
                    .allSatisfy(start -> isARefusal(decoded(
                            422, "{'details':[{'field':@,'message':@}]}".replace("@", start + "9".repeat(50_000)))));
        }

        /** It is read on an event loop. */
        @Test
        void isReadUpToALengthAndMappedByItsStatusBeyond() {
            String start = "{'transaction_id':'txn_1','detail':'no','more':'";
            String longest = start + "x".repeat(EventLoopWork.LONGEST_BYTES - start.length() - 2) + "'}";
            String longer = longest.replace("'}", "x'}");

            assertThat(problem(422, longest).detail()).isEqualTo("Deepvue says: no");
            assertThat(problem(422, longer).kind()).isEqualTo(UPSTREAM_REJECTED_FIELDS);
            assertThat(problem(422, longer).transactionId()).isEmpty();
        }

        /** Its tree would take half a gigabyte. */
        @Test
        void isAListOfMillionsOfObjects() {
            var body = "[" + "{},".repeat(5_000_000) + "{}]";

            assertThat(IntStream.of(STATUSES)).allSatisfy(status -> isARefusal(decoded(status, body)));
        }

        @Test
        void isNotUtf8() {
            byte[] body = {'{', '"', 'd', (byte) 0xff, (byte) 0xfe, '"', ':', 1, '}'};

            assertThat(IntStream.of(STATUSES))
                    .allSatisfy(status ->
                            isARefusal(decoder.decode(new Answer(status, body, Optional.empty(), Optional.empty()))));
        }

        @Test
        void isMadeUpAtRandom() {
            var random = new Random(20260308);

            for (int i = 0; i < 10_000; i++) {
                int status = STATUSES[random.nextInt(STATUSES.length)];
                String body = anything(random, 4);

                assertThat(decoded(status, body)).as("%d %s", status, body).satisfies(RefusalDecoderTest::isARefusal);
            }
        }

        /** A JSON document of the names that the decoder looks for, with anything in their places. */
        private static String anything(Random random, int deepest) {
            int shape = random.nextInt(deepest == 0 ? 6 : 10);
            return switch (shape) {
                case 0 -> "null";
                case 1 -> Integer.toString(random.nextInt());
                case 2 -> random.nextBoolean() ? "true" : "1e400";
                case 3 -> "'Not a valid token'";
                case 4 -> "'ABCDE1234F'";
                case 5 -> "'\\u0000\\ud83d correct #horse & 7'";
                case 6 ->
                    IntStream.range(0, random.nextInt(4))
                            .mapToObj(i -> anything(random, deepest - 1))
                            .collect(joining(",", "[", "]"));
                default ->
                    IntStream.range(0, random.nextInt(5))
                            .mapToObj(i -> "'" + MEMBERS.get(random.nextInt(MEMBERS.size())) + "':"
                                    + anything(random, deepest - 1))
                            .collect(joining(",", "{", "}"));
            };
        }

        private static final List<String> MEMBERS = List.of(
                "detail",
                "details",
                "message",
                "error",
                "message_code",
                "field",
                "loc",
                "msg",
                "transaction_id",
                "requestId",
                "request_id",
                "");
    }

    // ---- what is asked, and what is answered ------------------------------------------------------------------------

    private RuntimeException decoded(int status, String body) {
        return decoder.decode(answer(status, body, Optional.empty()));
    }

    private GatewayException problem(int status, String body) {
        var failure = decoded(status, body);
        assertThat(failure).isInstanceOf(GatewayException.class);
        return (GatewayException) failure;
    }

    private Optional<Long> retryAfter(int status, String header) {
        return ((GatewayException) decoder.decode(answer(status, "{'detail':'x'}", Optional.of(header))))
                .retryAfterSeconds();
    }

    private static Answer answer(int status, String body, Optional<String> retryAfter) {
        return new Answer(status, body.replace('\'', '"').getBytes(UTF_8), Optional.empty(), retryAfter);
    }

    /** Of that kind, with nothing in it that came from the upstream. */
    private static void isPlain(GatewayException failure, ProblemKind kind) {
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.detail()).isEqualTo(kind.advice());
        assertThat(failure.errors()).isEmpty();
        assertThat(failure.transactionId()).isEmpty();
    }

    private static void isARefusal(RuntimeException failure) {
        if (failure instanceof GatewayException problem) {
            assertThat(problem.kind()).isIn(AHostileAnswer.KINDS);
            assertThat(everythingSaidBy(problem)).doesNotContain(PAN, PASSWORD, "\u0000", "\ud83d ");
        } else {
            assertThat(failure).isInstanceOf(TokenRefused.class);
        }
    }

    private static String everythingSaidBy(RuntimeException failure) {
        String said = failure + "\n" + failure.getMessage() + "\n" + failure.getCause();
        return failure instanceof GatewayException problem
                ? String.join(
                        "\n",
                        said,
                        problem.detail(),
                        problem.errors().toString(),
                        problem.transactionId().toString())
                : said;
    }

    @Test
    void aUserNameIsHiddenThoughTheUpstreamWritesItInCapitals() {
        assertThat(refused("abcde1234f", "correct horse", "{\"detail\":\"PAN ABCDE1234F is not registered\"}")
                        .detail())
                .doesNotContain("ABCDE1234F");
    }

    @Test
    void aUserNameThatContainsThePasswordIsHiddenWhole() {
        assertThat(refused("ABCDE1234F/Kumari", "ABCDE1234F", "{\"detail\":\"no user ABCDE1234F/Kumari\"}")
                        .detail())
                .doesNotContain("Kumari");
    }

    @Test
    void theNameOfAFieldIsEscapedAsAJsonPointer() {
        assertThat(refused("ABCDE1234F", "correct horse", "{\"details\":[{\"field\":\"a/b~c\",\"message\":\"no\"}]}")
                        .errors())
                .containsExactly(FieldFault.of("a/b~c", "no"));
    }

    private static GatewayException refused(String username, String password, String body) {
        return (GatewayException) new RefusalDecoder(List.of(Secret.of(password), Secret.of(username)))
                .decode(answer(422, body, Optional.empty()));
    }
}
