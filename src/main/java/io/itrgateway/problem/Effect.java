package io.itrgateway.problem;

/** What an operation does at Deepvue. What a lost answer means, and whether a repeat does harm, depends on it. */
public enum Effect {
    /** It registers a person. Done twice, it registers twice. */
    REGISTERS(
            "a registration",
            "The registration may have been made.",
            "If the call had an Idempotency-Key, first repeat it with the same key: that does not register again, and returns the result if"
                    + " the call has ended by then. A service without Redis loses its keys when it restarts, and would register again. Do not"
                    + " repeat the call with another key, or without one, before you know whether the registration was made. To find out, ask"
                    + " Deepvue, with the transaction_id if the problem has one, otherwise with the user name and the time of the call. If you"
                    + " have the client id of an earlier registration, try its downloads. Without either, a repeat may register twice."),
    /** It has Deepvue fetch something from the tax portal. A repeat does no harm and costs a call of the plan. */
    FETCHES(
            "a fetch",
            "Deepvue may have begun to fetch. A repeat does no harm and costs a call of the plan.",
            "Repeat the same request. It does no harm, and costs a call of the plan."),
    /** It reads what Deepvue has. A repeat does no harm and costs a call of the plan. */
    READS(
            "a read",
            "A repeat does no harm and costs a call of the plan.",
            "Repeat the same request. It does no harm, and costs a call of the plan."),
    /** Its effect is not declared: it is treated as one that must not be carried out twice. */
    UNDECLARED(
            "another Deepvue operation whose effect this service does not know",
            "The request may have been carried out.",
            "If the call had an Idempotency-Key, first repeat it with the same key: that does not carry it out again, and returns the result"
                    + " if the call has ended by then. A service without Redis loses its keys when it restarts, and would carry it out again."
                    + " Do not repeat the call with another key, or without one, before you know whether it was carried out. To find out, ask"
                    + " Deepvue, with the transaction_id if the problem has one, otherwise with the time of the call. Without that, a repeat"
                    + " may be carried out twice.");

    private final String call;
    private final String consequence;
    private final String nextStep;

    Effect(String call, String consequence, String nextStep) {
        this.call = call;
        this.consequence = consequence;
        this.nextStep = nextStep;
    }

    /** A call of such an operation, with its article. */
    String call() {
        return call;
    }

    /** What may have happened when the answer was lost; one or two sentences for people. */
    String consequence() {
        return consequence;
    }

    /** What a caller does who lost the answer. */
    String nextStep() {
        return nextStep;
    }

    /** Whether the operation may be carried out twice without harm. */
    public boolean isRepeatable() {
        return this == FETCHES || this == READS;
    }
}
