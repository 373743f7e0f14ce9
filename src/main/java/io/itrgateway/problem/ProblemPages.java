package io.itrgateway.problem;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import io.itrgateway.secret.Sha256;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;

/** The closed list of failures, for people and for machines, made from {@link ProblemKind} itself. */
@Path("/problems")
public class ProblemPages {

    private static final JsonFactory JSON = new JsonFactory();
    private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");

    private static final Pattern STYLE = Pattern.compile("<style>(.*)</style>", Pattern.DOTALL);

    /**
     * A kind as a page shows it.
     *
     * @param nextSteps what to do, each with the calls after which it is to be done
     * @param example a whole problem, as JSON on several lines
     */
    record Entry(ProblemKind kind, List<String> nextSteps, String example) {
        static Entry of(ProblemKind kind) {
            return new Entry(kind, nextSteps(kind), indented(ExampleProblem.of(kind, Effect.REGISTERS, EXAMPLE_PATH)));
        }

        private static List<String> nextSteps(ProblemKind kind) {
            Map<String, String> callsByStep = new LinkedHashMap<>();
            for (Effect effect : Effect.values()) {
                callsByStep.merge(kind.nextStep(effect), effect.call(), (some, one) -> some + " or " + one);
            }
            return callsByStep.size() == 1
                    ? List.copyOf(callsByStep.keySet())
                    : callsByStep.entrySet().stream()
                            .map(step -> "After " + step.getValue() + ": " + step.getKey())
                            .toList();
        }

        private static String indented(Problem problem) {
            var text = new StringWriter();
            try (JsonGenerator json = JSON.createGenerator(text)) {
                json.setPrettyPrinter(new DefaultPrettyPrinter(Separators.createDefaultInstance()
                                .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                        .withObjectIndenter(LINES)
                        .withArrayIndenter(LINES));
                problem.write(json);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return text.toString();
        }
    }

    /** What is to be done in the same way after a call that registers. */
    record Group(String title, String meaning, List<Entry> entries) {}

    private static final String EXAMPLE_PATH = "/v1/verification/itr/create-client";

    @CheckedTemplate
    static class Templates {
        /** @param missing whether the list stands for a problem that does not exist */
        static native TemplateInstance problems(List<Group> groups, boolean all, boolean missing);

        private Templates() {}
    }

    // Rendered once: all entries together take a millisecond of an event loop.
    private final Uni<String> list = list(false);
    private final Uni<String> listForAnUnknownCode = list(true);

    private static Uni<String> list(boolean missing) {
        return renderedOnce(() -> Templates.problems(groups(List.of(ProblemKind.values())), true, missing)
                .createUni());
    }

    /** Keeps the page, but not a failure: a rendering fails when it takes too long. */
    static Uni<String> renderedOnce(Supplier<Uni<String>> rendering) {
        var page = new AtomicReference<String>();
        return Uni.createFrom()
                .deferred(() -> page.get() == null
                        ? rendering.get().invoke(page::set)
                        : Uni.createFrom().item(page.get()));
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
        return page(200, list);
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
        List<ProblemKind> kinds = ProblemKind.withCode(code);
        return kinds.isEmpty()
                ? page(404, listForAnUnknownCode)
                : page(200, Templates.problems(groups(kinds), false, false).createUni());
    }

    private static List<Group> groups(List<ProblemKind> kinds) {
        return Arrays.stream(Remedy.values())
                .map(remedy -> new Group(
                        remedy.title(),
                        remedy.meaning(),
                        kinds.stream()
                                .filter(kind -> kind.remedy(Effect.REGISTERS) == remedy)
                                .map(Entry::of)
                                .toList()))
                .filter(group -> !group.entries().isEmpty())
                .toList();
    }

    private static Uni<RestResponse<String>> page(int status, Uni<String> page) {
        return page.map(html -> RestResponse.ResponseBuilder.<String>create(status)
                .entity(html)
                .type("text/html;charset=UTF-8")
                .header("Content-Security-Policy", policy(html))
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .build());
    }

    /** Nothing but the page's own style and its empty icon. */
    private static String policy(String html) {
        String style = STYLE.matcher(html).results().findFirst().orElseThrow().group(1);
        String digest = Base64.getEncoder().encodeToString(Sha256.start().digest(style.getBytes(UTF_8)));
        return "default-src 'none'; style-src 'sha256-" + digest
                + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static List<ProblemKind> known(String code) {
        List<ProblemKind> kinds = ProblemKind.withCode(code);
        if (kinds.isEmpty()) {
            throw GatewayException.of(
                    ProblemKind.NOT_FOUND, "There is no problem with that code; GET /problems lists them.");
        }
        return kinds;
    }

    /** The same by the effect of the operation, as the catalogue of operations names it. */
    private static void writeEffects(JsonGenerator json, ProblemKind kind) throws IOException {
        json.writeObjectFieldStart("effects");
        for (Effect effect : Effect.values()) {
            json.writeObjectFieldStart(effect.name());
            json.writeStringField("next_step", kind.nextStep(effect));
            json.writeBooleanField("retryable", kind.isRetryable(effect));
            json.writeEndObject();
        }
        json.writeEndObject();
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
                json.writeStringField("next_step", kind.nextStep(Effect.REGISTERS));
                json.writeBooleanField("retryable", kind.isRetryable(Effect.REGISTERS));
                writeEffects(json, kind);
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
