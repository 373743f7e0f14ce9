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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of an ending, before they are sealed: a version, what it is, and its parts, each text with its length before it.
 * By hand and not by a mapper: small, without reflection, and readable by the version before and after.
 *
 * <p>A failure that is not known to callers, a bug, is written as what callers are told of it.
 */
final class EndingForm {

    private static final int VERSION = 1;

    private static final int ANSWER = 1;
    private static final int REJECTED_REQUEST = 2;
    private static final int REJECTED_FIELDS = 3;
    private static final int FAILURE = 4;

    private EndingForm() {}

    static byte[] write(Ending ending) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            ending.fold(answer -> written(out, answer), failure -> written(out, known(failure)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static boolean written(DataOutputStream out, KeptAnswer answer) {
        try {
            out.writeByte(ANSWER);
            out.writeInt(answer.status());
            write(out, answer.body());
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GatewayException known(Throwable failure) {
        return failure instanceof GatewayException known ? known : GatewayException.of(ProblemKind.INTERNAL_ERROR);
    }

    private static boolean written(DataOutputStream out, GatewayException refusal) {
        try {
            switch (refusal.kind()) {
                case UPSTREAM_REJECTED_REQUEST -> out.writeByte(REJECTED_REQUEST);
                case UPSTREAM_REJECTED_FIELDS -> out.writeByte(REJECTED_FIELDS);
                default -> {
                    out.writeByte(FAILURE);
                    out.writeInt(refusal.kind().status());
                    write(out, refusal.kind().code().getBytes(UTF_8));
                    out.writeLong(refusal.retryAfterSeconds().orElse(0L));
                }
            }
            write(out, refusal.detail().getBytes(UTF_8));
            out.writeBoolean(refusal.transactionId().isPresent());
            write(out, refusal.transactionId().orElse("").getBytes(UTF_8));
            out.writeInt(refusal.errors().size());
            for (FieldFault fault : refusal.errors()) {
                write(out, fault.pointer().getBytes(UTF_8));
                write(out, fault.detail().getBytes(UTF_8));
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(DataOutputStream out, byte[] part) throws IOException {
        out.writeInt(part.length);
        out.write(part);
    }

    /** Empty for what no version known here has written. */
    static Optional<Ending> read(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readUnsignedByte() != VERSION) {
                return Optional.empty();
            }
            var ending = switch (in.readUnsignedByte()) {
                case ANSWER -> Optional.of(Ending.answered(new KeptAnswer(in.readInt(), readPart(in))));
                case REJECTED_REQUEST -> Optional.of(readRefusal(in, ProblemKind.UPSTREAM_REJECTED_REQUEST));
                case REJECTED_FIELDS -> Optional.of(readRefusal(in, ProblemKind.UPSTREAM_REJECTED_FIELDS));
                case FAILURE -> readFailure(in);
                default -> Optional.<Ending>empty();
            };
            return in.available() == 0 ? ending : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Code and status together name a kind, and do so to callers as well: neither changes with a version. */
    private static Optional<Ending> readFailure(DataInputStream in) throws IOException {
        int status = in.readInt();
        String code = readText(in);
        var retryAfter = Duration.ofSeconds(in.readLong());
        var kind = ProblemKind.withCode(code).stream()
                .filter(each -> each.status() == status)
                .findFirst();
        var failure = readProblem(in, kind.orElse(ProblemKind.INTERNAL_ERROR)).retryAfter(retryAfter);
        return kind.map(known -> Ending.failed(failure));
    }

    private static Ending readRefusal(DataInputStream in, ProblemKind kind) throws IOException {
        return Ending.failed(readProblem(in, kind));
    }

    private static GatewayException readProblem(DataInputStream in, ProblemKind kind) throws IOException {
        String detail = readText(in);
        boolean hasTransaction = in.readBoolean();
        String transaction = readText(in);
        int faults = in.readInt();
        List<FieldFault> errors = new ArrayList<>();
        for (int i = 0; i < faults; i++) {
            errors.add(new FieldFault(readText(in), readText(in)));
        }
        return GatewayException.of(kind, detail)
                .withErrors(errors)
                .withTransactionId(Optional.of(transaction).filter(text -> hasTransaction));
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(readPart(in), UTF_8);
    }

    private static byte[] readPart(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("cut short");
        }
        return in.readNBytes(length);
    }
}
