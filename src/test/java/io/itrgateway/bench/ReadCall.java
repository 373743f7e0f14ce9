package io.itrgateway.bench;

/**
 * A read whose answer has about so many bytes. Each is of another return, since the gateway makes one call of identical reads that run at the
 * same time.
 *
 * @param name in the table
 */
record ReadCall(String name, int bytes) {

    static final String PATH = "/v1/verification/itr/get-itr-details";

    static final ReadCall SMALL = new ReadCall("1 KiB read", 1024);
    static final ReadCall LARGE = new ReadCall("1 MiB read", 1024 * 1024);

    /** Between the number of bytes and that of the call in {@code itr_id}. */
    static final char SEPARATOR = '-';

    String uri(long number) {
        return PATH + "?itr_client_id=itr_bench&itr_id=" + bytes + SEPARATOR + number;
    }
}
