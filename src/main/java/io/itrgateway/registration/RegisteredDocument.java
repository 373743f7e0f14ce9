package io.itrgateway.registration;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;

/**
 * The body of a success as the OpenAPI document shows it. The service passes on the bytes that came, of which it knows only that they are
 * an object with a member {@code data}. So no member has a type: a generated client must not fail to read what the service lets through.
 */
@Schema(
        name = "Registered",
        type = SchemaType.OBJECT,
        description =
                "Deepvue's envelope, passed on as it came. Only the HTTP status says success. Members may be added, and none but"
                        + " `data` is certain to be there; the types that their descriptions name are the usual ones.",
        requiredProperties = "data",
        additionalProperties = Schema.True.class,
        properties = {
            @SchemaProperty(name = "code", description = "Deepvue's own status; usually an integer, and that of HTTP"),
            @SchemaProperty(
                    name = "timestamp",
                    description = "Usually an integer: milliseconds since 1970-01-01T00:00:00Z"),
            @SchemaProperty(
                    name = "transaction_id",
                    description =
                            "Deepvue's id of the call, to be named when asking Deepvue about it; usually a string"),
            @SchemaProperty(
                    name = "sub_code",
                    description = "Deepvue's finer status, such as `SUCCESS`; usually a string"),
            @SchemaProperty(name = "message", description = "One line for people; usually a string"),
            @SchemaProperty(
                    name = "data",
                    additionalProperties = Schema.True.class,
                    description =
                            "The result: usually an object with the client id that later operations ask for; it may be null or an"
                                    + " array.")
        })
interface RegisteredDocument {

    String EXAMPLE = """
            {
              "code": 200,
              "timestamp": 1772928000000,
              "transaction_id": "txn_0123456789",
              "sub_code": "SUCCESS",
              "message": "Client created successfully",
              "data": {"itr_client_id": "itr_qkgtvIwLcuooWhtrFFbK"}
            }
            """;

    String PENDING_EXAMPLE = """
            {
              "code": 202,
              "timestamp": 1772928000000,
              "transaction_id": "txn_0123456789",
              "sub_code": "PENDING",
              "message": "The request is being processed",
              "data": {"itr_client_id": "itr_qkgtvIwLcuooWhtrFFbK", "status": "pending"}
            }
            """;
}
