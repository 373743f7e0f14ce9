package io.itrgateway.idempotency;

/**
 * @param caller whose call it is
 * @param text a keyed digest of the caller, the operation and the key: 43 characters of URL-safe base64
 */
public record ClaimName(String caller, String text) {}
