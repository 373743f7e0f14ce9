package io.itrgateway.aot;

import static io.restassured.RestAssured.given;

import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operations;
import io.itrgateway.sandbox.Gateway;
import io.itrgateway.sandbox.OperationCalls;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs the packaged service against the sandbox, sends it each operation with each subject that the sandbox's page lists, and so has the JVM
 * write {@code target/quarkus-app/app.aot} when the service ends.
 *
 * <p>System property {@code aot.java}: home of the Java runtime that is to use the cache; a cache of another one is refused, even where only
 * its set of modules differs.
 */
final class Training {

    private static final Path PACKAGE = Path.of("target", "quarkus-app").toAbsolutePath();
    private static final Path CACHE = PACKAGE.resolve("app.aot");

    private static final int CALLERS = 16;
    /** Calls that succeed, of each operation: the cache also keeps which methods are hot. */
    private static final int USUAL_CALLS = 100;

    private static final Pattern ROW = Pattern.compile("^\\| (`[^|]*`) \\|", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("`([a-z0-9-]+)`");

    private final int port;

    private Training(int port) {
        this.port = port;
    }

    public static void main(String[] arguments) throws Exception {
        if (Runtime.version().feature() < 25) {
            throw new IllegalStateException("the AOT cache needs JDK 25 or newer; this is " + Runtime.version());
        }
        Files.deleteIfExists(CACHE);
        Libraries.intoOneJar(PACKAGE);
        giveAllFilesOneTime();
        Sandbox sandbox = new Sandbox();
        try (var service = PackagedService.start(
                Path.of(System.getProperty("aot.java")),
                List.of("@" + Path.of("docker", "jvm.options").toAbsolutePath(), "-XX:AOTCacheOutput=" + CACHE),
                PACKAGE.resolve("quarkus-run.jar"),
                environment(sandbox.start()))) {
            new Training(service.port()).run();
            service.terminate();
            service.exitCode();
            if (!Files.exists(CACHE)) {
                throw new IllegalStateException("the JVM wrote no AOT cache:%n%s".formatted(service.output()));
            }
        } finally {
            sandbox.stop();
        }
        System.out.printf("AOT cache: %s, %d MiB%n", CACHE, Files.size(CACHE) >> 20);
    }

    /** The JVM compares the times of the jars; one second after the epoch is what Jib gives the files of an image. */
    private static void giveAllFilesOneTime() throws IOException {
        FileTime time = FileTime.from(Instant.ofEpochSecond(1));
        try (Stream<Path> files = Files.walk(PACKAGE)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, time);
            }
        }
    }

    private static Map<String, String> environment(Map<String, String> properties) {
        Map<String, String> environment = new HashMap<>();
        properties.forEach(
                (name, value) -> environment.put(name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"), value));
        environment.put("DEEPVUE_TIMEOUT", "1s");
        // As in production.
        environment.put("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true");
        return environment;
    }

    private void run() throws Exception {
        List<Callable<Integer>> calls = new ArrayList<>();
        for (String path : List.of("/q/health/ready", "/q/metrics", "/q/openapi", "/problems", "/nowhere")) {
            calls.add(() -> given().port(port).get(path).statusCode());
        }
        List<String> subjects = subjects();
        for (Operation operation : Operations.ALL) {
            for (int i = 0; i < USUAL_CALLS; i++) {
                calls.add(() -> call(operation, "usual"));
            }
            for (String subject : subjects) {
                calls.add(() -> call(operation, subject));
            }
        }
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            for (Future<Integer> answer : callers.invokeAll(calls)) {
                answer.get();
            }
        } finally {
            callers.shutdown();
        }
    }

    private int call(Operation operation, String subject) {
        return OperationCalls.send(Gateway.caller().port(port), operation, subject)
                .extract()
                .statusCode();
    }

    /** The names in the first columns of the tables of the sandbox's page. */
    private static List<String> subjects() throws IOException {
        return ROW.matcher(Files.readString(Path.of("docker", "sandbox", "README.md")))
                .results()
                .flatMap(row -> NAME.matcher(row.group(1)).results())
                .map(name -> name.group(1))
                .distinct()
                .toList();
    }
}
