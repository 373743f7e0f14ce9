package io.itrgateway.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.problem.ProblemKind;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallResultCodecTest {

    private static final CallResult ANSWER =
            CallResult.ofAnswer(new KeptAnswer(200, "{\"data\":{\"client_id\":\"C-1\"}}".getBytes(UTF_8)));

    private static final CallResult REFUSAL = CallResult.ofFailure(
            GatewayException.of(ProblemKind.UPSTREAM_REJECTED_FIELDS, "Invalid Pan pattern – ungültig")
                    .withErrors(List.of(FieldFault.of("username", "is no PAN"), FieldFault.of("password", "")))
                    .withTransactionId(Optional.of("txn-1")));

    private static final CallResult FAILURE =
            CallResult.ofFailure(GatewayException.of(ProblemKind.QUOTA_EXHAUSTED, "The plan's budget is gone")
                    .withRetryAfter(Duration.ofMillis(16_500)));

    private static byte[] encode(CallResult result) {
        var bytes = new ByteArrayOutputStream();
        CallResultCodec.encode(result).forEach(bytes::writeBytes);
        return bytes.toByteArray();
    }

    private static Optional<CallResult> read(byte[] bytes) {
        return CallResultCodec.decode(bytes);
    }

    private static KeptAnswer answer(Optional<CallResult> ending) {
        return ending.orElseThrow().fold(answer -> answer, failure -> {
            throw new AssertionError(failure);
        });
    }

    private static GatewayException refusal(Optional<CallResult> ending) {
        return ending.orElseThrow()
                .fold(
                        answer -> {
                            throw new AssertionError(answer);
                        },
                        failure -> (GatewayException) failure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "01", "02", "0101000000c800000000"})
    void whatNoKnownVersionHasWrittenIsNotRead(String hex) {
        assertThat(read(HexFormat.of().parseHex(hex))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"02000000c8ffffffff", "02000000c87fffffff"})
    void aLengthThatCannotBeIsNotRead(String hex) {
        assertThat(read(HexFormat.of().parseHex(hex))).isEmpty();
    }

    @Test
    void whatIsCutAnywhereIsNotRead() {
        for (var ending : List.of(ANSWER, REFUSAL, FAILURE)) {
            byte[] bytes = encode(ending);
            for (int length = 0; length < bytes.length; length++) {
                assertThat(read(Arrays.copyOf(bytes, length)))
                        .as("%d bytes", length)
                        .isEmpty();
            }
        }
    }

    @Test
    void whatHasMoreBehindItIsNotRead() {
        byte[] bytes = encode(ANSWER);

        assertThat(read(Arrays.copyOf(bytes, bytes.length + 1))).isEmpty();
    }

    @Test
    void anAnswerIsReadAsItWasWritten() {
        var answer = answer(read(encode(ANSWER)));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).asString(UTF_8).isEqualTo("{\"data\":{\"client_id\":\"C-1\"}}");
    }

    @Test
    void anEmptyBodyIsABodyToo() {
        assertThat(answer(read(encode(CallResult.ofAnswer(new KeptAnswer(200, new byte[0])))))
                        .body())
                .isEmpty();
    }

    @Test
    void aBodyOfAMebibyteIsReadAsItWasWritten() {
        byte[] body = new byte[1024 * 1024];
        Arrays.fill(body, (byte) 'x');

        assertThat(answer(read(encode(CallResult.ofAnswer(new KeptAnswer(200, body)))))
                        .body())
                .isEqualTo(body);
    }

    @Test
    void aRefusalIsDecodedWithAllThatTheCallerGets() {
        var refusal = refusal(read(encode(REFUSAL)));

        assertThat(refusal.kind()).isEqualTo(ProblemKind.UPSTREAM_REJECTED_FIELDS);
        assertThat(refusal.detail()).isEqualTo("Invalid Pan pattern – ungültig");
        assertThat(refusal.errors())
                .containsExactly(FieldFault.of("username", "is no PAN"), FieldFault.of("password", ""));
        assertThat(refusal.transactionId()).contains("txn-1");
    }

    @Test
    void aRefusalWithoutFaultsAndTransactionHasNoneWhenItIsRead() {
        var refusal =
                refusal(read(encode(CallResult.ofFailure(GatewayException.of(ProblemKind.UPSTREAM_REJECTED_REQUEST)))));

        assertThat(refusal.kind()).isEqualTo(ProblemKind.UPSTREAM_REJECTED_REQUEST);
        assertThat(refusal.detail()).isEqualTo(ProblemKind.UPSTREAM_REJECTED_REQUEST.advice());
        assertThat(refusal.errors()).isEmpty();
        assertThat(refusal.transactionId()).isEmpty();
    }

    @Test
    void anEmptyTransactionIdIsNotTheSameAsNone() {
        var refusal = refusal(read(encode(CallResult.ofFailure(
                GatewayException.of(ProblemKind.UPSTREAM_REJECTED_REQUEST).withTransactionId(Optional.of(""))))));

        assertThat(refusal.transactionId()).contains("");
    }

    @Test
    void aFailureThatThisVersionDoesNotKnowIsNotRead() {
        byte[] bytes = encode(FAILURE);
        bytes[4]++; // the last byte of its status

        assertThat(read(bytes)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void everyFailureIsReadAsTheKindThatItIs(ProblemKind kind) {
        assertThat(refusal(read(encode(CallResult.ofFailure(GatewayException.of(kind)))))
                        .kind())
                .isEqualTo(kind);
    }

    @Test
    void aFailureIsReadWithTheTimeAfterWhichToRepeat() {
        var failure = refusal(read(encode(FAILURE)));

        assertThat(failure.kind()).isEqualTo(ProblemKind.QUOTA_EXHAUSTED);
        assertThat(failure.detail()).isEqualTo("The plan's budget is gone");
        assertThat(failure.retryAfterSeconds()).contains(17L);
    }

    @Test
    void aBugIsDecodedAsTheProblemThatCallersGet() {
        var failure = refusal(read(encode(CallResult.ofFailure(new IllegalStateException("secret")))));

        assertThat(failure.kind()).isEqualTo(ProblemKind.INTERNAL_ERROR);
        assertThat(failure.detail()).isEqualTo(ProblemKind.INTERNAL_ERROR.advice());
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void everyFailureButOneThatWasNotProcessedIsKept(ProblemKind kind) {
        assertThat(CallResult.ofFailure(GatewayException.of(kind)).isKept(Effect.REGISTERS))
                .isEqualTo(kind.outcome() != Outcome.NOT_PROCESSED);
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void whereARepeatDoesNoHarmOnlyARefusalIsKept(ProblemKind kind) {
        assertThat(CallResult.ofFailure(GatewayException.of(kind)).isKept(Effect.FETCHES))
                .isEqualTo(kind.outcome() == Outcome.REJECTED);
    }

    @Test
    void aSuccessThatSaysThatItIsPendingIsNotKept() {
        assertThat(CallResult.ofAnswer(new KeptAnswer(200, new byte[0], false)).isKept(Effect.FETCHES))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 199, 201, 202, 204, 299, 302})
    void noSuccessButOneThatIsCompleteIsKept(int status) {
        assertThat(CallResult.ofAnswer(new KeptAnswer(status, new byte[0])).isKept(Effect.REGISTERS))
                .isFalse();
        assertThat(ANSWER.isKept(Effect.REGISTERS)).isTrue();
    }

    @Test
    void aBugIsKept() {
        assertThat(CallResult.ofFailure(new IllegalStateException("bug")).isKept(Effect.REGISTERS))
                .isTrue();
    }
}
