package io.itrgateway.redis;

import io.itrgateway.redis.RedisAway.Reason;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why Redis did not do what it was asked for. */
final class RedisFailure {

    /** The client has what each of the addresses answered in one message. */
    private static final Pattern OTHER_TYPE =
            Pattern.compile("(?i)cluster support disabled|unknown command ['`]sentinel");

    /** As Redis before version 7 puts what a command inside a script has answered. */
    private static final Pattern IN_SCRIPT = Pattern.compile("@user_script: [0-9]+: -([A-Z]+) ");

    private RedisFailure() {}

    static boolean isUnknownScript(Throwable failure) {
        return firstWord(failure).equals("NOSCRIPT");
    }

    static boolean isWithoutPassword(Throwable failure) {
        return firstWord(failure).equals("NOAUTH");
    }

    /** Whether what listens at the address answers in another protocol. */
    static boolean isNoRedis(Throwable failure) {
        return String.valueOf(failure.getMessage()).contains("Unknown RESP type");
    }

    /** Whether what listens at the address is no Sentinel, or no node of a Cluster, and should be. */
    static boolean isOfAnotherType(Throwable failure) {
        return OTHER_TYPE.matcher(String.valueOf(failure.getMessage())).find();
    }

    /** Whether a script failed over what it found at one of its keys, as where something else has written there: other keys are no worse for it. */
    static boolean isOfItsData(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        // The second as Redis before version 7 says it; the third is an error of Lua, such as a number that is missing.
        return message.startsWith("WRONGTYPE ")
                || message.contains(": WRONGTYPE ")
                || message.contains(" user_script:");
    }

    /** Never the text, in which Redis may quote what it was given. */
    static Reason reason(Throwable failure) {
        if (String.valueOf(failure.getMessage()).matches("ERR (DB index is out of range|invalid DB index).*")) {
            return Reason.NO_DATABASE;
        }
        return switch (firstWord(failure)) {
            case "NOAUTH", "WRONGPASS", "NOPERM" -> Reason.REFUSED;
            case "READONLY", "MASTERDOWN", "NOREPLICAS", "CLUSTERDOWN" -> Reason.READONLY;
            case "LOADING", "BUSY", "TRYAGAIN" -> Reason.BUSY;
            case "MOVED", "ASK" -> Reason.CLUSTER;
            case "OOM", "MISCONF" -> Reason.FULL;
            case "ERR", "WRONGTYPE" -> Reason.ERROR;
            // An error that a script has caught and returned, as Redis before version 7 puts it.
            case "@user_script:" -> Reason.ERROR;
            default -> Reason.BROKEN;
        };
    }

    /** Whether Redis gave that reason itself, and so will give it again until something is changed there or here. */
    static boolean isAnswered(Reason reason) {
        return switch (reason) {
            case REFUSED, NO_DATABASE, CLUSTER, READONLY, FULL, BUSY, ERROR -> true;
            default -> false;
        };
    }

    /** A sentence for a reason why Redis is away. */
    static String inWords(Reason reason) {
        return switch (reason) {
            case REFUSED ->
                "it refuses the user or the password in GATEWAY_REDIS_URL, or gives this user too few rights";
            case NO_DATABASE -> "it has no database of the number in GATEWAY_REDIS_URL";
            case READONLY ->
                "it may not write: it is a replica, a cluster without a master, or has fewer replicas than its min-replicas-to-write";
            case CLUSTER ->
                "it is a node of a cluster, and what this service stores is at another one: QUARKUS_REDIS_CLIENT_TYPE has to be cluster";
            case FULL -> "it may not write: memory or disk is used up";
            case BUSY -> "it loads its data, moves it to another node, or is busy with another script";
            case ERROR ->
                "a command failed inside: it is not allowed, this Redis is too old, or something else has written to a key of this service";
            case TIMEOUT ->
                "no connection can be established; where GATEWAY_REDIS_URL begins with rediss://, the port may have no TLS";
            case BROKEN ->
                "no connection to the address in GATEWAY_REDIS_URL is opened, or it broke; what listens there may expect TLS (rediss://), be no Redis, or not"
                        + " be of the type that QUARKUS_REDIS_CLIENT_TYPE names, or know no master of the name in QUARKUS_REDIS_MASTER_NAME; with TLS, its"
                        + " certificate may not be trusted (QUARKUS_REDIS_TLS_CONFIGURATION_NAME), or a file of QUARKUS_REDIS_TLS_* may be unusable";
            default -> "a command had no answer in time";
        };
    }

    private static String firstWord(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        Matcher inScript = IN_SCRIPT.matcher(message);
        return inScript.find() ? inScript.group(1) : message.split(" ", 2)[0];
    }
}
