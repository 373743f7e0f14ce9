package io.itrgateway.idempotency;

import io.itrgateway.contract.LongResultsContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

class LongResultsTest extends LongResultsContract {

    @Override
    protected ClaimStore open() {
        return new MemoryClaimStore(1024 * 1024, System::nanoTime, new SimpleMeterRegistry());
    }
}
