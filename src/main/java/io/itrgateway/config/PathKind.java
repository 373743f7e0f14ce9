package io.itrgateway.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is found where a file should be. Opening a pipe waits for its other end, and a device may have no end. */
public final class PathKind {

    private PathKind() {}

    /** What it is if it is there and no regular file, for a message; through links. Docker makes a directory where there is no file to be mounted. */
    public static Optional<String> otherThanFile(Path path) {
        if (Files.isDirectory(path)) {
            return Optional.of("a directory");
        }
        return isPipeOrDevice(path) ? Optional.of("a pipe or a device") : Optional.empty();
    }

    public static boolean isPipeOrDevice(Path path) {
        return Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
    }
}
