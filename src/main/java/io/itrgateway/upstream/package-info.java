/**
 * Deepvue's ITR operations: only this package depends on their paths, bodies, refusals, and what may be repeated.
 *
 * <p>{@link io.itrgateway.upstream.DeepvueClient} is the only way in. The declared client behind it is package-private, so no call can
 * skip the token, the record or the decoding. The credentials are header parameters of the declared client and not a request
 * filter's work: the token must be at hand before the call counts as sent, and the hot path has a handler less.
 *
 * <p>The answer is checked by a streaming parser and passed on as the bytes that came: every field, every digit of a number, in
 * its order; and binding it to a record and back would cost a quarter of the CPU of a call.
 */
package io.itrgateway.upstream;
