/**
 * Looks at a deployment before traffic does: {@code java -jar quarkus-run.jar doctor}, or the binary with that word.
 *
 * <p>It is the same program with the same settings, so that what it finds is what the service would find: it opens no port, takes its
 * findings from the packages that do the work ({@link io.itrgateway.startup.StartupCheck}, {@link io.itrgateway.token.AuthorizeProbe}, the TLS of
 * {@link io.itrgateway.transport.DeepvueTransport}, {@link io.itrgateway.redis.RedisSelfTest}), prints them and ends. It does not
 * depend on {@code upstream}, so it cannot register a taxpayer, and no other package depends on it.
 *
 * <p>{@link io.itrgateway.Main} is where the process starts, whatever it is to be. A check has bounded time, is skipped where what
 * it needs has failed, and ends as a {@link io.itrgateway.doctor.Finding}; none of them may hold a secret, nor
 * text from outside except names and numbers.
 */
package io.itrgateway.doctor;
