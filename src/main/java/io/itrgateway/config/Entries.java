package io.itrgateway.config;

import java.util.List;
import java.util.regex.Pattern;

/** Reads settings that are lists: entries with commas or line breaks between them, since those in files usually stand on a line each. */
public final class Entries {

    /** A comma at the end of a line is one separator with the line break. */
    private static final Pattern SEPARATOR = Pattern.compile("\\s*,\\s*|\\s*\\R\\s*");

    private Entries() {}

    /** The entries of a list, without white space around them; blank where there is nothing between two commas. */
    public static List<String> of(String list) {
        return List.of(SEPARATOR.split(list.strip(), -1));
    }
}
