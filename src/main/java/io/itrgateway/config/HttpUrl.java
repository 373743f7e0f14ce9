package io.itrgateway.config;

import java.net.URI;

/** Judges settings that are URLs of other services. */
public final class HttpUrl {

    private HttpUrl() {}

    /** Whether a text is an http or https URL with a host; the scheme in small letters, since what uses it may know no other. */
    public static boolean isValid(String text) {
        try {
            URI url = URI.create(text);
            return ("https".equals(url.getScheme()) || "http".equals(url.getScheme())) && url.getRawAuthority() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
