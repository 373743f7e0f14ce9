package io.itrgateway.connection;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.function.Supplier;

/** A caller that connects and sends nothing, while requests have to arrive within 10 ms. */
final class SilentCaller {

    private SilentCaller() {}

    /** Returns when its connection has been closed; the test needs a timeout. */
    static void awaitLetGo(Supplier<EmbeddedChannel> connect) throws InterruptedException {
        var before = ArrivalLimits.current();
        ArrivalLimits.use(new ArrivalLimits(Duration.ofMillis(10), 4096, 20 * 1024));
        try {
            var connection = connect.get();
            while (connection.isOpen()) {
                Thread.sleep(1);
                connection.runScheduledPendingTasks();
            }
        } finally {
            ArrivalLimits.use(before);
        }
    }
}
