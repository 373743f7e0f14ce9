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

/** A step that Redis takes as a whole, in Lua, which returns its last argument, a tag, beside its result ({@link ScriptSender}). */
public final class Script {

    /** The script does not see the tag among its arguments. */
    private static final String TAGGED = """
            local tag = table.remove(ARGV)
            local function run()
            %s
            end
            local result = run()
            if type(result) == 'table' and result.err then
              return result
            end
            return {tag, result}
            """;

    private final String name;
    private final String text;
    private final String sha1;

    /** @param steps in Lua, without the tag */
    Script(String name, String steps) {
        this.name = name;
        this.text = TAGGED.formatted(steps);
        this.sha1 = sha1(text);
    }

    /** The last of those scripts, from the resources of a directory, behind the others. */
    public static Script in(String directory, String... names) {
        String steps =
                Arrays.stream(names).map(name -> resource(directory, name)).collect(Collectors.joining());
        return new Script(names[names.length - 1], steps);
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

    /** For metrics. */
    String name() {
        return name;
    }

    public String text() {
        return text;
    }

    /** What Redis calls it by. */
    public String sha1() {
        return sha1;
    }

    @Override
    public String toString() {
        return name;
    }
}
