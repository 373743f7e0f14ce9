package io.itrgateway;

import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.ShownValue;
import io.itrgateway.doctor.Doctor;
import io.itrgateway.doctor.DoctorArguments;
import io.itrgateway.doctor.Report;
import io.itrgateway.doctor.StartupFailureDescriber;
import io.itrgateway.problem.RedactedThrowable;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Where the process starts: as the service, or, with the word {@code doctor}, to look whether a service could run here. */
@QuarkusMain
public final class Main {

    private static final int MISUSED = 2;

    private static final String USAGE = """
            usage: java -jar quarkus-run.jar [ARGUMENT], or the native binary with the same argument

              (no argument)     serve
              doctor            check configuration, DNS, TLS, one authorize, the clock, an OIDC issuer and Redis; exits
                                with 0, or with 1 if the service would not work
              doctor --json     the same, as JSON
              --help            this text
              --version         the version

            The service is configured by environment variables. Required are DEEPVUE_CLIENT_ID, DEEPVUE_CLIENT_SECRET and, unless
            OIDC is on, GATEWAY_API_KEYS; docs/configuration.md lists all of them. Each may be given as NAME_FILE with the path of a file
            that holds the value.""";

    /** Held, since a logger that nothing refers to may lose its filter. */
    private static final Logger OF_CONFIG = Logger.getLogger("io.smallrye.config");

    private static final Logger OF_UNKNOWN_NAMES = Logger.getLogger("io.quarkus.config");

    Main() {}

    public static void main(String... arguments) {
        // Numbers in headers, keys of Redis and messages have the digits of ASCII wherever this runs; some languages
        // have others.
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        // The log is in UTF-8, as JSON is, also without LANG: names of callers would have question marks in them.
        System.setProperty("stdout.encoding", StandardCharsets.UTF_8.name());
        withholdMessagesThatQuoteValues();
        if (arguments.length == 0) {
            Quarkus.run(null, Main::onServiceExit);
            return;
        }
        List<String> words = List.of(arguments);
        if (DoctorArguments.areForHelp(words)) {
            System.out.println(USAGE);
            return;
        }
        if (words.equals(List.of("--version"))) {
            System.out.println("itr-gateway " + version());
            return;
        }
        Optional<DoctorArguments> asked = DoctorArguments.of(words);
        if (asked.isEmpty()) {
            System.err.println(DoctorArguments.refusal(words) + "\n\n" + USAGE);
            System.exit(MISUSED);
        }
        System.setProperty(GivenSettings.CHECKS_ONLY, "true");
        Quarkus.run(
                Doctor.class,
                (exitCode, failure) -> onDoctorExit(asked.get(), exitCode, Optional.ofNullable(failure)),
                arguments);
    }

    /**
     * Those that {@code quarkus.log.filter} of {@code application.properties} leaves out as soon as the log is configured. A start that fails before
     * that prints what was logged until then. Names that Quarkus does not know stay, without a value behind them.
     */
    private static void withholdMessagesThatQuoteValues() {
        OF_CONFIG.setFilter(message ->
                Stream.of("SRCFG01001", "SRCFG01007", "SRCFG01008").noneMatch(message.getMessage()::startsWith));
        OF_UNKNOWN_NAMES.setFilter(message -> {
            if (message.getMessage().startsWith("Unrecognized configuration key") && message.getParameters() != null) {
                message.setParameters(Stream.of(message.getParameters())
                        .map(name -> ShownValue.ofName(name.toString()))
                        .toArray());
            }
            return true;
        });
    }

    /**
     * Says in one line why the service did not start. Quarkus would log it, with a stack trace, when the log that is written in the
     * background has been closed: then nothing at all is seen of it. A failure that is not known to be a setting's is shown without its messages, which may
     * quote one.
     */
    private static void onServiceExit(int exitCode, Throwable failure) {
        if (failure != null && isOfStop(failure)) {
            System.err.println("A signal to stop came before the start was complete");
        } else if (failure != null) {
            StartupFailureDescriber.line(failure)
                    .ifPresentOrElse(System.err::println, () -> new RedactedThrowable(failure).printStackTrace());
        }
        // In dev mode it keeps the process for the next live reload.
        ApplicationLifecycleManager.getDefaultExitCodeHandler().accept(exitCode, failure);
    }

    /** Whether the start failed because the JVM was ending: it takes no more shutdown hooks then, of which a start adds several. */
    static boolean isOfStop(Throwable failure) {
        return StartupFailureDescriber.causes(failure).stream()
                .anyMatch(cause ->
                        cause instanceof IllegalStateException && "Shutdown in progress".equals(cause.getMessage()));
    }

    /** From the file that the build writes: Quarkus' own setting can be read only by an application that has started. */
    private static String version() {
        try (InputStream file = Main.class.getResourceAsStream("/version.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void onDoctorExit(DoctorArguments asked, int exitCode, Optional<Throwable> failure) {
        if (failure.isPresent()) {
            System.out.println(asked.rendered(Report.ofNoStart(failure.get())));
        }
        System.exit(failure.isPresent() ? Report.UNHEALTHY : exitCode);
    }
}
