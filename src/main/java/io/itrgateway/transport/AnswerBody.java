package io.itrgateway.transport;

import io.itrgateway.fairness.EventLoopWork;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Arrays;

/**
 * The body of one answer while it arrives: one array, of the announced length if one was announced. Reading from the connection stops
 * while there is no memory for a long one.
 *
 * <p>Written on the event loop of the connection, and read after the end of the answer.
 */
final class AnswerBody {

    /** Longest body of an answer, in bytes; longer ones are broken off. */
    static final int LONGEST_BYTES = 16 * 1024 * 1024;

    private static final int FIRST_BYTES = 4 * 1024;

    private final AnswerMemory.Lease lease;
    private byte[] bytes = new byte[0];
    private int length;
    private int leasedBytes;
    private boolean waiting;
    private volatile boolean tooLong;

    /** @param caller whose answer it is */
    AnswerBody(AnswerMemory memory, String caller) {
        this.lease = memory.lease(caller);
    }

    /**
     * The head of the answer has arrived.
     *
     * @param announced the length of the body, if one is known; less than 0 if not
     */
    void begin(Channel channel, long announced) {
        tooLong = announced > LONGEST_BYTES;
        if (announced > 0 && !tooLong) {
            lease((int) announced, channel);
        }
    }

    /** A part of the body has arrived. @return false if it is too long with it */
    boolean add(Channel channel, ByteBuf part) {
        int more = part.readableBytes();
        tooLong |= more > LONGEST_BYTES - length;
        if (tooLong) {
            MultiAddressHttpClient.markAnswering(channel);
            return more == 0;
        }
        if (length + more > leasedBytes && !waiting) {
            lease(grown(length + more), channel);
        }
        if (length + more > bytes.length) {
            // While it waits, for the little that had been read already.
            bytes = Arrays.copyOf(bytes, waiting ? length + more : leasedBytes);
        }
        part.readBytes(bytes, length, more);
        length += more;
        return true;
    }

    /** Twice what there is, but not so much that a short body counts as a long one. */
    private int grown(int needed) {
        int most = needed <= EventLoopWork.LONGEST_BYTES ? EventLoopWork.LONGEST_BYTES : LONGEST_BYTES;
        return Math.min(Math.max(needed, Math.max(FIRST_BYTES, 2 * length)), most);
    }

    private void lease(int all, Channel channel) {
        int more = all - (leasedBytes > EventLoopWork.LONGEST_BYTES ? leasedBytes : 0);
        leasedBytes = all;
        waiting = all > EventLoopWork.LONGEST_BYTES
                && !lease.acquire(more, () -> channel.eventLoop().execute(() -> readOn(channel)));
        if (waiting) {
            MultiAddressHttpClient.markAnswering(channel);
            channel.config().setAutoRead(false);
        }
    }

    /** The answer is complete. It may have been read whole before there was memory for it; the next one is read again. */
    void end(Channel channel) {
        readOn(channel);
    }

    private void readOn(Channel channel) {
        if (waiting) {
            waiting = false;
            channel.config().setAutoRead(true);
        }
    }

    boolean isTooLong() {
        return tooLong;
    }

    AnswerMemory.Lease lease() {
        return lease;
    }

    /** All of it, once, when the answer has ended: the connection keeps this object until its next exchange, and an idle one must hold no answer. */
    byte[] take() {
        byte[] all = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        bytes = new byte[0];
        length = 0;
        return all;
    }
}
