package io.itrgateway.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Judges whether two settings name one file, however each is written: by a link, by a relative path, or before the file is there. */
public final class SameFile {

    private SameFile() {}

    /** False for what is no regular file, such as {@code /dev/stdout}, and for what is no path. */
    public static boolean isOne(String one, String other) {
        try {
            Path first = Path.of(one.strip()).toAbsolutePath();
            Path second = Path.of(other.strip()).toAbsolutePath();
            return Files.exists(first) && Files.exists(second)
                    ? Files.isRegularFile(first) && Files.isSameFile(first, second)
                    : resolved(first).equals(resolved(second));
        } catch (InvalidPathException | IOException e) {
            return false;
        }
    }

    /** The path, or the nearest of the directories above it that exists. */
    public static Path nearestExisting(Path absolute) {
        Path there = absolute;
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return there;
    }

    /** Without links and dots in what is there of the path. */
    private static Path resolved(Path path) throws IOException {
        Path there = nearestExisting(path);
        return there.toRealPath().resolve(there.relativize(path)).normalize();
    }
}
