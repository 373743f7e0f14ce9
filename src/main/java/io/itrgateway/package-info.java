/**
 * ITR Gateway: stands between a company's systems and Deepvue's ITR verification API.
 *
 * <p>A request in seven stops, down once and up once:
 *
 * <ol>
 *   <li>{@code edge} takes or makes the request id, opens the call's record of {@code telemetry}, measures, bounds the body, knows the caller;
 *   <li>{@code api.CallPipeline} reads and validates the request by the fields of its {@code operation}, makes the {@code call.Call}, and hands
 *       it over;
 *   <li>{@code binding.ClientBinding} refuses a client id that another caller has registered;
 *   <li>{@code idempotency.IdempotencyService} replays, refuses, joins or runs a call that has a key;
 *   <li>{@code upstream.DeepvueClient} is the one way to Deepvue: token, turn, call, the one repeat on a refused token, record; {@code ratelimit.RateLimiter}
 *       is where a call waits for its turn, and what lets nothing out unpaid;
 *   <li>{@code upstream.DeepvueApi} is the declared client, with the token of {@code token.TokenService} and the API key, over
 *       the connection of {@code transport};
 *   <li>up again: the envelope passes through; or {@code upstream.RefusalDecoder} makes a {@code problem.GatewayException},
 *       which {@code problem.ProblemMapper} turns into the one shape of error.
 * </ol>
 *
 * <p>An operation that is not in the catalogue, but listed by the operator, enters by {@code api.RelayRoute} and leaves by
 * {@code upstream.RelayApi}; all between is the same.
 *
 * <p>Four of these packages keep something that replicas share, behind a port each: {@code token.TokenStore}, {@code ratelimit.PermitStore},
 * {@code idempotency.ClaimStore}, {@code binding.BindingStore}. {@code redis} holds the connection over which
 * {@code token.redis}, {@code ratelimit.redis}, {@code idempotency.redis} and {@code binding.redis} implement them. They are used if
 * {@code GATEWAY_REDIS_URL} is set. Of the other packages, only {@code ops}, {@code status} and {@code doctor} depend on it.
 *
 * <p>What each stop finds out of a call goes into that record; when the answer has left, {@code telemetry} makes of it one line in the log,
 * one record of the audit and one trace.
 *
 * <p>{@code reference} is a page for people who integrate the service. It is beside the way of a request: it knows {@code problem}, and nobody
 * but {@code ops} knows it.
 *
 * <p>One direction, held by ArchUnit: {@code api} to {@code edge}, {@code binding}, {@code idempotency} and {@code upstream};
 * {@code upstream} to {@code token} and {@code ratelimit}; {@code token} to {@code ratelimit}; all three to {@code transport}; those that
 * know of calls to {@code telemetry}; all to {@code problem} and {@code secret}. Only {@code doctor} depends on {@code ops}, and only
 * {@code ops} on {@code status}, the operators' page. {@code doctor} looks at a deployment before traffic does, knows {@code ops}, and is where the
 * process starts.
 */
package io.itrgateway;
