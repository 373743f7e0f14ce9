package io.itrgateway.problem;

import static io.itrgateway.problem.Outcome.NOT_PROCESSED;
import static io.itrgateway.problem.Outcome.REJECTED;
import static io.itrgateway.problem.Outcome.UNKNOWN;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The closed list of failures. A caller never sees one that is not here; the pages under {@code /problems} and the OpenAPI
 * document are generated from it.
 */
public enum ProblemKind {
    MALFORMED_REQUEST(
            400,
            NOT_PROCESSED,
            false,
            "The request is malformed",
            "The body is not JSON, a field has the wrong JSON type, a header has a bad value, or the message is not the HTTP that RFC 9112"
                    + " or 9113 describes. Fix the request."),
    UPSTREAM_REJECTED_REQUEST(
            "upstream-rejected",
            400,
            REJECTED,
            false,
            "The upstream refused the request",
            "Deepvue refused the request. Change it before you send it again."),
    UNAUTHENTICATED(
            401,
            NOT_PROCESSED,
            false,
            "Missing or invalid API key or token",
            "Send your key in x-api-key, or, where this service accepts tokens, a Bearer token."),
    FORBIDDEN(
            403,
            NOT_PROCESSED,
            false,
            "The caller may not do this",
            "The caller is known, but this operation is not granted to it, or the client id is not one that it has registered."
                    + " Ask the operator of this service."),
    NOT_FOUND(404, NOT_PROCESSED, false, "Not found", "No operation has this path. Look at /q/openapi."),
    METHOD_NOT_ALLOWED(
            405,
            NOT_PROCESSED,
            false,
            "The method is not allowed",
            "The path exists, but not for this method. The Allow header lists the ones it has."),
    NOT_ACCEPTABLE(
            406,
            NOT_PROCESSED,
            false,
            "No acceptable representation",
            "The Accept header excludes everything that this path can answer with."),
    REQUEST_TIMEOUT(
            408,
            NOT_PROCESSED,
            true,
            "The request did not arrive in time",
            "The request did not arrive in full in the time that this service allows. Nothing was sent upstream. Repeat it."),
    IDEMPOTENCY_IN_PROGRESS(
            409,
            NOT_PROCESSED,
            true,
            "The same Idempotency-Key is still running",
            "This repeat was not sent. The first call with this Idempotency-Key may still run and be carried out. Repeat with the same"
                    + " key after a moment."),
    PAYLOAD_TOO_LARGE(
            413,
            NOT_PROCESSED,
            false,
            "The body is too large",
            "A request body may have at most 64 KiB, or 8 MiB where the operator of this service has added the operation."),
    UNSUPPORTED_MEDIA_TYPE(
            415,
            NOT_PROCESSED,
            false,
            "The media type is not supported",
            "Send the body as JSON, with Content-Type: application/json and without a Content-Encoding. An operation that the operator of"
                    + " this service has added takes multipart/form-data, too."),
    INVALID_REQUEST(
            422,
            NOT_PROCESSED,
            false,
            "The request is not valid",
            "A field is missing, unknown or out of bounds; errors names the fields. Nothing was sent upstream."),
    IDEMPOTENCY_KEY_REUSED(
            422,
            NOT_PROCESSED,
            false,
            "The Idempotency-Key was used for another payload",
            "This Idempotency-Key belongs to a call with another payload. Use a new key for a new call."),
    UPSTREAM_REJECTED_FIELDS(
            "upstream-rejected",
            422,
            REJECTED,
            false,
            "The upstream refused the request",
            "Deepvue refused values in the request. Change them before you send it again."),
    QUOTA_EXHAUSTED(
            429,
            NOT_PROCESSED,
            true,
            "The plan's budget is exhausted",
            "The plan with Deepvue allows no further call in time. Repeat after Retry-After."),
    CALLER_LIMIT(
            429,
            NOT_PROCESSED,
            true,
            "The caller's own limit is reached",
            "This caller has used up what the operator of this service grants it. Repeat after Retry-After."),
    INTERNAL_ERROR(
            500, UNKNOWN, false, "The service failed", "A bug of this service. Give its operator the request_id."),
    UPSTREAM_CREDENTIALS_REFUSED(
            502,
            NOT_PROCESSED,
            false,
            "The upstream refused this service's own credentials",
            "Deepvue refuses the account of this service, not the caller. Its operator has to act; a retry will not help until then."),
    UPSTREAM_ERROR(502, UNKNOWN, false, "The upstream failed", "Deepvue answered with an error of its own."),
    UPSTREAM_INVALID_RESPONSE(
            502,
            UNKNOWN,
            false,
            "The upstream's answer could not be understood",
            "Deepvue's answer is not the documented one: not HTTP, not JSON, cut short or partial, too large, or a redirect."),
    UPSTREAM_CONNECTION_LOST(
            502,
            UNKNOWN,
            false,
            "The connection to the upstream was lost",
            "The connection broke after the call was sent."),
    CALL_INTERRUPTED(
            502,
            UNKNOWN,
            false,
            "The call was interrupted",
            "The instance of this service that carried out the call of this Idempotency-Key ended before the answer was"
                    + " recorded, or the recorded answer cannot be returned now."),
    UPSTREAM_UNAVAILABLE(
            503,
            NOT_PROCESSED,
            true,
            "The upstream cannot be reached",
            "No connection to Deepvue, or Deepvue says that it is unavailable. Nothing was done. Repeat after Retry-After."),
    OVERLOADED(
            503,
            NOT_PROCESSED,
            true,
            "The service is overloaded",
            "Too many calls or answers are in flight here, the service is stopping, or it cannot reach the issuer of tokens or what it shares"
                    + " with other instances. Repeat after Retry-After."),
    UPSTREAM_TIMEOUT(
            504,
            UNKNOWN,
            false,
            "The upstream did not answer in time",
            "The call was sent, and no answer came in time.");

