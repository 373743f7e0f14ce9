package io.itrgateway.upstream;

import io.itrgateway.secret.Secret;

/**
 * The body of create-client.
 *
 * @param username the portal user id: usually a PAN
 * @param password the portal password
 */
public record CreateClient(Secret username, Secret password) {}
