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

    /** Whether a script failed over what it found at one of its keys, as where something else has written there: other keys are no worse for it. */
    static boolean isOfItsData(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        // The second as Redis before version 7 says it; the third is an error of Lua, such as a number that is missing.
        return message.startsWith("WRONGTYPE ")
                || message.contains(": WRONGTYPE ")
                || message.contains(" user_script:");
    }

    /** A word for it, and never the text, in which Redis may quote what it was given. */
    static String reason(Throwable failure) {
        return switch (firstWord(failure)) {
            case "NOAUTH", "WRONGPASS", "NOPERM" -> "refused";
            case "READONLY", "MASTERDOWN", "NOREPLICAS", "CLUSTERDOWN" -> "readonly";
            case "LOADING", "BUSY" -> "busy";
            case "OOM", "MISCONF" -> "full";
            case "ERR", "WRONGTYPE" -> "error";
            // An error that a script has caught and returned, as Redis before version 7 puts it.
            case "@user_script:" -> "error";
            default -> BROKEN;
        };
    }

    private static String firstWord(Throwable failure) {
        return String.valueOf(failure.getMessage()).split(" ", 2)[0];
    }
}
