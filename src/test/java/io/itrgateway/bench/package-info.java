/**
 * The benchmark: what one call costs the packaged service, beside what it costs a proxy that does nothing else.
 *
 * <p>Four processes on one machine: the {@linkplain io.itrgateway.bench.StubUpstream stub upstream}, the gateway as it is
 * packaged, the {@linkplain io.itrgateway.bench.BareProxy bare proxy} as the yardstick, and
 * {@link io.itrgateway.bench.Benchmark}, which starts the others, sends the load and prints the figures. Nothing here
 * passes or fails by a figure: figures belong to the machine they were taken on, the ratio to the yardstick travels.
 */
package io.itrgateway.bench;
