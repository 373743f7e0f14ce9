/**
 * What callers see: the operations, at Deepvue's own paths and with Deepvue's own bodies.
 *
 * <p>The request is read by a reader of its own, {@link io.itrgateway.api.RequestReader}: strings that become
 * {@link io.itrgateway.secret.Secret}s while they are parsed, with all faults in one answer, are less work and less risk than a binding
 * library whose messages quote what they read.
 *
 * <p>{@link io.itrgateway.api.RelayRoute} serves the operations that an operator has listed beside them. Their bodies are read as a whole, up
 * to a limit and within a memory for all of them, and not streamed to Deepvue. Streamed, a body could not be sent again after a refused token; it could not be compared
 * with the one that an Idempotency-Key belongs to before the call is made; a call would take its turn, and a place at Deepvue, for as long as its
 * caller takes to send; and a caller who breaks off would leave half a request at Deepvue, whose outcome is unknown.
 */
package io.itrgateway.api;
