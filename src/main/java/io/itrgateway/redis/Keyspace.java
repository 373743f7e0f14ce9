package io.itrgateway.redis;

import io.itrgateway.transport.Account;

/**
 * The names of everything in Redis: {@code itr-gateway:4:{<account>}:<name>}.
 *
 * <p>The version is that of what lies under the names: a release that writes it in another form counts it up, and the two do not
 * meet. The account is a digest of its id and secret, so that two accounts share a Redis without sharing anything in it. The
 * braces make it the hash tag: in a cluster all names of an account are on one node, and a script may use several of them.
 */
public final class Keyspace {

    private static final int VERSION = 4;

    private final String prefix;

    public Keyspace(Account account) {
        this(account.digest());
    }

    /** @param accountDigest hexadecimal digits */
    public Keyspace(String accountDigest) {
        this("itr-gateway:%d:{%s}:".formatted(VERSION, accountDigest), "");
    }

    private Keyspace(String within, String name) {
        this.prefix = within + name;
    }

    /** Names of the same account, on the same node, that meet none of these. */
    Keyspace within(String name) {
        return new Keyspace(prefix, name + ":");
    }

    public String key(String name) {
        return prefix + name;
    }
}
