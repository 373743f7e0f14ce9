package io.itrgateway.api;

import static io.itrgateway.problem.ProblemKind.MALFORMED_REQUEST;
import static io.itrgateway.problem.ProblemKind.NOT_ACCEPTABLE;
import static io.itrgateway.problem.ProblemKind.PAYLOAD_TOO_LARGE;
import static io.itrgateway.problem.ProblemKind.UNSUPPORTED_MEDIA_TYPE;

import io.itrgateway.call.MemoryReservation;
import io.itrgateway.call.RelayedRequest;
import io.itrgateway.call.RequestValues;
import io.itrgateway.edge.BoundedBodyReader;
import io.itrgateway.fairness.EventLoopWork;
import io.itrgateway.fairness.LongWork;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.problem.GatewayException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.util.Optional;
import org.jboss.resteasy.reactive.common.util.MediaTypeHelper;

/** Reads the request of a relayed operation, of which only the form is known. */
final class RelayReader {

    /** Longest body, in bytes. */
    static final int LONGEST_BYTES = 8 * 1024 * 1024;

    /** As long as the request line of HTTP/1 may be, over HTTP/2 as well. */
    private static final int LONGEST_TARGET_CHARS = 4096;

    /** A longer one could be what Deepvue answers with 431, which counts as a fault of the gateway. */
    private static final int LONGEST_TYPE_CHARS = 256;

    private static final String BOUNDARY = "boundary";

    /** RFC 2046, 5.1.1. */
    private static final int LONGEST_BOUNDARY_CHARS = 70;

    private final Operation operation;
    private final HttpServerRequest request;
    private final Optional<MediaType> type;

    private RelayReader(Operation operation, HttpServerRequest request) {
        this.operation = operation;
        this.request = request;
        this.type = Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_TYPE))
                .filter(header -> operation.method() != Method.GET)
                .map(MediaType::valueOf);
    }

    /**
     * Judges the head.
     *
     * @throws GatewayException where it can be answered without a call
     */
    static RelayReader of(Operation operation, HttpServerRequest request) {
        String contentType = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (contentType != null && contentType.length() > LONGEST_TYPE_CHARS) {
            throw GatewayException.of(MALFORMED_REQUEST, "The header Content-Type has more than 256 characters.");
        }
        var reader = new RelayReader(operation, request);
        if (reader.type.filter(type -> !isJson(type) && !isMultipart(type)).isPresent()) {
            throw GatewayException.of(
                    UNSUPPORTED_MEDIA_TYPE,
                    "Send the body as application/json, or as multipart/form-data with a boundary of 1 to 70 characters, and without a Content-Encoding.");
        }
        if (!acceptsJson(request)) {
            throw GatewayException.of(NOT_ACCEPTABLE);
        }
        if (request.uri().length() > LONGEST_TARGET_CHARS) {
            throw GatewayException.of(MALFORMED_REQUEST, "The path and the query are longer than 4 KiB.");
        }
        if (request.query() != null && !isOfUri(request.query())) {
            throw GatewayException.of(MALFORMED_REQUEST, "The query has characters that a URI cannot have.");
        }
        return reader;
    }

    private static boolean isJson(MediaType type) {
        return type.getType().equalsIgnoreCase("application")
                && type.getSubtype().equalsIgnoreCase("json");
    }

    private static boolean isMultipart(MediaType type) {
        String boundary = type.getParameters().get(BOUNDARY);
        return type.getType().equalsIgnoreCase("multipart")
                && type.getSubtype().equalsIgnoreCase("form-data")
                && boundary != null
                && !boundary.isEmpty()
                && boundary.length() <= LONGEST_BOUNDARY_CHARS;
    }

    private static boolean acceptsJson(HttpServerRequest request) {
        String ranges = request.getHeader(HttpHeaders.ACCEPT);
        return ranges == null
                || MediaTypeHelper.parseHeader(ranges).stream()
                        .anyMatch(range -> range.isCompatible(MediaType.APPLICATION_JSON_TYPE));
    }

    private static boolean isOfUri(String query) {
        try {
            return query.equals(URI.create("/?" + query).getRawQuery());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Reads the body, of a method that has one. It is held by the given memory from here on. */
    Uni<RequestValues> read(RoutingContext context, MemoryReservation memory) {
        if (operation.method() != Method.GET) {
            boolean isKeyed = request.headers().contains(CallPipeline.IDEMPOTENCY_KEY);
            return BoundedBodyReader.read(context, limit(memory))
                    .map(body -> relayed(body, memory))
                    .chain(relayed -> isKeyed
                            ? digested(relayed, context.vertx())
                            : Uni.createFrom().item(relayed))
                    .map(RequestValues::of);
        }
        BoundedBodyReader.discard(request);
        return Uni.createFrom().item(() -> RequestValues.of(relayed(new byte[0], memory)));
    }

    /** The request when its digest is there: that of a long body is computed by a worker, since an event loop would not serve others meanwhile. */
    static Uni<RelayedRequest> digested(RelayedRequest relayed, Vertx vertx) {
        return relayed.body().length <= EventLoopWork.LONGEST_BYTES
                ? Uni.createFrom().item(relayed)
                : Uni.createFrom()
                        .completionStage(
                                () -> LongWork.run(vertx, relayed::digested).toCompletionStage());
    }

    private static BoundedBodyReader.Limit limit(MemoryReservation memory) {
        return new BoundedBodyReader.Limit(
                LONGEST_BYTES,
                GatewayException.of(PAYLOAD_TOO_LARGE, "The body of a relayed request may have 8 MiB at the most."),
                memory::take);
    }

    private RelayedRequest relayed(byte[] body, MemoryReservation memory) {
        return new RelayedRequest(
                operation.method().name(),
                request.path(),
                Optional.ofNullable(request.query()).filter(query -> !query.isEmpty()),
                Optional.of(type.isEmpty() ? MediaType.APPLICATION_JSON : request.getHeader(HttpHeaders.CONTENT_TYPE)),
                type.filter(RelayReader::isMultipart)
                        .map(multipart -> multipart.getParameters().get(BOUNDARY)),
                body,
                memory);
    }
}
