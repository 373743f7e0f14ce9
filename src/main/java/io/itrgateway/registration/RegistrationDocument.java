package io.itrgateway.registration;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The request as the OpenAPI document shows it; {@link Registration} is what the code works with. */
@Schema(
        name = "Registration",
        type = SchemaType.OBJECT,
        additionalProperties = Schema.False.class,
        requiredProperties = {"username", "password"})
interface RegistrationDocument {

    @Schema(
            description = "The portal user id: usually a PAN.",
            minLength = 1,
            maxLength = Registration.LONGEST_USERNAME_CHARS,
            pattern = "\\S",
            examples = "ABCDE1234F")
    String getUsername();

    @Schema(
            description = "The portal password. Passed on, never stored or logged.",
            minLength = Registration.SHORTEST_PASSWORD_CHARS,
            maxLength = Registration.LONGEST_PASSWORD_CHARS,
            pattern = "\\S",
            format = "password",
            examples = "example_string")
    String getPassword();
}
