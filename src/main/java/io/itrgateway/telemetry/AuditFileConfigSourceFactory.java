package io.itrgateway.telemetry;

import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.LiteralEnvironment;
import io.itrgateway.config.PathKind;
import io.itrgateway.config.SameFile;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Makes {@code gateway.audit-file} a file handler of Quarkus' own, named {@code audit}, to which the audit goes and nothing else. Each of
 * its settings stays the operator's. A path that is not fit is left out, and the start is then refused by {@link AuditSettings}: the
 * handler opens its file before that, and would rotate a directory out of the way as if it were an older file.
 */
public final class AuditFileConfigSourceFactory implements ConfigSourceFactory {

    static final String PROPERTY = "gateway.audit-file";

    /** The file itself if it was there before, or the nearest of the directories above it that was. */
    private static final String THERE_BEFORE = "itr-gateway.audit-file.there-before";

    private static final String HANDLER = "quarkus.log.handler.file.\"audit\".";
    private static final String CATEGORY = "quarkus.log.category.\"" + AuditLog.CATEGORY + "\".";

    /** Below everything that an operator can set. */
    private static final int ORDINAL = 90;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        if (GivenSettings.checksOnly()) {
            return List.of(); // The file may be that of a service that runs here, and would be rotated.
        }
        return path(context)
                .filter(AuditFileConfigSourceFactory::isFitForAudit)
                .<Iterable<ConfigSource>>map(path -> List.of(new PropertiesConfigSource(
                        settings(path), AuditFileConfigSourceFactory.class.getSimpleName(), ORDINAL)))
                .orElse(List.of());
    }

    /** Of the file of the audit; empty if it is not set. */
    static Optional<String> path(ConfigSourceContext context) {
        return GivenSettings.valueOf(PROPERTY, context).map(String::strip).filter(path -> !path.isEmpty());
    }

    /** @param prefix of the settings of a file, with quotation marks around its name or without */
    static boolean isOfAudit(String prefix) {
        return prefix.replace("\"", "").equals(HANDLER.replace("\"", ""));
    }

    private static Map<String, String> settings(String path) {
        return Map.of(
                THERE_BEFORE,
                LiteralEnvironment.escape(nearest(path).toString()),
                HANDLER + "enabled",
                "true",
                HANDLER + "path",
                LiteralEnvironment.escape(path),
                HANDLER + "rotation.max-file-size",
                "100M",
                HANDLER + "rotation.max-backup-index",
                "100",
                // A disk that hangs shall not hold up the event loop before this many records wait; a record is never
                // dropped.
                HANDLER + "async.enabled",
                "true",
                HANDLER + "async.queue-length",
                "20000",
                HANDLER + "async.overflow",
                "block",
                CATEGORY + "handlers",
                "audit",
                CATEGORY + "use-parent-handlers",
                "false");
    }

    /**
     * Removes the file, and its directories, if this process has created them; a link of the operator to a file that was not there stays. To be called
     * where the start is refused.
     */
    public static void discard(Config config) {
        config.getOptionalValue(THERE_BEFORE, String.class)
                .map(Path::of)
                .ifPresent(there -> discard(
                        Path.of(config.getValue(PROPERTY, String.class).strip()).toAbsolutePath(), there));
    }

    private static void discard(Path file, Path there) {
        try {
            if (!file.equals(there) && !Files.isSymbolicLink(file) && Files.size(file) == 0) {
                for (Path created = file; !created.equals(there); created = created.getParent()) {
                    Files.delete(created);
                }
            }
        } catch (IOException e) {
            // Something else is in there by now, so it stays.
        }
    }

    private static Path nearest(String path) {
        return SameFile.nearestExisting(Path.of(path).toAbsolutePath());
    }

    /**
     * Whether the audit can go there. Opening a pipe without a reader would hold up the start, and one whose reader stands still the event
     * loops, since no record is dropped; a device would be rotated out of the way.
     */
    static boolean isFitForAudit(String path) {
        return isWritable(path) && !PathKind.isPipeOrDevice(Path.of(path));
    }

    /** Whether this is a file that can be written, or one that can be created with its directories. Leaves nothing behind. */
    static boolean isWritable(String path) {
        if (path.chars().anyMatch(Character::isISOControl)) {
            return false; // a key in PEM, for one, would become the names of directories
        }
        try {
            Path file = Path.of(path).toAbsolutePath();
            if (Files.exists(file)) {
                return !Files.isDirectory(file) && Files.isWritable(file);
            }
            Path nearest = SameFile.nearestExisting(file);
            return Files.isDirectory(nearest) && Files.isWritable(nearest) && holdsNewFiles(nearest);
        } catch (InvalidPathException | IOException e) {
            return false;
        }
    }

    /** By creating one: root is allowed to write everywhere, and yet some file systems, such as {@code /proc}, take no files. */
    private static boolean holdsNewFiles(Path directory) throws IOException {
        Files.delete(Files.createTempFile(directory, ".itr-gateway", ""));
        return true;
    }
}
