package io.itrgateway.quota;

/** Time as the budget needs it: how much of it has passed, and somebody who calls when some more has. */
interface Timekeeper {

    /** Nanoseconds since some moment; only differences mean anything. Never goes back. */
    long nanos();

    /** Calls {@code wake} once, not before that many nanoseconds have passed and not on the caller's stack. */
    Alarm in(long nanos, Runnable wake);

    /** A call that has been asked for. */
    interface Alarm {
        /** It need not come any more; it still may if it is on its way. */
        void cancel();
    }
}
