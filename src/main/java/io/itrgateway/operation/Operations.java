package io.itrgateway.operation;

import io.itrgateway.operation.Field.Syntax;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.problem.Effect;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The catalogue: metrics, audit, traces, problem texts, the OpenAPI document and the pages read it. */
public final class Operations {

    /** Where the operations are, here and at Deepvue. */
    public static final String BASE = "/v1/verification/itr";

    public static final Operation CREATE_CLIENT = new Operation(
            "create-client",
            Method.POST,
            BASE + "/create-client",
            Effect.REGISTERS,
            List.of(
                    new Field(
                            "username",
                            Syntax.TEXT,
                            1,
                            128,
                            "The user id of the income-tax portal: usually a PAN.",
                            "ABCDE1234F"),
                    new Field(
                            "password",
                            Syntax.PASSWORD,
                            8,
                            256,
                            "The password of the portal. Passed on, never stored or logged.",
                            "example_string")),
            "Register a taxpayer for ITR data access",
            "Registers a user of the income-tax portal with Deepvue. `data` holds the client id that the other operations ask for.",
            Map.of("itr_client_id", "itr_qkgtvIwLcuooWhtrFFbK"));

    /** All of them, in the order in which people read about them. */
    public static final List<Operation> ALL = List.of(CREATE_CLIENT);

    private static final Map<String, Operation> BY_PATH =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Operation::path, Function.identity()));

    private Operations() {}

    /** The operation at that path, whatever the method. */
    public static Optional<Operation> at(String path) {
        return Optional.ofNullable(BY_PATH.get(path));
    }
}
