package io.itrgateway.redis;

/** Redis did not do it in time, as far as is known here; it may still have done it. */
public final class RedisAway extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param why a word for the metric; nothing that Redis said */
    public RedisAway(String why) {
        super(why, null, false, false);
    }
}
