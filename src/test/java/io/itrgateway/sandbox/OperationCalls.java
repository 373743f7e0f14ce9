package io.itrgateway.sandbox;

import io.itrgateway.operation.Field;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.operation.Operations;
import io.itrgateway.problem.Effect;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Calls of any operation of the catalogue. */
public final class OperationCalls {

    /** Those that use what was registered. */
    public static final List<Operation> AFTER_A_REGISTRATION = Operations.ALL.stream()
            .filter(operation -> operation.effect() != Effect.REGISTERS)
            .toList();

    private OperationCalls() {}

    /** The examples of the catalogue, but for the subject. */
    public static Map<String, String> values(Operation operation, String subject) {
        Map<String, String> values =
                new HashMap<>(operation.fields().stream().collect(Collectors.toMap(Field::name, Field::example)));
        values.put(operation.fields().get(0).name(), subject);
        return values;
    }

    public static ValidatableResponse send(RequestSpecification request, Operation operation, String subject) {
        return send(request, operation, values(operation, subject));
    }

    public static ValidatableResponse send(
            RequestSpecification request, Operation operation, Map<String, String> values) {
        return operation.method() == Method.POST
                ? request.body(values).post(operation.path()).then()
                : request.queryParams(values).get(operation.path()).then();
    }
}
