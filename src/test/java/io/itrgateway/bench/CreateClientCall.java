package io.itrgateway.bench;

import java.util.Map;

/** The one call of the benchmark: the vendor's own sample of create-client, with the key of the benchmark's caller. */
final class CreateClientCall {

    static final String PATH = "/v1/verification/itr/create-client";

    /** The caller's key; the gateway is configured with its digest, the bare proxy does not look at it. */
    static final String CALLER_KEY = "bench";

    static final Map<String, String> HEADERS = Map.of(
            "Content-Type", "application/json", "Authorization", "Bearer YOUR_API_TOKEN", "x-api-key", CALLER_KEY);

    static final String BODY = "{\"username\":\"ABCDE1234F\",\"password\":\"example_string\"}";

    private CreateClientCall() {}
}
