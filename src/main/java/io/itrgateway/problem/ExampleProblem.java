package io.itrgateway.problem;

import java.util.List;
import java.util.Optional;

/** Examples of problems for people who read about them, as the service would answer. */
final class ExampleProblem {

    private static final String UNKNOWN_PATH = "/v1/verification/itr/create-account";
    private static final String PATH_WITH_OTHER_METHODS = "/problems";

    private ExampleProblem() {}

    /** @param path of an operation of that effect */
    static Problem of(ProblemKind kind, Effect effect, String path) {
        var failure = GatewayException.of(kind);
        if (kind == ProblemKind.INVALID_REQUEST || kind == ProblemKind.UPSTREAM_REJECTED_FIELDS) {
            failure = failure.withErrors(List.of(fault(effect)));
        }
        if (kind == ProblemKind.UPSTREAM_ERROR) {
            failure = failure.withTransactionId(Optional.of("req_1234567890"));
        }
        return new Problem(failure, Optional.of(effect), instance(kind, path), OpenApiHeaders.EXAMPLE_ID);
    }

    /** Of a field that every operation of that effect has. */
    private static FieldFault fault(Effect effect) {
        return effect == Effect.REGISTERS
                ? FieldFault.of("password", "must be at least 8 characters long")
                : FieldFault.of("itr_client_id", "must be at most 128 characters long");
    }

    private static String instance(ProblemKind kind, String path) {
        return switch (kind) {
            case NOT_FOUND -> UNKNOWN_PATH;
            case METHOD_NOT_ALLOWED -> PATH_WITH_OTHER_METHODS;
            default -> path;
        };
    }
}
