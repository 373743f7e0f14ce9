package io.itrgateway.idempotency;

/** @param text a keyed digest of the caller, the operation and the key: 43 characters of URL-safe base64 */
public record ClaimName(String text) {}
