package io.itrgateway.upstream;

import io.itrgateway.secret.Secret;
import java.util.List;

/** Text of the upstream as it may be shown to a caller or logged: without what was sent, on one line, and not endless. */
record UpstreamText(List<Secret> sent) {

    private static final int LONGEST_CHARS = 500;

    String shown(String text) {
        return shown(text, LONGEST_CHARS);
    }

    String shown(String text, int mostChars) {
        String hidden = Secret.hide(sent, text);
        StringBuilder printable = new StringBuilder(Math.min(hidden.length(), mostChars));
        hidden.codePoints()
                .limit(mostChars)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? ' ' : c)
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }
}
