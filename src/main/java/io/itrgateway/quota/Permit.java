package io.itrgateway.quota;

import io.itrgateway.problem.GatewayException;
import java.time.Duration;

/**
 * What an attempt at the upstream is given when its turn has come. It says what becomes of the attempt; it comes back by itself
 * when the attempt ends, and counts as never sent unless it was told otherwise.
 */
public interface Permit {

    /** The request is being written to its connection now. From here on the call counts against the plan, whatever it brings. */
    void sent();

    /** The upstream dealt with the call, and be it by refusing the request. */
    void served();

    /**
     * The upstream says that there are too many calls (429), or that it is not available (503).
     *
     * @param failure what the caller is told
     * @param asked how long the upstream asked to be left alone
     * @return the failure, with the time after which a call can go again
     */
    GatewayException turnedAway(GatewayException failure, Duration asked);
}
