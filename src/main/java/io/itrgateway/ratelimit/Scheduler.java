package io.itrgateway.ratelimit;

/** A steady clock, and timers. */
public interface Scheduler {

    /** Nanoseconds since an arbitrary time. Never goes back. */
    long nanos();

    /** Calls {@code wake} once, not before that many nanoseconds have passed and not on the caller's stack. */
    Alarm in(long nanos, Runnable wake);

    /** A timer that has been set. */
    interface Alarm {
        /** It need no longer wake; it still may if it is about to. */
        void cancel();
    }
}
