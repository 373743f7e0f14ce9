package io.itrgateway.binding;

/**
 * That a client id belongs to a caller.
 *
 * @param client a keyed digest of the id: 43 characters of URL-safe base64
 * @param owner a keyed digest of that and of the caller's name, of the same form
 */
public record Binding(String client, String owner) {}
