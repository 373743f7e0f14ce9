package io.itrgateway.edge;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what the bodies that are arriving take together. A caller may send the beginnings of many, and no end.
 *
 * <p>The size of a valid request of an operation is not counted, so that such a request is never refused because of others.
 */
final class LongBodies {

    private static final int PART_OF_THE_HEAP = 16;

    /** Of one body. */
    static final int FREE_BYTES = 4 * 1024;

    static final LongBodies OF_THIS_PROCESS =
            new LongBodies(Runtime.getRuntime().maxMemory() / PART_OF_THE_HEAP);

    private final long mostBytes;
    private final AtomicLong bytes = new AtomicLong();

    LongBodies(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** For a body that begins. */
    Share open() {
        return new Share();
    }

    long takenBytes() {
        return bytes.get();
    }

    /** What one body takes. Belongs to the event loop of its request. */
    final class Share {
        private int read;
        private int counted;
        private boolean isGivenBack;

        private Share() {}

        /** @return whether so many bytes more may be kept; what comes after the share was given back is not counted */
        boolean take(int more) {
            if (isGivenBack) {
                return true;
            }
            read += more;
            int over = Math.max(0, read - FREE_BYTES) - counted;
            if (bytes.addAndGet(over) > mostBytes && over > 0) {
                bytes.addAndGet(-over);
                return false;
            }
            counted += over;
            return true;
        }

        /** For good. */
        void giveBack() {
            isGivenBack = true;
            bytes.addAndGet(-counted);
            counted = 0;
        }
    }
}
