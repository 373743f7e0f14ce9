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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of a final ending, before they are sealed: a version, what it is, and its parts, each text with its length before it.
 * By hand and not by a mapper: small, without reflection, and readable by the version before and after.
 */
final class EndingForm {

    private static final int VERSION = 1;

    private static final int ANSWER = 1;
    private static final int REJECTED_REQUEST = 2;
    private static final int REJECTED_FIELDS = 3;

    private EndingForm() {}

    /** @param ending a final one */
    static byte[] write(Ending ending) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            ending.fold(answer -> written(out, answer), failure -> written(out, (GatewayException) failure));
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

    private static boolean written(DataOutputStream out, GatewayException refusal) {
        try {
            out.writeByte(refusal.kind() == ProblemKind.UPSTREAM_REJECTED_FIELDS ? REJECTED_FIELDS : REJECTED_REQUEST);
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
                default -> Optional.<Ending>empty();
            };
            return in.available() == 0 ? ending : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Ending readRefusal(DataInputStream in, ProblemKind kind) throws IOException {
        String detail = readText(in);
        boolean hasTransaction = in.readBoolean();
        String transaction = readText(in);
        int faults = in.readInt();
        List<FieldFault> errors = new ArrayList<>();
        for (int i = 0; i < faults; i++) {
            errors.add(new FieldFault(readText(in), readText(in)));
        }
        return Ending.failed(GatewayException.of(kind, detail)
                .withErrors(errors)
                .withTransactionId(Optional.of(transaction).filter(text -> hasTransaction)));
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
