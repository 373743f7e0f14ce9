package io.itrgateway.upstream;

import io.itrgateway.call.RelayedRequest;
import io.itrgateway.operation.RelayedOperations;
import io.itrgateway.transport.DeepvueTransport;
import io.itrgateway.transport.GuardSettings;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.net.URI;

/** Sends relayed requests, for {@link DeepvueClient} only. There is no client where nothing is relayed. */
@Singleton
class RelayClient {

    private final String baseUrl;
    private final RelayApi api;

    RelayClient(DeepvueTransport transport, GuardSettings guard, RelayedOperations operations) {
        this.baseUrl = transport.baseUrl().toString();
        this.api = operations.isEmpty() ? null : transport.client(RelayApi.class, guard.maxInFlight());
    }

    /** One request. It holds its body until its end, whether or not it is still waited for. */
    Uni<Response> send(RelayedRequest request, String bearer, String clientSecret) {
        return request.memory().during(() -> exchange(request, bearer, clientSecret));
    }

    private Uni<Response> exchange(RelayedRequest request, String bearer, String secret) {
        URI target = URI.create(baseUrl + request.target());
        String type = request.contentType().orElse(null);
        byte[] body = request.body();
        return switch (request.method()) {
            case "GET" -> api.get(target, bearer, secret);
            case "POST" -> api.post(target, bearer, secret, type, body);
            case "PUT" -> api.put(target, bearer, secret, type, body);
            case "PATCH" -> api.patch(target, bearer, secret, type, body);
            case "DELETE" -> api.delete(target, bearer, secret, type, body);
            default -> throw new IllegalArgumentException(request.method());
        };
    }
}
