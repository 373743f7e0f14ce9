package io.itrgateway.telemetry;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.SameFile;
import io.itrgateway.config.Variables;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.io.File;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Switches log files off that cannot be written, and leaves it to the start-up check to refuse the start: Quarkus would log a stack trace, for
 * each request where it is the access log, and go on without the file, or rotate a directory out of the way as if it were an older file. A process that only checks the
 * configuration opens none, since they may be those of a service that runs here.
 */
public final class LogFilesConfigSourceFactory implements ConfigSourceFactory {

    private static final String MAIN_FILE = "quarkus.log.file.";
    private static final String DEFAULT_PATH = "quarkus.log";
    private static final String ACCESS_LOG = "quarkus.http.access-log.";
    private static final String ACCESS_LOG_DIRECTORY = ACCESS_LOG + "log-directory";
    private static final String ACCESS_LOG_NAME = ACCESS_LOG + "base-file-name";
    /** Part of every name that HANDLER matches; looked for first, since that is cheaper. */
    private static final String HANDLERS = "quarkus.log.handler.file.";

    private static final Pattern HANDLER =
            Pattern.compile("(" + Pattern.quote(HANDLERS) + "(?:\"[^\"]+\"|[^.\"]+)\\.)enabled?");

    private static final String HANDLER_VARIABLES = "QUARKUS_LOG_HANDLER_FILE__";
    private static final Pattern HANDLER_VARIABLE = Pattern.compile(HANDLER_VARIABLES + "([A-Z0-9_]+)__ENABLED?");

    /** Names of paths that cannot be written, separated by line breaks. */
    private static final String WRONG = "itr-gateway.log-files.wrong";

    /** Names of paths of files that another setting names, too, each with that setting; separated by line breaks. */
    private static final String TWICE = "itr-gateway.log-files.twice";

    private static final int ABOVE_ALL = Integer.MAX_VALUE;

