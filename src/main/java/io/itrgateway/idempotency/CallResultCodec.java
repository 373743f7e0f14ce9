package io.itrgateway.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of a result before they are sealed: version, status, body, and for a failure its code, detail, {@code Retry-After},
 * transaction and field faults. Code and status together name a {@link ProblemKind}; neither changes with a release.
 */
final class CallResultCodec {

    private static final int VERSION = 2;

    private static final String NO_CODE = "";

    private CallResultCodec() {}

    /**
     * The parts of it, in order; the body is one of them, and is not copied. A failure that is not a {@link GatewayException} is a bug; it is stored as
     * the internal error that its caller receives.
     */
    static List<byte[]> encode(CallResult result) {
        return result.fold(
                answer -> encode(answer, NO_CODE, GatewayException.of(ProblemKind.INTERNAL_ERROR, "")), failure -> {
                    var known = failure instanceof GatewayException problem
                            ? problem
                            : GatewayException.of(ProblemKind.INTERNAL_ERROR);
                    var kind = known.kind();
                    return encode(new KeptAnswer(kind.status(), new byte[0]), kind.code(), known);
                });
    }

    private static List<byte[]> encode(KeptAnswer answer, String code, GatewayException failure) {
        var beforeBody = ByteBuffer.allocate(1 + 2 * Integer.BYTES)
                .put((byte) VERSION)
                .putInt(answer.status())
                .putInt(answer.body().length);
        var afterBody = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(afterBody)) {
            write(out, code);
            write(out, failure.detail());
            out.writeLong(failure.retryAfterSeconds().orElse(0L));
            out.writeBoolean(failure.transactionId().isPresent());
            write(out, failure.transactionId().orElse(""));
            out.writeInt(failure.errors().size());
            for (FieldFault fault : failure.errors()) {
                write(out, fault.pointer());
                write(out, fault.detail());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(beforeBody.array(), answer.body(), afterBody.toByteArray());
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] part = text.getBytes(UTF_8);
        out.writeInt(part.length);
        out.write(part);
    }

    /** Empty for what this version does not know. */
    static Optional<CallResult> decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readUnsignedByte() != VERSION) {
                return Optional.empty();
            }
            var result = read(in);
            return in.available() == 0 ? result : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<CallResult> read(DataInputStream in) throws IOException {
        var answer = new KeptAnswer(in.readInt(), readPart(in));
        String code = readText(in);
        String detail = readText(in);
        var retryAfter = Duration.ofSeconds(in.readLong());
        boolean hasTransaction = in.readBoolean();
        var transaction = Optional.of(readText(in)).filter(text -> hasTransaction);
        List<FieldFault> errors = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            errors.add(new FieldFault(readText(in), readText(in)));
        }
        if (code.equals(NO_CODE)) {
            return Optional.of(CallResult.ofAnswer(answer));
        }
        return ProblemKind.withCode(code).stream()
                .filter(kind -> kind.status() == answer.status())
                .findFirst()
                .map(kind -> CallResult.ofFailure(GatewayException.of(kind, detail)
                        .withErrors(errors)
                        .withTransactionId(transaction)
                        .withRetryAfter(retryAfter)));
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(readPart(in), UTF_8);
    }

    private static byte[] readPart(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("cut short");
        }
        byte[] part = new byte[length];
        in.readFully(part);
        return part;
    }
}
