/**
 * ITR Gateway: a service between a company's systems and Deepvue's ITR verification API.
 *
 * <p>A request is handled in seven steps, after {@code connection} has found its framing to be readable in one way only:
 *
 * <ol>
 *   <li>{@code edge} assigns the request id, opens the call's record (of {@code telemetry}), bounds the body and authenticates the caller;
 *   <li>{@code api.CallPipeline} reads and validates the request by the fields of its {@code operation}, and creates the {@code call.Call};
 *   <li>{@code binding.ClientBinding} refuses a client id that another caller has registered;
 *   <li>{@code idempotency.IdempotencyService} replays, refuses, joins or runs a call that has a key;
 *   <li>{@code upstream.DeepvueClient} is the only way to Deepvue: token, turn, call, the one repeat on a refused token, record; in
 *       {@code ratelimit.RateLimiter} a call waits for its turn, and none is sent that has not been counted against the plan;
 *   <li>{@code upstream.DeepvueApi} is the declared client; it sends the token of {@code token.TokenService} and the API key over the
 *       connections of {@code transport};
 *   <li>the envelope of the answer is passed on as it is; or {@code upstream.RefusalDecoder} creates a {@code problem.GatewayException},
 *       which {@code problem.ProblemMapper} turns into a problem document.
 * </ol>
 *
 * <p>An operation that is not in the catalogue, but listed by the operator, is received by {@code api.RelayRoute} and sent by
 * {@code upstream.RelayApi}; all other steps are the same.
 *
 * <p>Four of these packages keep something that replicas share, behind a port each: {@code token.TokenStore}, {@code ratelimit.PermitStore},
 * {@code idempotency.ClaimStore}, {@code binding.BindingStore}. {@code redis} holds the connection over which
 * {@code token.redis}, {@code ratelimit.redis}, {@code idempotency.redis} and {@code binding.redis} implement them. They are used if
 * {@code GATEWAY_REDIS_URL} is set. Of the other packages, only {@code startup}, {@code ops}, {@code status} and
 * {@code doctor} depend on it.
 *
 * <p>Each step adds to the record of the call; when the answer has been sent, {@code telemetry} writes the record as one line of the log,
 * one record of the audit, one sample of the metrics and one trace.
 *
 * <p>{@code reference} is a page for people who integrate the service, {@code status} one for operators. No request to an operation passes through
 * them.
 *
 * <p>Dependencies, checked by ArchUnit: {@code edge} to {@code connection}; {@code api} to {@code edge}, {@code binding}, {@code idempotency} and {@code upstream};
 * {@code upstream} to {@code token} and {@code ratelimit}; {@code token} to {@code ratelimit}; all three to {@code transport}; the
 * packages that handle calls to {@code telemetry}; those that bound what callers hold to {@code fairness}; all to {@code problem} and
 * {@code secret}. Only {@code doctor} depends on {@code startup}, which checks the configuration, and nothing depends on {@code ops},
 * {@code status} or {@code reference}. {@code doctor} checks a deployment before traffic does, and is where
 * the process starts.
 */
package io.itrgateway;