    /** Notes the files that have been switched off. */
    public static void check(Config config, ConfigurationFaults faults) {
        config.getOptionalValue(WRONG, String.class).stream()
                .flatMap(String::lines)
                .forEach(property -> faults.wrong(
                        property,
                        config.getOptionalValue(property, String.class).orElse(DEFAULT_PATH),
                        property.equals(ACCESS_LOG_DIRECTORY)
                                ? "a directory in which this user can write the file"
                                : "the path of a file that this user can write or create"));
        config.getOptionalValue(TWICE, String.class).stream()
                .flatMap(String::lines)
                .map(line -> line.split("\t"))
                .forEach(properties -> faults.unfit(
                        properties[0],
                        "names the same file as " + Variables.nameOf(properties[1]),
                        "the path of another file"));
    }

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        Map<String, String> settings = new HashMap<>();
        Set<String> wrong = new TreeSet<>();
        Set<String> twice = new TreeSet<>();
        Map<String, String> opened = new LinkedHashMap<>();
        AuditFileConfigSourceFactory.path(context)
                .ifPresent(path -> opened.put(AuditFileConfigSourceFactory.PROPERTY, path));
        accessLog(context).ifPresent(path -> {
            if (!isInDirectory(path) || !AuditFileConfigSourceFactory.isWritable(path)) {
                wrong.add(wrongPartOfAccessLog(context));
                settings.put(ACCESS_LOG + "log-to-file", "false");
            } else if (opened.values().stream().anyMatch(other -> SameFile.isOne(path, other))) {
                twice.add(ACCESS_LOG_NAME + "\t" + AuditFileConfigSourceFactory.PROPERTY);
                settings.put(ACCESS_LOG + "log-to-file", "false");
            }
            opened.put(ACCESS_LOG_NAME, path);
        });
        for (String prefix : files(context)) {
            String path = path(context, prefix);
            boolean isEnabled = isEnabled(context, prefix);
            boolean isWrong = isEnabled && !AuditFileConfigSourceFactory.isWritable(path);
            Optional<String> other = isEnabled && !isWrong ? otherSetting(prefix, path, opened) : Optional.empty();
            if (isEnabled) {
                opened.put(prefix + "path", path);
            }
            other.ifPresent(property -> twice.add(prefix + "path\t" + property));
            if (isWrong || other.isPresent() || GivenSettings.checksOnly()) {
                switchOff(prefix, context, settings);
            }
            if (isWrong) {
                wrong.add(prefix + "path");
            }
        }
        putUnlessEmpty(WRONG, wrong, settings);
        putUnlessEmpty(TWICE, twice, settings);
        return List.of(
                new PropertiesConfigSource(settings, LogFilesConfigSourceFactory.class.getSimpleName(), ABOVE_ALL));
    }

    private static void switchOff(String prefix, ConfigSourceContext context, Map<String, String> settings) {
        settings.put(prefix + "enabled", "false");
        if (isGiven(context.getValue(prefix + "enable"))) {
            settings.put(prefix + "enable", "false");
        }
    }

    private static void putUnlessEmpty(String property, Set<String> lines, Map<String, String> settings) {
        if (!lines.isEmpty()) {
            settings.put(property, String.join("\n", lines));
        }
    }

    /** The path of Quarkus' access log; empty if it has no file of its own. By default it is that of the main log. */
    private static Optional<String> accessLog(ConfigSourceContext context) {
        boolean hasFile = Stream.of("enabled", "log-to-file")
                .allMatch(name -> GivenSettings.isOn(ACCESS_LOG + name, context).orElse(false));
        if (!hasFile) {
            return Optional.empty();
        }
        String directory = text(context, ACCESS_LOG_DIRECTORY, ".");
        String name = text(context, ACCESS_LOG_NAME, "quarkus");
        return Optional.of(directory + "/" + name + text(context, ACCESS_LOG + "log-suffix", ".log"));
    }

    /** Quarkus makes no directories for the access log, as the log manager does for its files. */
    private static boolean isInDirectory(String path) {
        return new File(path).getAbsoluteFile().getParentFile().isDirectory();
    }

    private static String wrongPartOfAccessLog(ConfigSourceContext context) {
        return GivenSettings.valueOf(ACCESS_LOG_DIRECTORY, context)
                .filter(directory -> !new File(directory).isDirectory())
                .map(directory -> ACCESS_LOG_DIRECTORY)
                .orElse(ACCESS_LOG_NAME);
    }

    /** The setting that names the same file, unless it is that of the same handler, whose name may be written in several ways. */
    private static Optional<String> otherSetting(String prefix, String path, Map<String, String> opened) {
        return AuditFileConfigSourceFactory.isOfAudit(prefix)
                ? Optional.empty()
                : opened.entrySet().stream()
                        .filter(other -> !plain(other.getKey()).equals(plain(prefix + "path")))
                        .filter(other -> SameFile.isOne(path, other.getValue()))
                        .map(Map.Entry::getKey)
                        .findFirst();
    }

    private static String plain(String property) {
        return Variables.nameOf(property).replaceAll("_+", "_");
    }

    /** Quarkus warns of that older name where it is set, and has a default for it. */
    private static boolean isGiven(ConfigValue value) {
        return value != null && value.getValue() != null && GivenSettings.isOfOperators(value.getConfigSourceOrdinal());
    }

    /** The beginnings of the names of the settings of each file. */
    private static Set<String> files(ConfigSourceContext context) {
        Set<String> prefixes = new TreeSet<>(Set.of(MAIN_FILE));
        context.iterateNames().forEachRemaining(name -> {
            if (name.contains(HANDLERS)) {
                HANDLER.matcher(name).results().map(match -> match.group(1)).forEach(prefixes::add);
            }
            if (name.contains(HANDLER_VARIABLES)) {
                HANDLER_VARIABLE
                        .matcher(name)
                        .results()
                        .map(LogFilesConfigSourceFactory::prefix)
                        .forEach(prefixes::add);
            }
        });
        return prefixes;
    }

    private static String prefix(MatchResult variable) {
        return "quarkus.log.handler.file.\"%s\".".formatted(variable.group(1).toLowerCase(Locale.ROOT));
    }

    private static boolean isEnabled(ConfigSourceContext context, String prefix) {
        return Stream.of("enabled", "enable")
                .flatMap(name -> GivenSettings.isOn(prefix + name, context).stream())
                .anyMatch(isOn -> isOn);
    }

    private static String path(ConfigSourceContext context, String prefix) {
        return text(context, prefix + "path", DEFAULT_PATH);
    }

    private static String text(ConfigSourceContext context, String property, String otherwise) {
        return GivenSettings.valueOf(property, context)
                .filter(text -> !text.isBlank())
                .orElse(otherwise);
    }
}
