/**
 * How bytes get to Deepvue and back: the account, the connection, its bounds, and what can truthfully be said of an exchange
 * that failed.
 *
 * <p>Why this package exists beside {@code upstream} and {@code token}: both talk to the same host with the same client settings,
 * and for both the question after a failure is the same one: had it been sent? The declared clients ({@code DeepvueApi},
 * {@code AuthorizeApi}) stay package-private in their packages; here is what they share. It depends on neither.
 *
 * <p>Nothing of JAX-RS, Vert.x or Netty leaves this package in a failure: an {@link io.itrgateway.transport.ExchangeFailure} has a
 * reason from a closed list, and an answer is an {@link io.itrgateway.transport.Answer}, whatever its status.
 */
package io.itrgateway.transport;
