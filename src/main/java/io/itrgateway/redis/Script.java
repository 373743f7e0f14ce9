package io.itrgateway.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A step that Redis takes as a whole, in Lua.
 *
 * @param name for metrics
 * @param sha1 what Redis calls it by
 */
record Script(String name, String text, String sha1) {

    /** The script of that name among the resources of this room. */
    static Script of(String name) {
        try (InputStream resource = Script.class.getResourceAsStream("/redis/" + name + ".lua")) {
            if (resource == null) {
                throw new IllegalStateException("no script " + name);
            }
            String text = new String(resource.readAllBytes(), UTF_8);
            var sha1 = MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8));
            return new Script(name, text, HexFormat.of().formatHex(sha1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
