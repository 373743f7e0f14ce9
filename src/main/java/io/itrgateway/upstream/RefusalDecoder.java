package io.itrgateway.upstream;

import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CREDENTIALS_REFUSED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_ERROR;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_INVALID_RESPONSE;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_REJECTED_FIELDS;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_REJECTED_REQUEST;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;

import com.fasterxml.jackson.databind.JsonNode;
import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import io.itrgateway.transport.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Turns an answer that is not a success into the failure that it means, whichever of the upstream's shapes it has.
 *
 * <p>The upstream's text is shown only where it is meant for the caller (400, 422 and other refusals of the request), never from
 * 401, 403, 5xx or HTML; and never with the secrets in it that were sent.
 */
final class RefusalDecoder {

    private static final int MOST_FAULTS = 50;
    private static final int MOST_STEPS = 8;
    private static final int LONGEST_STEP_CHARS = 60;

    private final UpstreamText upstream;

    /** @param sent what went up with the call, ours and the caller's, and must not be shown, even if the upstream quotes it */
    RefusalDecoder(List<Secret> sent) {
        this(new UpstreamText(List.copyOf(sent)));
    }

    private RefusalDecoder(UpstreamText upstream) {
        this.upstream = upstream;
    }

    /** For a request whose secrets are not known, such as a relayed one. */
    static RefusalDecoder ofUnknownRequest() {
        return new RefusalDecoder(UpstreamText.ofUnknownRequest());
    }

    /** The failure that the answer means: a {@link TokenRefused} or a {@link GatewayException}. */
    RuntimeException decode(Answer answer) {
        JsonNode document = answer.json();
        var transaction = transactionId(document);
        var text = text(document);
        return switch (answer.status()) {
            case 401 -> new TokenRefused();
            case 402 -> problem(UPSTREAM_CREDENTIALS_REFUSED, transaction); // payment: about the account as well
            case 403 ->
                text.filter("Not a valid token"::equalsIgnoreCase).isPresent()
                        ? new TokenRefused()
                        : problem(UPSTREAM_CREDENTIALS_REFUSED, transaction);
            case 400 ->
                text.filter(said -> said.toLowerCase(Locale.ROOT).contains("inactive client_id"))
                                .isPresent()
                        ? problem(UPSTREAM_CREDENTIALS_REFUSED, transaction)
                        : spoken(UPSTREAM_REJECTED_REQUEST, text, transaction);
            case 422 -> spoken(UPSTREAM_REJECTED_FIELDS, text, transaction).withErrors(faults(document));
            case 429 ->
                problem(QUOTA_EXHAUSTED, "Deepvue says that the plan's rate limit is exceeded.", transaction)
                        .withRetryAfter(answer.retryDelay());
            case 503 ->
                problem(UPSTREAM_UNAVAILABLE, "Deepvue says that it, or its source, is unavailable.", transaction)
                        .withRetryAfter(answer.retryDelay());
            default -> other(answer, text, transaction);
        };
    }

    private RuntimeException other(Answer answer, Optional<String> text, Optional<String> transaction) {
        int status = answer.status();
        if (answer.isNotProcessed()) {
            return problem(
                            UPSTREAM_UNAVAILABLE,
                            "Deepvue, or a proxy before it, answered with status %d, which says that nothing was done."
                                    .formatted(status),
                            transaction)
                    .withRetryAfter(answer.retryDelay());
        }
        if (status >= 500) {
            return problem(UPSTREAM_ERROR, transaction);
        }
        return status >= 400
                ? spoken(UPSTREAM_REJECTED_REQUEST, text, transaction)
                : problem(UPSTREAM_INVALID_RESPONSE, transaction);
    }

    private static GatewayException problem(ProblemKind kind, Optional<String> transaction) {
        return GatewayException.of(kind).withTransactionId(transaction);
    }

    private static GatewayException problem(ProblemKind kind, String detail, Optional<String> transaction) {
        return GatewayException.of(kind, detail).withTransactionId(transaction);
    }

    private GatewayException spoken(ProblemKind kind, Optional<String> text, Optional<String> transaction) {
        return text.flatMap(upstream::sentence)
                .map(said -> problem(kind, "Deepvue says: " + said, transaction))
                .orElseGet(() -> problem(kind, transaction));
    }

    private static Optional<String> text(JsonNode document) {
        return firstText(document, "detail", "message", "error", "message_code");
    }

    private Optional<String> transactionId(JsonNode document) {
        return firstText(document, "transaction_id", "requestId", "request_id").flatMap(upstream::id);
    }

    private static Optional<String> firstText(JsonNode document, String... members) {
        return Stream.of(members)
                .map(document::path)
                .filter(value -> value.isTextual() && !value.textValue().isBlank())
                .map(JsonNode::textValue)
                .findFirst();
    }

    /** From {@code details: [{field, message}]}, or FastAPI's {@code detail: [{loc, msg}]}. */
    private List<FieldFault> faults(JsonNode document) {
        List<FieldFault> faults = new ArrayList<>();
        if (upstream.mayQuoteTheUnknown()) {
            return faults; // names of members may be quoted as well
        }
        for (JsonNode fault : document.path("details")) {
            String field = fault.path("field").asText("");
            add(
                    faults,
                    field.isBlank() ? List.of() : List.of(field),
                    fault.path("message").asText(""));
        }
        if (document.path("detail").isArray()) {
            for (JsonNode fault : document.path("detail")) {
                add(faults, steps(fault.path("loc")), fault.path("msg").asText(""));
            }
        }
        return faults;
    }

    private static List<String> steps(JsonNode loc) {
        List<String> steps = StreamSupport.stream(loc.spliterator(), false)
                .map(step -> step.asText(""))
                .toList();
        boolean body = !steps.isEmpty() && steps.get(0).equals("body");
        return body ? steps.subList(1, steps.size()) : steps;
    }

    private void add(List<FieldFault> faults, List<String> path, String message) {
        if (faults.size() < MOST_FAULTS && !(path.isEmpty() && message.isBlank())) {
            faults.add(FieldFault.at(
                    path.stream()
                            .limit(MOST_STEPS)
                            .map(step -> upstream.shown(step, LONGEST_STEP_CHARS))
                            .toList(),
                    upstream.shown(message)));
        }
    }
}
