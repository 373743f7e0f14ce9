package io.itrgateway.redis;

import io.itrgateway.problem.RedactedThrowable;

/** Redis did not do it in time, as far as is known here; it may still have done it. */
public final class RedisAway extends RuntimeException implements RedactedThrowable.Harmless {

    private static final long serialVersionUID = 1L;

    /** Without any text from Redis, which may quote what it was sent. */
    public enum Reason {
        AWAY("away", false),
        SLOW("slow", true),
        SILENT("silent", true),
        TIMEOUT("timeout", true),
        BROKEN("broken", true),
        REFUSED("refused", true),
        READONLY("readonly", true),
        BUSY("busy", true),
        FULL("full", true),
        /** A script failed over what is at one of its keys, or Redis does not know a command. */
        ERROR("error", false),
        /** Only of a connection that is being opened. */
        NO_DATABASE("database", true),
        /** A node of a cluster names another one. */
        CLUSTER("cluster", true),
        /** The end of a claim might find no place in memory, or a large result no turn. */
        NO_ROOM("no room", false),
        NO_SHARE("no share", true),
        LOST("lost", true),
        UNACKNOWLEDGED("unacknowledged", true),
        INCOMPLETE("incomplete", false),
        RELEASED("released", false);

        private final String word;
        private final boolean mayHaveTakenEffect;

        Reason(String word, boolean mayHaveTakenEffect) {
            this.word = word;
            this.mayHaveTakenEffect = mayHaveTakenEffect;
        }

        /** For metrics and log lines. */
        public String word() {
            return word;
        }
    }

    private final Reason reason;

    public RedisAway(Reason reason) {
        super(reason.word, null, false, false);
        this.reason = reason;
    }

    /** False where nothing was sent, or the script refused or failed before it wrote. */
    public boolean mayHaveTakenEffect() {
        return reason.mayHaveTakenEffect;
    }
}
