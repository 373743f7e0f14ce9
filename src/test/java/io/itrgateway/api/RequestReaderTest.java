package io.itrgateway.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.itrgateway.call.RequestValues;
import io.itrgateway.operation.Operations;
import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Written in JSON with single quotes, which {@link #json} turns into double ones. */
class RequestReaderTest {

    private static final String PAN = "ABCDE1234F";
    private static final String PASSWORD = "correct #horse & 7";
    private static final String ASHA = json("{'username':'ABCDE1234F','password':'correct #horse & 7'}");

    @Nested
    class ARegistration {

        @Test
        void isAUserNameAndAPassword() {
            assertThat(registered(ASHA))
                    .isEqualTo(
                            RequestValues.of(Operations.CREATE_CLIENT, Map.of("username", PAN, "password", PASSWORD)));
        }

        @Test
        void mayNameThePasswordFirst() {
            assertThat(registered(json("{'password':'correct #horse & 7','username':'ABCDE1234F'}")))
                    .isEqualTo(registered(ASHA));
        }

        @Test
        void mayHaveSpaceAroundItsTokens() {
            assertThat(registered(json("\n\t{ 'username' :\r\n'ABCDE1234F' , 'password':'correct #horse & 7' } \n")))
                    .isEqualTo(registered(ASHA));
        }

        @Test
        void mayBeWrittenInEscapes() {
            assertThat(registered(json("{'usern\\u0061me':'\\u0041BCDE1234F','password':'correct #horse \\u0026 7'}")))
                    .isEqualTo(registered(ASHA));
        }

        @Test
        void mayBeginWithAByteOrderMark() {
            assertThat(registered("\ufeff" + ASHA)).isEqualTo(registered(ASHA));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"John Doe", "123412341234", "BLRA12345B", "asha@example.com", " ABCDE1234F ", "आशा", "x"})
        void mayHaveAnyUserNameThatThePortalMightKnow(String username) {
            assertThat(registered(body(username, PASSWORD)).get("username")).isEqualTo(Secret.of(username));
        }

        @ParameterizedTest
        @CsvSource({"1, 8", "127, 9", "128, 255", "128, 256"})
        void mayBeAsLongAsTheBounds(int usernameChars, int passwordChars) {
            assertThat(read(body("u".repeat(usernameChars), "p".repeat(passwordChars))))
                    .isInstanceOf(RequestValues.class);
        }

        @Test
        void isMeasuredInCharactersAndNotInHalvesOfThem() {
            assertThat(read(body("🙏".repeat(128), "🙏".repeat(256)))).isInstanceOf(RequestValues.class);
        }
    }

    @Nested
    class WhatIsNotOneJsonDocument {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "username=ABCDE1234F&password=correct #horse & 7",
                    "<user>ABCDE1234F</user>",
                    "ABCDE1234F",
                    "{",
                    "}",
                    "{]",
                    "{'username'}",
                    "{'username':}",
                    "{'username':'ABCDE1234F',}",
                    "{,'username':'ABCDE1234F'}",
                    "{'username':'ABCDE1234F' 'password':'correct #horse & 7'}",
                    "{username:'ABCDE1234F'}",
                    "{'username':ABCDE1234F}",
                    "{'username':'ABCDE\n1234F'}",
                    "{'username':'ABCDE\\x1234F'}",
                    "{'username':'\\u00zz'}",
                    "{'username':01}",
                    "{'username':+1}",
                    "{'username':1.}",
                    "{'username':NaN}",
                    "{'username':tru}",
                    "/* hello */ {'username':'ABCDE1234F'}",
                    "{'other':'\\u00zz','username':'ABCDE1234F','password':'correct #horse & 7'}",
                    "{'other':[1,2},'username':'ABCDE1234F','password':'correct #horse & 7'}"
                })
        void isMalformed(String body) {
            assertThat(refused(json(body))).satisfies(RequestReaderTest::notWellFormed);
        }

        @Test
        void inSingleQuotesIsMalformed() {
            assertThat(refused("{'username':'ABCDE1234F','password':'correct #horse & 7'}"))
                    .satisfies(RequestReaderTest::notWellFormed);
        }

        @Test
        void isMalformedWhereverItIsCutShort() {
            assertThat(IntStream.range(1, ASHA.length()))
                    .allSatisfy(end -> notWellFormed(refused(ASHA.substring(0, end))));
        }

        @ParameterizedTest
        @ValueSource(strings = {"}", "]", ",", "x", "1", "null", "{}", "''", "\u0000", "'ABCDE1234F"})
        void isMalformedIfItGoesOn(String rest) {
            var failure = refused(ASHA + json(rest));

            assertThat(failure.kind()).isEqualTo(ProblemKind.MALFORMED_REQUEST);
            assertThat(failure.errors()).isEmpty();
        }

        @Test
        void isMalformedIfItIsTwoDocuments() {
            assertThat(refused(ASHA + ASHA))
                    .satisfies(failure -> malformed(failure, "The body goes on after its JSON document."));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "\n\t\r "})
        void isMalformedIfThereIsNothing(String nothing) {
            assertThat(refused(nothing))
                    .satisfies(failure -> malformed(failure, "The body is empty; it should be a JSON object."));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'username':'ABCDE1234F','password':'correct #horse & 7','username':'ABCDE1234F'}",
                    "{'username':'ABCDE1234F','password':'correct #horse & 7','usern\\u0061me':'PQRST5678Z'}",
                    "{'username':'ABCDE1234F','password':'correct #horse & 7','\\u0070assword':null}",
                    "{'username':'ABCDE1234F','password':'correct #horse & 7','x':1,'x':2}",
                    "{'username':'ABCDE1234F','password':'correct #horse & 7','x':{'y':1,'y':2}}",
                    "{'username':{'y':1,'y':2},'password':'correct #horse & 7'}"
                })
        void isMalformedIfAMemberStandsThereTwice(String body) {
            assertThat(refused(json(body))).satisfies(RequestReaderTest::notWellFormed);
        }

        @Test
        void isMalformedIfItIsNotUtf8() {
            assertThat(List.of("é", "\u0080", "ÿ", "ü"))
                    .allSatisfy(latin -> notWellFormed(
                            refused(body("Asha " + latin, PASSWORD).getBytes(ISO_8859_1))));
        }

        @Test
        void isMalformedIfHalfASurrogatePairIsWrittenAsBytes() {
            assertThat(refused(body("Asha \u00ed\u00a0\u00bd", PASSWORD).getBytes(ISO_8859_1)))
                    .satisfies(RequestReaderTest::notWellFormed);
        }

        @Test
        void isMalformedIfANameIsNotUtf8() {
            assertThat(refused(json("{'usernamé':'ABCDE1234F','password':'correct #horse & 7'}")
                            .getBytes(ISO_8859_1)))
                    .satisfies(RequestReaderTest::notWellFormed);
        }

        @Test
        void isMalformedIfItIsCompressed() {
            byte[] gzipMagic = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, (byte) 0xab, 0x56};

            assertThat(refused(gzipMagic)).satisfies(RequestReaderTest::notWellFormed);
        }

        @ParameterizedTest
        @ValueSource(ints = {33, 5_000})
        void isMalformedIfItIsNestedWithoutMeasure(int depth) {
            assertThat(List.of("[".repeat(depth) + "]".repeat(depth), "[".repeat(depth), "{'a':".repeat(depth)))
                    .allSatisfy(nest -> {
                        notWellFormed(refused(json(nest)));
                        notWellFormed(refused(json("{'username':'ABCDE1234F','deep':" + nest + "}")));
                        notWellFormed(refused(json("{'username':" + nest + "}")));
                    });
        }
    }

    @Nested
    class AWrongType {

        @ParameterizedTest
        @ValueSource(strings = {"1", "-1.5e3", "true", "false", "[]", "{}", "['ABCDE1234F']", "{'a':['ABCDE1234F']}"})
        void isReportedForEachField(String value) {
            assertThat(refused(json("{'username':%s,'password':'correct #horse & 7'}".formatted(value))))
                    .satisfies(failure -> wrongTypes(failure, FieldFault.of("username", "must be a string")));
            assertThat(refused(json("{'username':'ABCDE1234F','password':%s}".formatted(value))))
                    .satisfies(failure -> wrongTypes(failure, FieldFault.of("password", "must be a string")));
        }

        @Test
        void isReportedForBothFieldsTogether() {
            assertThat(refused(json("{'username':1,'password':[]}")))
                    .satisfies(failure -> wrongTypes(
                            failure,
                            FieldFault.of("username", "must be a string"),
                            FieldFault.of("password", "must be a string")));
        }

        @Test
        void ofAFieldIsReportedThoughOthersAreMissingOrUnknown() {
            assertThat(refused(json("{'username':1,'usernam':'ABCDE1234F'}")))
                    .satisfies(failure -> wrongTypes(failure, FieldFault.of("username", "must be a string")));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"[]", "[{'username':'ABCDE1234F'}]", "'ABCDE1234F'", "1", "-0.5e-7", "true", "false", "null"
                })
        void ofTheWholeDocumentIsReported(String body) {
            assertThat(refused(json(body)))
                    .satisfies(failure -> wrongTypes(failure, new FieldFault("#", "must be an object")));
        }

        @ParameterizedTest
        @ValueSource(strings = {"1e999999999", "-1e-999999999", "@", "-@", "0.@", "1e@", "@.@e@"})
        void isFoundWithoutWorkingOutHowLargeANumberIs(String number) {
            var failure =
                    refused(json("{'username':%s,'password':1}".formatted(number.replace("@", "9".repeat(10_000)))));

            assertThat(failure.kind()).isEqualTo(ProblemKind.MALFORMED_REQUEST);
        }
    }

    @Nested
    class AFault {

        @ParameterizedTest
        @ValueSource(strings = {"{}", "{'username':null,'password':null}", "{'username':null}"})
        void isAFieldThatIsMissing(String body) {
            assertThat(refused(json(body)))
                    .satisfies(failure -> invalid(
                            failure,
                            FieldFault.of("username", "is required"),
                            FieldFault.of("password", "is required")));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "\t\r\n", "\u2003\u3000"})
        void isAFieldThatIsBlank(String blank) {
            assertThat(refused(body(blank, blank)))
                    .satisfies(failure -> invalid(
                            failure,
                            FieldFault.of("username", "must not be blank"),
                            FieldFault.of("password", "must not be blank")));
        }

        @Test
        void isALongBlankPasswordToo() {
            assertThat(refused(body(PAN, " ".repeat(8))))
                    .satisfies(failure -> invalid(failure, FieldFault.of("password", "must not be blank")));
        }

        @ParameterizedTest
        @ValueSource(strings = {"p", "1234567", " 12345 ", "🙏🙏🙏🙏🙏🙏🙏", "ééééééé"})
        void isAPasswordOfLessThanEightCharacters(String password) {
            assertThat(refused(body(PAN, password)))
                    .satisfies(failure ->
                            invalid(failure, FieldFault.of("password", "must be at least 8 characters long")));
        }

        @ParameterizedTest
        @ValueSource(strings = {"p", "🙏", "é"})
        void isAPasswordOfMoreThan256Characters(String character) {
            assertThat(refused(body(PAN, character.repeat(257))))
                    .satisfies(failure ->
                            invalid(failure, FieldFault.of("password", "must be at most 256 characters long")));
        }

        @ParameterizedTest
        @ValueSource(strings = {"u", "🙏", "é"})
        void isAUserNameOfMoreThan128Characters(String character) {
            assertThat(refused(body(character.repeat(129), PASSWORD)))
                    .satisfies(failure ->
                            invalid(failure, FieldFault.of("username", "must be at most 128 characters long")));
        }

        @Test
        void isHalfASurrogatePair() {
            var half = "must be valid Unicode text, without half a surrogate pair";

            assertThat(List.of("\\ud83d", "\\ude4f", "\\ude4f\\ud83d", "a\\ud83dz"))
                    .allSatisfy(escaped -> invalid(
                            refused(json("{'username':'%s','password':'%s %s'}".formatted(escaped, escaped, PASSWORD))),
                            FieldFault.of("username", half),
                            FieldFault.of("password", half)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"Username", "userName", "user_name", "passwort", "id", "a.b", "$ref", "_", "x-api-key"})
        void isAFieldThatIsNotOneOfThisRequest(String typo) {
            assertThat(refused(json("{'username':'ABCDE1234F','password':'correct #horse & 7','%s':'ABCDE1234F'}"
                            .formatted(typo))))
                    .satisfies(failure -> invalid(failure, FieldFault.of(typo, "is not a field of this request")));
        }

        @ParameterizedTest
        @ValueSource(strings = {"1", "null", "'x'", "[]", "{}", "{'username':{'password':1}}", "[[[{'a':[1,'b']}]]]"})
        void isAnUnknownFieldWhateverItHolds(String value) {
            assertThat(refused(json(
                            "{'username':'ABCDE1234F','extra':%s,'password':'correct #horse & 7'}".formatted(value))))
                    .satisfies(failure -> invalid(failure, FieldFault.of("extra", "is not a field of this request")));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "correct #horse & 7",
                    "ABCDE1234F ",
                    "आशा",
                    "a/b",
                    "a~b",
                    "<script>",
                    "\\u0000",
                    "\\r\\nSet-Cookie: a=b",
                    "a-name-of-more-than-sixty-four-characters-is-more-than-a-typing-error"
                })
        void isAnUnknownFieldWhoseNameIsTooOddToBeRepeated(String name) {
            assertThat(refused(json("{'username':'PQRST5678Z','password':'another one 8','%s':1}".formatted(name))))
                    .satisfies(failure ->
                            invalid(failure, new FieldFault("#", "has a member that is not a field of this request")));
        }

        @Test
        void isAnUnknownFieldWhoseNameIsAValueThatSlippedAndIsNotRepeated() {
            assertThat(refused(json("{'Kumari':1,'username':'Kumari','password':'correct.horse','correct.horse':2}")))
                    .satisfies(failure -> invalid(
                            failure,
                            new FieldFault("#", "has a member that is not a field of this request"),
                            new FieldFault("#", "has a member that is not a field of this request")));
        }

        @Test
        void isReportedTogetherWithAllOthers() {
            assertThat(refused(json("{'user':'ABCDE1234F','username':' ','password':'1234567','':0}")))
                    .satisfies(failure -> invalid(
                            failure,
                            FieldFault.of("username", "must not be blank"),
                            FieldFault.of("password", "must be at least 8 characters long"),
                            FieldFault.of("user", "is not a field of this request"),
                            new FieldFault("#", "has a member that is not a field of this request")));
        }

        @Test
        void isReportedForTwentyUnknownFieldsAtMost() {
            var failure = refused(json("{"
                    + IntStream.rangeClosed(1, 600)
                            .mapToObj(number -> "'field_%c%c':1".formatted('a' + number / 26 % 26, 'a' + number % 26))
                            .collect(Collectors.joining(","))
                    + "}"));

            assertThat(failure.errors())
                    .hasSize(22)
                    .startsWith(FieldFault.of("username", "is required"), FieldFault.of("password", "is required"))
                    .endsWith(FieldFault.of("field_au", "is not a field of this request"));
        }

        /** A parser that keeps names for the next document fails when that table grows after names have collided in it. */
        @Test
        void isReportedAlsoAfterABodyWhoseNamesCollide() {
            read(json(objectOf(namesThatCollide().stream())));

            assertThat(List.of("a", "b", "c"))
                    .allSatisfy(caller -> assertThat(refused(json(objectOf(IntStream.range(0, 2_000)
                                            .mapToObj(number -> caller + "_of_another_" + number))))
                                    .kind())
                            .isEqualTo(ProblemKind.INVALID_REQUEST));
        }

        /** In any hash that multiplies by 33: A and a make the same of it as B and @. */
        private static List<String> namesThatCollide() {
            List<String> names = List.of("");
            for (int pairs = 0; pairs < 9; pairs++) {
                names = names.stream()
                        .flatMap(name -> Stream.of(name + "Aa", name + "B@"))
                        .toList();
            }
            return names;
        }

        private static String objectOf(Stream<String> names) {
            return names.map(name -> "'" + name + "':1").collect(Collectors.joining(",", "{", "}"));
        }
    }

    @Nested
    class TheAnswer {

        static Stream<String> bodiesWithAshasSecrets() {
            return Stream.of(
                            "{'username':'ABCDE1234F','password':'correct #horse & 7'",
                            "{'username':'ABCDE1234F','password':'correct #horse & 7}",
                            "{'username':'ABCDE1234F','password':correct #horse & 7}",
                            "{'username':ABCDE1234F,'password':'correct #horse & 7'}",
                            "{'username':'ABCDE1234F','password':'correct #horse & 7'} ABCDE1234F",
                            "{'username':'ABCDE1234F','password':'correct #horse & 7'}{'ABCDE1234F':1}",
                            "{'username':'ABCDE1234F','password':'correct #horse & 7','password':'correct #horse & 7'}",
                            "{'username':'ABCDE1234F','password':['correct #horse & 7']}",
                            "{'username':['ABCDE1234F'],'password':{'correct #horse & 7':1}}",
                            "{'username':'ABCDE1234F','passwort':'correct #horse & 7'}",
                            "{'username':'ABCDE1234F','correct #horse & 7':'password'}",
                            "{'username':'ABCDE1234F','password':'correct #horse & 7','more':'ABCDE1234F'}",
                            "{'username':'ABCDE1234F" + " ".repeat(128) + "','password':'correct #horse & 7'}",
                            "{'username':'ABCDE1234F','password':'correct #horse & 7" + " ".repeat(256) + "'}",
                            "{'username':'ABCDE1234F\\ud83d','password':'correct #horse & 7\\ud83d'}",
                            "{'username':'ABCDE1234F','password':'correct #horse & 7','x':" + "[".repeat(5_000),
                            "'ABCDE1234F correct #horse & 7'",
                            "['ABCDE1234F','correct #horse & 7']",
                            "ABCDE1234F:correct #horse & 7",
                            "username=ABCDE1234F&password=correct #horse & 7")
                    .map(RequestReaderTest::json);
        }

        @ParameterizedTest
        @MethodSource("bodiesWithAshasSecrets")
        void repeatsNoValueOfTheBody(String body) {
            assertThat(everythingSaidBy(refused(body))).doesNotContain(PAN, PASSWORD, "#horse");
        }

        @Test
        void isARegistrationOrARefusalWhateverEncodingTheBodyHas() {
            assertThat(Stream.of(UTF_16, UTF_16LE, Charset.forName("UTF-32"), Charset.forName("UTF-32LE")))
                    .allSatisfy(encoding -> assertThat(read(ASHA.getBytes(encoding)))
                            .satisfies(RequestReaderTest::aRegistrationOrARefusal));
        }

        @Test
        void isARegistrationOrARefusalWhateverHappensToTheBody() {
            var random = new Random(20260308);

            for (int i = 0; i < 20_000; i++) {
                byte[] body = mutated(ASHA.getBytes(UTF_8), random);

                assertThat(read(body))
                        .as("body %s", Arrays.toString(body))
                        .satisfies(RequestReaderTest::aRegistrationOrARefusal);
            }
        }
    }

    // ---- what is asked ----------------------------------------------------------------------------------------------

    private static String json(String withSingleQuotes) {
        return withSingleQuotes.replace('\'', '"');
    }

    private static String body(String username, String password) {
        return json("{'username':'" + escaped(username) + "','password':'" + escaped(password) + "'}");
    }

    private static String escaped(String text) {
        return text.replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n");
    }

    /** One to three random changes: a byte replaced, put in or taken out, a piece doubled, the end cut off. */
    private static byte[] mutated(byte[] body, Random random) {
        byte[] mutant = body;
        for (int change = random.nextInt(3); change >= 0; change--) {
            int at = random.nextInt(mutant.length);
            int to = at + random.nextInt(mutant.length - at);
            byte[] head = Arrays.copyOf(mutant, at);
            byte[] tail = Arrays.copyOfRange(mutant, at, mutant.length);
            byte[] one = {
                random.nextBoolean()
                        ? (byte) random.nextInt(256)
                        : (byte) "{}[]\",:\\u01enft\n".charAt(random.nextInt(16))
            };
            mutant = switch (random.nextInt(5)) {
                case 0 -> joined(head, one, Arrays.copyOfRange(tail, 1, tail.length));
                case 1 -> joined(head, one, tail);
                case 2 -> joined(head, Arrays.copyOfRange(mutant, to, mutant.length));
                case 3 -> joined(head, Arrays.copyOfRange(mutant, at, to), tail);
                default -> joined(head, one);
            };
        }
        return mutant;
    }

    private static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    // ---- what is answered -------------------------------------------------------------------------------------------

    private static RequestValues registered(String body) {
        return RequestReader.readBody(Operations.CREATE_CLIENT, body.getBytes(UTF_8));
    }

    private static GatewayException refused(String body) {
        return refused(body.getBytes(UTF_8));
    }

    private static GatewayException refused(byte[] body) {
        Object outcome = read(body);
        assertThat(outcome).isInstanceOf(GatewayException.class);
        return (GatewayException) outcome;
    }

    private static Object read(String body) {
        return read(body.getBytes(UTF_8));
    }

    /** The registration, or whatever was thrown. */
    private static Object read(byte[] body) {
        try {
            return RequestReader.readBody(Operations.CREATE_CLIENT, body);
        } catch (Throwable failure) {
            return failure;
        }
    }

    private static void aRegistrationOrARefusal(Object outcome) {
        if (outcome instanceof GatewayException refusal) {
            assertThat(refusal.kind()).isIn(ProblemKind.MALFORMED_REQUEST, ProblemKind.INVALID_REQUEST);
            assertThat(everythingSaidBy(refusal)).doesNotContain(PAN, PASSWORD);
        } else {
            assertThat(outcome).isInstanceOf(RequestValues.class);
        }
    }

    private static void malformed(GatewayException failure, String detail) {
        assertThat(failure.kind()).isEqualTo(ProblemKind.MALFORMED_REQUEST);
        assertThat(failure.detail()).isEqualTo(detail);
        assertThat(failure.errors()).isEmpty();
    }

    private static void notWellFormed(GatewayException failure) {
        malformed(failure, "The body is not one well-formed JSON document.");
    }

    private static void wrongTypes(GatewayException failure, FieldFault... faults) {
        assertThat(failure.kind()).isEqualTo(ProblemKind.MALFORMED_REQUEST);
        assertThat(failure.detail()).isEqualTo("A value has the wrong JSON type; errors names it.");
        assertThat(failure.errors()).containsExactly(faults);
    }

    private static void invalid(GatewayException failure, FieldFault... faults) {
        assertThat(failure.kind()).isEqualTo(ProblemKind.INVALID_REQUEST);
        assertThat(failure.detail()).isEqualTo("The request has faults; errors names each. Nothing was sent upstream.");
        assertThat(failure.errors()).containsExactly(faults);
    }

    private static String everythingSaidBy(GatewayException failure) {
        return String.join(
                "\n",
                failure.toString(),
                failure.getMessage(),
                failure.detail(),
                failure.errors().toString(),
                String.valueOf(failure.getCause()),
                Arrays.toString(failure.getSuppressed()),
                failure.transactionId().toString());
    }

    private static final String ASHA_WITH_AN_AT_SIGN = "{\"username\":\"ABCDE1234F@\",\"password\":\"correct horse\"}";

    /** Overlong forms and more than U+10FFFF, as bytes in Latin 1. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00c0\u00af",
                "\u00c1\u0081",
                "\u00c0\u0080",
                "\u00e0\u0080\u00af",
                "\u00f0\u0080\u0080\u00af",
                "\u00f4\u0090\u0080\u0080",
                "\u00ed\u00a0\u0080",
                "\u00f8\u0088\u0080\u0080\u0080"
            })
    void bytesThatAreNotUtf8AreMalformed(String bytes) {
        assertThatThrownBy(() -> RequestReader.readBody(
                        Operations.CREATE_CLIENT,
                        ASHA_WITH_AN_AT_SIGN.replace("@", bytes).getBytes(ISO_8859_1)))
                .isInstanceOf(GatewayException.class)
                .hasMessage("malformed-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE"})
    void anotherEncodingIsMalformed(String encoding) {
        assertThatThrownBy(() -> RequestReader.readBody(
                        Operations.CREATE_CLIENT, ASHA_WITH_AN_AT_SIGN.getBytes(Charset.forName(encoding))))
                .isInstanceOf(GatewayException.class)
                .hasMessage("malformed-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ABCDE1234F\":\"ABCDE1234F\",\"password\":\"Secret.123\",\"Secret.123\":1}"})
    void aNameThatIsAlsoAValueIsNotRepeated(String body) {
        assertThat(catchThrowableOfType(
                                GatewayException.class,
                                () -> RequestReader.readBody(Operations.CREATE_CLIENT, body.getBytes(ISO_8859_1)))
                        .errors()
                        .toString())
                .doesNotContain("Secret.123", "ABCDE1234F");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            dry_run=true                     | #: must be all of the request, without a query
            %zz                              | #: must be all of the request, without a query
            username=ABCDE1234F&dry_run=true | #/username: belongs in the body, not in the query
            username&password=Secret.123     | #/username: belongs in the body, not in the query; #/password: belongs in the body, not in the query
            """)
    void aQueryBesideABodyIsAFaultThatErrorsNames(String query, String errors) {
        GatewayException refusal = catchThrowableOfType(
                GatewayException.class, () -> RequestReader.demandNoQuery(Operations.CREATE_CLIENT, query));

        assertThat(refusal.kind()).isEqualTo(ProblemKind.INVALID_REQUEST);
        assertThat(refusal.errors().stream()
                        .map(fault -> fault.pointer() + ": " + fault.detail())
                        .collect(Collectors.joining("; ")))
                .isEqualTo(errors);
    }
}
