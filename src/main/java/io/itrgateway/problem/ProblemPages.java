package io.itrgateway.problem;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;

/** The closed list of failures, for people and for machines, made from {@link ProblemKind} itself. */
@Path("/problems")
public class ProblemPages {

    private static final JsonFactory JSON = new JsonFactory();

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance problems(List<ProblemKind> kinds, boolean all);

        private Templates() {}
    }

    @GET
    @Operation(hidden = true)
    @Produces({MediaType.APPLICATION_JSON, "application/problem+json;qs=0.9"})
    public byte[] all() {
        return json(List.of(ProblemKind.values()));
    }

    @GET
    @Operation(hidden = true)
    @Produces("text/html;qs=0.8")
    public Uni<RestResponse<String>> allForPeople() {
        return page(Templates.problems(List.of(ProblemKind.values()), true));
    }

    @GET
    @Operation(hidden = true)
    @Path("/{code}")
    @Produces({MediaType.APPLICATION_JSON, "application/problem+json;qs=0.9"})
    public byte[] one(@RestPath String code) {
        return json(known(code));
    }

    @GET
    @Operation(hidden = true)
    @Path("/{code}")
    @Produces("text/html;qs=0.8")
    public Uni<RestResponse<String>> oneForPeople(@RestPath String code) {
        return page(Templates.problems(known(code), false));
    }

    private static Uni<RestResponse<String>> page(TemplateInstance template) {
        return template.createUni()
                .map(html -> RestResponse.ResponseBuilder.ok(html, "text/html;charset=UTF-8")
                        .build());
    }

    private static List<ProblemKind> known(String code) {
        List<ProblemKind> kinds = ProblemKind.withCode(code);
        if (kinds.isEmpty()) {
            throw GatewayException.of(
                    ProblemKind.NOT_FOUND, "There is no problem of that code; GET /problems lists them.");
        }
        return kinds;
    }

    private static byte[] json(List<ProblemKind> kinds) {
        var bytes = new ByteArrayOutputStream(4096);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeArrayFieldStart("problems");
            for (ProblemKind kind : kinds) {
                json.writeStartObject();
                json.writeStringField("type", kind.type());
                json.writeStringField("code", kind.code());
                json.writeNumberField("status", kind.status());
                json.writeStringField("title", kind.title());
                json.writeStringField("advice", kind.advice());
                json.writeStringField("outcome", kind.outcome().wireName());
                json.writeStringField("outcome_meaning", kind.outcome().meaning());
                json.writeBooleanField("retryable", kind.retryable());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
