package io.itrgateway.doctor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one check found.
 *
 * @param detail one line for people; control characters are removed, since parts of it may come from outside
 * @param facts for machines: names with their units, and texts, numbers or booleans
 */
record Finding(Check check, CheckStatus verdict, String detail, Map<String, Object> facts) {

    private static final int LONGEST_DETAIL_CHARS = 400;

    Finding {
        detail = oneLine(detail);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    static Finding ok(Check check, String detail) {
        return new Finding(check, CheckStatus.OK, detail, Map.of());
    }

    static Finding warning(Check check, String detail) {
        return new Finding(check, CheckStatus.WARNING, detail, Map.of());
    }

    static Finding failed(Check check, String detail) {
        return new Finding(check, CheckStatus.FAILED, detail, Map.of());
    }

    static Finding skipped(Check check, String reason) {
        return new Finding(check, CheckStatus.SKIPPED, reason, Map.of());
    }

    Finding with(String name, Object fact) {
        Map<String, Object> more = new LinkedHashMap<>(facts);
        more.put(name, fact instanceof String text ? oneLine(text) : fact);
        return new Finding(check, verdict, detail, more);
    }

    boolean isGood() {
        return verdict == CheckStatus.OK || verdict == CheckStatus.WARNING;
    }

    /** A certificate, or a host, may have a name that would write elsewhere on a terminal. */
    private static String oneLine(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\u2028\u2029]", "?");
        return line.length() <= LONGEST_DETAIL_CHARS ? line : line.substring(0, LONGEST_DETAIL_CHARS) + "…";
    }
}
