package io.itrgateway.edge;

import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sees the bytes of a connection as the caller sent them, decrypted and not yet decoded. */
final class Http1Guard extends ChannelInboundHandlerAdapter {}
