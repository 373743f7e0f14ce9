/**
 * The operation create-client: {@code POST /v1/verification/itr/create-client}.
 *
 * <p>Why: this room holds the public contract and nothing else; what it means upstream, and what every failure looks like, is
 * decided elsewhere. The body is read by a reader of its own, {@link io.itrgateway.registration.RegistrationReader}: two strings
 * that become {@link io.itrgateway.secret.Secret}s while they are parsed, with every fault told at once, are less work and less
 * risk than a binding library whose messages quote what they read.
 */
package io.itrgateway.registration;
