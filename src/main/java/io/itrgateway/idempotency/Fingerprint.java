package io.itrgateway.idempotency;

/**
 * Tells one payload from another.
 *
 * @param text a keyed digest of the payload and of the claim's name: 43 characters of URL-safe base64
 */
public record Fingerprint(String text) {}
