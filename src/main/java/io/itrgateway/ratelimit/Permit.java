package io.itrgateway.ratelimit;

import io.itrgateway.problem.GatewayException;
import java.time.Duration;

/**
 * What an attempt at the upstream gets when its turn has come, and reports its progress to. It is given back when the attempt ends,
 * and counts as never sent unless the attempt reported otherwise.
 */
public interface Permit {

    /** The request is about to be written. From here on the call counts against the plan, whatever becomes of it. */
    void markSending();

    /** The request has been written; unless it was reported, the call counts as sent when the attempt ends. */
    void markSent();

    /** The upstream dealt with the call, even if it refused the request. */
    void markServed();

    /**
     * The upstream says that there are too many calls (429), or that it is not available (503).
     *
     * @param failure what the call fails with
     * @param requested how long the upstream asked to wait (Retry-After)
     * @return the failure, with the time until the next call
     */
    GatewayException markRefused(GatewayException failure, Duration requested);
}
