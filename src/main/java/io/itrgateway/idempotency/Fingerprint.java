package io.itrgateway.idempotency;

/** @param text a keyed digest of the payload and of the claim's name: 43 characters of URL-safe base64 */
public record Fingerprint(String text) {}
