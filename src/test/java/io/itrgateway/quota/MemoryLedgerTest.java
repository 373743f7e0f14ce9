package io.itrgateway.quota;

/** The book in this process. */
class MemoryLedgerTest extends LedgerContract {

    @Override
    protected Ledger ledger(String plan) {
        return new MemoryLedger(Plan.of(plan).orElseThrow(), time);
    }
}
