package io.itrgateway.registration;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;

/** The 200 body as the OpenAPI document shows it. The code passes on the bytes that came. */
@Schema(
        name = "Registered",
        type = SchemaType.OBJECT,
        description = "Deepvue's envelope. Members may be added to it; only the HTTP status says success.",
        additionalProperties = Schema.True.class,
        properties = {
            @SchemaProperty(
                    name = "code",
                    type = SchemaType.INTEGER,
                    description = "Deepvue's own status; usually that of HTTP"),
            @SchemaProperty(
                    name = "timestamp",
                    type = SchemaType.INTEGER,
                    format = "int64",
                    description = "Milliseconds since 1970-01-01T00:00:00Z"),
            @SchemaProperty(
                    name = "transaction_id",
                    type = SchemaType.STRING,
                    description = "Deepvue's id of the call, to be named when asking Deepvue about it"),
            @SchemaProperty(
                    name = "sub_code",
                    type = SchemaType.STRING,
                    description = "Deepvue's finer status, such as `SUCCESS`"),
            @SchemaProperty(name = "message", type = SchemaType.STRING, description = "One line for people"),
            @SchemaProperty(
                    name = "data",
                    type = SchemaType.OBJECT,
                    description = "Passed on as it came; holds the client id that later operations ask for.")
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
}
