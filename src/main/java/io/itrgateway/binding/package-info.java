/**
 * Which caller registered which client id, so that no other caller uses it ({@code GATEWAY_CLIENT_BINDING}).
 *
 * <p>Every client id that leaves the service in an answer of create-client is bound to the caller that gets it, also when the answer is a
 * replay for an Idempotency-Key. The other operations are refused, before anything is sent, where the id is bound to other callers only.
 * Stored are keyed digests, of the id and of the caller's name with it: without the client secret of the account they cannot be tested
 * against guesses, and two ids of one caller look unrelated.
 */
package io.itrgateway.binding;
