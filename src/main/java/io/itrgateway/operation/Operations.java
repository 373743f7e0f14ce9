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

    private static final Field CLIENT_ID =
            Field.id("itr_client_id", "The client id that create-client returned.", "itr_qkgtvIwLcuooWhtrFFbK");

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

    public static final Operation ITR_DOWNLOAD = new Operation(
            "itr-download",
            Method.POST,
            BASE + "/itr-download",
            Effect.FETCHES,
            List.of(CLIENT_ID),
            "Fetch the list of a taxpayer's filed returns",
            "Has Deepvue fetch the filed returns from the income-tax portal, which takes 5 to 30 s. 202 means that it is still at"
                    + " it: ask again after some seconds; each request costs a call of the plan.",
            Map.of("client_id", "itr_qkgtvIwLcuooWhtrFFbK", "filed_itrs", List.of(Map.of("itr_id", "itr_2024_1"))));

    /** All of them, in the order in which people read about them. */
    public static final List<Operation> ALL = List.of(CREATE_CLIENT, ITR_DOWNLOAD);

    private static final Map<String, Operation> BY_PATH =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Operation::path, Function.identity()));

    private Operations() {}

    /** The operation at that path, whatever the method. */
    public static Optional<Operation> at(String path) {
        return Optional.ofNullable(BY_PATH.get(path));
    }
}
