package io.itrgateway.ratelimit;

/** The calls of one process. */
class MemoryPermitStoreTest extends PermitStoreContract {

    @Override
    protected PermitStore store(String plan) {
        return new MemoryPermitStore(Plan.of(plan).orElseThrow(), time);
    }
}
