package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.handlers.AsyncHandler;
import org.junit.jupiter.api.Test;

class BoundedLogCloseTest {

    /** Like the handler of Quarkus that stands before all others. */
    private static final class PassingHandler extends ExtHandler {
        @Override
        protected void doPublish(ExtLogRecord line) {
            publishToNestedHandlers(line);
        }
    }

    /** Like a console: closing it waits for the line that is being written. */
    private static final class Console extends ExtHandler {
        private final CountDownLatch read = new CountDownLatch(1);
        private final Queue<String> written = new ConcurrentLinkedQueue<>();
        private volatile boolean closed;

        @Override
        protected void doPublish(ExtLogRecord line) {
            written.add(line.getMessage());
        }

        @Override
        public void close() {
            try {
                read.await();
                closed = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final Console console = new Console();
    private final PassingHandler root = new PassingHandler();

    BoundedLogCloseTest() {
        var queue = new AsyncHandler(10);
        queue.addHandler(console);
        root.addHandler(queue);
        BoundedLogClose.enable(root);
    }

    @Test
    void closingALogThatIsNotReadEnds() {
        root.close();

        assertThat(console.closed).isFalse();
    }

    @Test
    void aLogThatIsReadIsClosed() {
        console.read.countDown();

        root.close();

        assertThat(console.closed).isTrue();
    }

    @Test
    void linesAreStillWritten() {
        console.read.countDown();

        root.publish(new ExtLogRecord(Level.INFO, "stopped", BoundedLogCloseTest.class.getName()));

        await().until(() -> console.written.contains("stopped"));
    }
}
