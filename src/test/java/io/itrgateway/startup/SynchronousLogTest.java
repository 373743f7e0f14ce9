package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.handlers.AsyncHandler;
import org.junit.jupiter.api.Test;

class SynchronousLogTest {

    private final List<String> written = new ArrayList<>();
    private final Handler console = new ExtHandler() {
        @Override
        protected void doPublish(ExtLogRecord line) {
            written.add(line.getMessage() + " by " + Thread.currentThread().getName());
        }
    };

    @Test
    void aLineIsWrittenByTheThreadThatLogsIt() {
        var root = new PassingHandler();
        var queue = new AsyncHandler(10);
        queue.addHandler(console);
        root.addHandler(queue);

        SynchronousLog.enable(root);
        root.publish(new ExtLogRecord(Level.SEVERE, "a fault", SynchronousLogTest.class.getName()));

        assertThat(written)
                .containsExactly("a fault by " + Thread.currentThread().getName());
    }

    @Test
    void aHandlerWithoutAQueueIsLeftAsItIs() {
        var root = new PassingHandler();
        root.addHandler(console);

        SynchronousLog.enable(root);

        assertThat(root.getHandlers()).containsExactly(console);
    }

    /** Like the handler of Quarkus that stands before all others. */
    private static final class PassingHandler extends ExtHandler {
        @Override
        protected void doPublish(ExtLogRecord line) {
            publishToNestedHandlers(line);
        }
    }
}
