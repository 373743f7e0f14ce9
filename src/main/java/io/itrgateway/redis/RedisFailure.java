package io.itrgateway.redis;

/** Why Redis did not do what it was asked for. */
final class RedisFailure {

    static final String BROKEN = "broken";

    private RedisFailure() {}

    static boolean isUnknownScript(Throwable failure) {
        return firstWord(failure).equals("NOSCRIPT");
    }

    static boolean isWithoutPassword(Throwable failure) {
        return firstWord(failure).equals("NOAUTH");
    }

    /** A word for it, and never the text, in which Redis may quote what it was given. */
    static String reason(Throwable failure) {
        return switch (firstWord(failure)) {
            case "NOAUTH", "WRONGPASS", "NOPERM" -> "refused";
            case "READONLY", "MASTERDOWN", "NOREPLICAS", "CLUSTERDOWN" -> "readonly";
            case "LOADING", "BUSY" -> "busy";
            case "OOM", "MISCONF" -> "full";
            case "ERR" -> "error";
            default -> BROKEN;
        };
    }

    private static String firstWord(Throwable failure) {
        return String.valueOf(failure.getMessage()).split(" ", 2)[0];
    }
}
