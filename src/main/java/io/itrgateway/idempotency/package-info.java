/**
 * One call for one key: a call that is repeated with its {@code Idempotency-Key} is carried out once, and answered every time.
 *
 * <p>Why: a caller whose connection broke does not know whether the registration was made, and asking twice may make it twice.
 * With a key he asks again without fear: {@link io.itrgateway.idempotency.OnceOnly} lets him wait for the call that runs, gives
 * him the answer that is kept, or carries the call out, and nothing else.
 *
 * <p>Who may carry it out is decided by the port {@link io.itrgateway.idempotency.Claims} alone, so that it holds among replicas;
 * those who wait in one process wait for one flight and not for the port, and a flight whose call runs in another process looks there for
 * its end. What lies behind the port is a digest for a name, a
 * digest of the payload, and a sealed answer: all keyed, so that no key text, user name or password can be read from it or tried
 * against it. What the work is, this room does not know.
 */
package io.itrgateway.idempotency;
