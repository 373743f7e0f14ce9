package io.itrgateway.redis;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges an address of Redis, without repeating any part of it in which a password may be. */
final class RedisAddress {

    /** Of others nothing is shown: where a password has a comma, what is behind it counts as a further address. */
    private static final Pattern SCHEME =
            Pattern.compile("((?i:https?|tcp|tls|ssl|unix|valkeys?|redis[a-z+.-]{0,14}))://");

    private static final Pattern OF_REDIS = Pattern.compile("rediss?");
    private static final Pattern CLUSTER_OR_SENTINEL = Pattern.compile("(?i).*(sentinel|cluster).*");
    private static final Pattern BLANK = Pattern.compile("[\\s\\p{Cntrl}\\p{Z}\\p{Cf}]");
    private static final Pattern NOT_OF_URLS = Pattern.compile("[\"<>\\\\^`{|}]");
    private static final Pattern BARE_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    /** User and password end at the last @, which can be behind a character that ends them for every reader of URLs. */
    private static final Pattern SPLIT_USER = Pattern.compile("[^/?#]*[/?#].*@.*");

    /** A query with user or password, which may have an @ there. */
    private static final Pattern WITH_PARAMETERS =
            Pattern.compile("[^/?#]*(?:/[0-9]*)?\\?(?:[^@]*&)?(?:user|password)=.*");

    private static final Pattern HOST_AND_PORT = Pattern.compile("(?<host>\\[[^]]*]|[^:]*)(?<port>:.*)?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern PORT = Pattern.compile("0*[1-9][0-9]{0,4}");

    private static final int HIGHEST_PORT = 65_535;

    /** Nothing, or the number of a database, which Redis' client would otherwise fail on with a stack trace. */
    private static final Pattern DATABASE = Pattern.compile("/?|/[0-9]{1,9}");

    private static final Pattern LONG_DATABASE = Pattern.compile("/[0-9]{10,}");

    private static final Pattern TLS = Pattern.compile("(?i)(^|&)(ssl|tls)(=(true|yes|on|1|required?)?)?(&|$)");

    private RedisAddress() {}

    /** What is wrong with it, as the predicate of a sentence; empty if it can be used. */
    static Optional<String> fault(String url) {
        return url.isEmpty()
                ? Optional.of("is empty")
                : scheme(url)
                        .or(() -> characters(url))
                        .or(() -> parts(url.substring(url.indexOf("://") + 3)))
                        .or(() -> parameters(url));
    }

    private static Optional<String> scheme(String url) {
        Matcher scheme = SCHEME.matcher(url);
        if (!scheme.lookingAt()) {
            return Optional.of("does not begin with redis:// or rediss://");
        }
        String given = scheme.group(1);
        if (OF_REDIS.matcher(given).matches()) {
            return Optional.empty();
        }
        String hint = CLUSTER_OR_SENTINEL.matcher(given).matches()
                ? " (QUARKUS_REDIS_CLIENT_TYPE says that it is a cluster, or that Sentinel is asked)"
                : given.equalsIgnoreCase("unix") ? " (sockets of this machine are not supported)" : "";
        return Optional.of("begins with %s:// and not with redis:// or rediss://%s".formatted(given, hint));
    }

    private static Optional<String> characters(String url) {
        if (url.indexOf("://") != url.lastIndexOf("://")) {
            return Optional.of("is two addresses without a comma between them, or has a password with :// in it");
        }
        if (BLANK.matcher(url).find()) {
            return Optional.of("has white space, or a character that is not seen, in it");
        }
        if (BARE_PERCENT.matcher(url).find()) {
            return Optional.of("has a % without two hexadecimal digits behind it (percent-encoded it is %25)");
        }
        return NOT_OF_URLS.matcher(url).find()
                ? Optional.of("has one of the characters \" < > \\ ^ ` { | }, which are percent-encoded in URLs")
                : Optional.empty();
    }

    private static Optional<String> parts(String rest) {
        if (SPLIT_USER.matcher(rest).matches() && !WITH_PARAMETERS.matcher(rest).matches()) {
            return Optional.of("has a /, ? or # in user or password (percent-encoded they are %2F, %3F and %23)");
        }
        String authority = rest.replaceFirst("[/?#].*", "");
        if (authority.indexOf('@') != authority.lastIndexOf('@')) {
            return Optional.of("has an @ in user or password (percent-encoded it is %40)");
        }
        return place(authority.substring(authority.indexOf('@') + 1))
                .or(() -> path(rest.substring(authority.length()).replaceFirst("[?#].*", "")))
                .or(() -> rest.indexOf('#') < 0
                        ? Optional.empty()
                        : Optional.of("has a # (percent-encoded, in a password, it is %23)"));
    }

    private static Optional<String> place(String hostAndPort) {
        Matcher parts = HOST_AND_PORT.matcher(hostAndPort);
        if (!parts.matches() || parts.group("host").isEmpty()) {
            return Optional.of("has no host");
        }
        String port = parts.group("port");
        if (port != null && port.indexOf(':', 1) > 0) {
            return Optional.of("has more than one colon in host and port (an address of IPv6 is written as [::1])");
        }
        if (!NAME.matcher(parts.group("host")).matches()) {
            return Optional.of(
                    parts.group("host").contains("_")
                            ? "has a host with an underscore, which the name of a host cannot have"
                            : "has a host with other characters than letters, digits, dots and dashes");
        }
        return port == null ? Optional.empty() : port(port.substring(1));
    }

    private static Optional<String> port(String port) {
        if (port.isEmpty()) {
            return Optional.of("has a colon without a port behind it");
        }
        if (!DIGITS.matcher(port).matches()) {
            return Optional.of("has a port that is not a number");
        }
        return PORT.matcher(port).matches() && Integer.parseInt(port) <= HIGHEST_PORT
                ? Optional.empty()
                : Optional.of("has a port that is not from 1 to 65535");
    }

    private static Optional<String> path(String path) {
        if (DATABASE.matcher(path).matches()) {
            return Optional.empty();
        }
        return Optional.of(
                LONG_DATABASE.matcher(path).matches()
                        ? "has a number of a database of more than 9 digits"
                        : "has something else than the number of a database behind host and port");
    }

    /** Clients of other languages read such a parameter. Redis' client here ignores it, and would connect without TLS. */
    private static Optional<String> parameters(String url) {
        try {
            var address = URI.create(url);
            if (address.getHost() == null) {
                return Optional.of("is not an address of Redis");
            }
            return "redis".equals(address.getScheme())
                            && address.getRawQuery() != null
                            && TLS.matcher(address.getRawQuery()).find()
                    ? Optional.of("asks for TLS by a parameter, which has no effect; rediss:// asks for it")
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("is not an address of Redis");
        }
    }
}
