package io.itrgateway.connection;

import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A listening socket that accepts what the kernel has queued for it before it closes. Just closing it resets those connections, although
 * their clients are connected and may have sent a request.
 *
 * <p>What arrives between the last accept and the close is still reset: the JDK offers no way to refuse connections first.
 */
final class ListeningChannel extends NioServerSocketChannel {

    /** More than any backlog holds, so that clients that connect without a pause cannot keep the socket open. */
    private static final int MOST_ACCEPTED = 16 * 1024;

    @Override
    protected void doClose() throws Exception {
        List<Object> queued = new ArrayList<>();
        if (isActive()) {
            acceptQueued(queued);
        }
        super.doClose();
        for (Object connection : queued) {
            pipeline().fireChannelRead(connection);
        }
    }

    /** Ends early where no more can be accepted, for lack of file descriptors, for one; the socket closes all the same. */
    private void acceptQueued(List<Object> queued) {
        boolean more = true;
        while (more && queued.size() < MOST_ACCEPTED) {
            try {
                more = doReadMessages(queued) > 0;
            } catch (Exception e) {
                more = false;
            }
        }
    }
}
