package io.itrgateway.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;

/**
 * A step that Redis takes as a whole, in Lua.
 *
 * @param name for metrics
 * @param sha1 what Redis calls it by
 */
public record Script(String name, String text, String sha1) {

    /** The last of those scripts, from the resources of a directory, behind the others. */
    public static Script in(String directory, String... names) {
        String text =
                Arrays.stream(names).map(name -> resource(directory, name)).collect(Collectors.joining());
        return new Script(names[names.length - 1], text);
    }

    public Script(String name, String text) {
        this(name, text, sha1(text));
    }

    private static String resource(String directory, String name) {
        try (InputStream resource = Script.class.getResourceAsStream("/" + directory + "/" + name + ".lua")) {
            if (resource == null) {
                throw new IllegalStateException("no script " + name);
            }
            return new String(resource.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
