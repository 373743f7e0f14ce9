package io.itrgateway.connection;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Logs connections that could not be accepted, once a minute; Netty would log a stack trace for each attempt. It is the last handler of a
 * listening socket: the one before it, which is Netty's, makes a pause of a second.
 */
@Sharable
final class AcceptFailures extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = Logger.getLogger(AcceptFailures.class);

    private static final long LOG_INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;

    /** Read before descriptors are short: to load what reads it takes some. */
    private final String mostDescriptors = mostDescriptors();

    /** Null before the first line. */
    private final AtomicReference<Long> logged = new AtomicReference<>();

    /** @param nanoTime as {@link System#nanoTime()} */
    AcceptFailures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        long now = nanoTime.getAsLong();
        Long last = logged.get();
        if ((last == null || now - last >= LOG_INTERVAL_NANOS) && logged.compareAndSet(last, now)) {
            LOG.warnf(
                    "Connections cannot be accepted (%s). This process may have %s file descriptors (ulimit -n); each connection takes one.",
                    String.valueOf(cause), mostDescriptors);
        }
    }

    private static String mostDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? Long.toString(unix.getMaxFileDescriptorCount())
                : "a limited number of";
    }
}
