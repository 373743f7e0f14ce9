/**
 * Looks at a deployment before traffic does: {@code java -jar quarkus-run.jar doctor}, or the binary with that word.
 *
 * <p>It is the same program with the same settings, so that what it finds is what the service would find: it opens no port, takes its
 * findings from the rooms themselves ({@link io.itrgateway.ops.StartupCheck}, {@link io.itrgateway.token.AuthorizeProbe}, the TLS of
 * {@link io.itrgateway.transport.DeepvueTransport}, {@link io.itrgateway.redis.RedisSelfTest}), prints them and ends. It has no way to
 * {@code upstream}, and so none to register anybody. It looks down and is seen by nobody.
 *
 * <p>{@link io.itrgateway.Main} is where the process starts, whatever it is to be. A check has bounded time, is skipped where what
 * it needs has failed, and ends as a {@link io.itrgateway.doctor.Finding}; none of them may hold a secret, nor what somebody else wrote
 * except names and numbers.
 */
package io.itrgateway.doctor;
