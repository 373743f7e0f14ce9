package io.itrgateway.journal;

/**
 * An operation that callers may call, as lines, records and spans name it. The room of an operation produces one as a bean.
 *
 * @param name as metrics have it, such as {@code create-client}
 * @param path of callers' requests; nothing in it varies
 */
public record Operation(String name, String path) {}
