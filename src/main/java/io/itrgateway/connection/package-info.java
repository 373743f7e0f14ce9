/**
 * The connections that callers open, before Vert.x has made a request of what arrives: framing that can be read in one way only, the limits of
 * bytes, time, streams and unread answers, and the end of a connection.
 *
 * <p>Why apart from {@code edge}: these are handlers of Netty, created for each connection by {@link io.itrgateway.connection.GuardedTransport},
 * and know neither routes nor callers. {@code edge} depends on them, and not the other way round.
 */
package io.itrgateway.connection;