    private static final String REFUSED_AGAIN = " Sent again unchanged, it is refused again.";

    private final String code;
    private final int status;
    private final Outcome outcome;
    private final boolean retryable;
    private final String title;
    private final String advice;

    ProblemKind(int status, Outcome outcome, boolean retryable, String title, String advice) {
        this(null, status, outcome, retryable, title, advice);
    }

    ProblemKind(String code, int status, Outcome outcome, boolean retryable, String title, String advice) {
        this.code = code == null ? name().toLowerCase(Locale.ROOT).replace('_', '-') : code;
        this.status = status;
        this.outcome = outcome;
        this.retryable = retryable;
        this.title = title;
        this.advice = advice;
    }

    /** The public name, unique but for {@code upstream-rejected}, which has the statuses 400 and 422. */
    public String code() {
        return code;
    }

    /** The HTTP status of the answer. */
    public int status() {
        return status;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** Whether the same request, unchanged and without any intervention, may succeed later and cannot register twice, whatever its effect. */
    public boolean retryable() {
        return retryable;
    }

    /** The same for an operation of that effect. */
    public boolean isRetryable(Effect effect) {
        return retryable || outcome == Outcome.UNKNOWN && effect.isRepeatable();
    }

    /** What a caller does about it, after an operation of that effect. */
    Remedy remedy(Effect effect) {
        if (isRetryable(effect)) {
            return Remedy.REPEAT;
        }
        if (outcome == Outcome.UNKNOWN) {
            return Remedy.LOOK;
        }
        return switch (this) {
            case UNAUTHENTICATED, FORBIDDEN, UPSTREAM_CREDENTIALS_REFUSED -> Remedy.ASK;
            default -> Remedy.FIX;
        };
    }

    /** One line for people, the same for every occurrence. */
    public String title() {
        return title;
    }

    /** What it means, whatever the operation; also the detail of a problem that has none of its own. */
    public String advice() {
        return advice;
    }

    /** What it means for an operation of that effect. */
    public String advice(Effect effect) {
        return withConsequence(advice, effect);
    }

    /** A text about one occurrence, and after it what may have happened, where that is not known. */
    String withConsequence(String text, Effect effect) {
        return outcome == Outcome.UNKNOWN ? text + " " + effect.consequence() : text;
    }

    /** What a caller does next, in plain words and with no other sentence beside it. */
    public String nextStep(Effect effect) {
        if (this == IDEMPOTENCY_IN_PROGRESS) {
            return "Repeat the same request with the same Idempotency-Key after a moment: under one key it is carried out once."
                    + (effect.isRepeatable()
                            ? ""
                            : " Do not send it under another key: the first call may still be carried out.");
        }
        if (retryable) {
            return "Repeat the same request" + (hasRetryAfter() ? " after the time in Retry-After" : "")
                    + ". It cannot register twice.";
        }
        if (outcome == Outcome.UNKNOWN) {
            return effect.nextStep();
        }
        return switch (this) {
            case UNAUTHENTICATED ->
                "Send a valid key, or, where this service accepts tokens, a valid token. The same request with the same one is refused again.";
            case FORBIDDEN ->
                "Use a client id that you have registered yourself, or ask the operator of this service for the grant. Until then the request"
                        + " is refused again.";
            case UPSTREAM_CREDENTIALS_REFUSED ->
                "Ask the operator of this service: Deepvue refuses its account, for all calls or for this operation. Until that is resolved,"
                        + " the same call is refused again.";
            case METHOD_NOT_ALLOWED -> "Use a method that Allow lists." + REFUSED_AGAIN;
            case NOT_ACCEPTABLE ->
                "Send an Accept header that allows what this path answers with, or none." + REFUSED_AGAIN;
            case PAYLOAD_TOO_LARGE -> "Send a smaller body." + REFUSED_AGAIN;
            case IDEMPOTENCY_KEY_REUSED ->
                "Send this payload under a new key, or the first payload under this one." + REFUSED_AGAIN;
            case UPSTREAM_REJECTED_REQUEST, UPSTREAM_REJECTED_FIELDS ->
                "Change the request; detail and errors give the reason that Deepvue states, as far as it can be shown. If the request had an Idempotency-Key,"
                        + " send it with a new one: the old one belongs to the first payload." + REFUSED_AGAIN;
            default -> "Change the request." + REFUSED_AGAIN;
        };
    }

    /** The URI reference in {@code type}; it resolves to a page. */
    public String type() {
        return "/problems/" + code;
    }

    /** Whether the answer says when to come back. */
    public boolean hasRetryAfter() {
        return status == 429 || status == 503;
    }

    /** The kinds with that code: none, one, or two. */
    public static List<ProblemKind> withCode(String code) {
        return Arrays.stream(values()).filter(kind -> kind.code.equals(code)).toList();
    }

    /** The kind for a status that the HTTP framework chose by itself. */
    static Optional<ProblemKind> ofFrameworkStatus(int status) {
        return switch (status) {
            case 400, 411, 414, 417, 431 -> Optional.of(MALFORMED_REQUEST);
            case 401 -> Optional.of(UNAUTHENTICATED);
            case 403 -> Optional.of(FORBIDDEN);
            case 404 -> Optional.of(NOT_FOUND);
            case 405 -> Optional.of(METHOD_NOT_ALLOWED);
            case 406 -> Optional.of(NOT_ACCEPTABLE);
            case 408 -> Optional.of(REQUEST_TIMEOUT);
            case 413 -> Optional.of(PAYLOAD_TOO_LARGE);
            case 415 -> Optional.of(UNSUPPORTED_MEDIA_TYPE);
            default -> Optional.empty();
        };
    }
}
