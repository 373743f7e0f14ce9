package io.itrgateway.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.itrgateway.secret.Secret;
import io.itrgateway.startup.StartupCheck;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the directions of the house, as {@code io.itrgateway}'s package-info draws them. */
class HouseTest {

    private static final int MOST_LINES = 400;

    private static final String HOUSE = "io.itrgateway";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(HOUSE);

    // ---- directions -------------------------------------------------------------------------------------------------

    @Test
    void everyPackageIsListed() {
        Set<String> rooms = MAIN.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(HOUSE))
                .collect(Collectors.toSet());

        assertThat(rooms)
                .containsExactlyInAnyOrder(
                        "io.itrgateway.config",
                        "io.itrgateway.api",
                        "io.itrgateway.call",
                        "io.itrgateway.operation",
                        "io.itrgateway.binding",
                        "io.itrgateway.binding.redis",
                        "io.itrgateway.idempotency",
                        "io.itrgateway.idempotency.redis",
                        "io.itrgateway.upstream",
                        "io.itrgateway.ratelimit",
                        "io.itrgateway.ratelimit.redis",
                        "io.itrgateway.token",
                        "io.itrgateway.token.redis",
                        "io.itrgateway.transport",
                        "io.itrgateway.redis",
                        "io.itrgateway.connection",
                        "io.itrgateway.edge",
                        "io.itrgateway.fairness",
                        "io.itrgateway.telemetry",
                        "io.itrgateway.problem",
                        "io.itrgateway.secret",
                        "io.itrgateway.status",
                        "io.itrgateway.reference",
                        "io.itrgateway.startup",
                        "io.itrgateway.ops",
                        "io.itrgateway.doctor");
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.itrgateway.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @ParameterizedTest
    @CsvSource({
        "api, fairness edge binding idempotency upstream transport call operation telemetry problem secret config",
        "call, fairness operation telemetry problem secret",
        "operation, problem config",
        "binding, redis problem secret config",
        "idempotency, fairness redis problem secret config",
        "upstream, fairness ratelimit token transport call operation telemetry problem secret config",
        "token, ratelimit redis transport telemetry problem secret config",
        "ratelimit, redis transport problem secret config",
        "transport, fairness problem secret config",
        "startup, edge connection idempotency ratelimit redis transport telemetry operation config",
        "ops, edge connection binding idempotency ratelimit redis upstream problem config",
        "status, edge redis ratelimit token transport problem config",
        "redis, config transport problem secret",
        "reference, problem config",
        "connection, problem",
        "edge, connection fairness operation telemetry problem secret config",
        "telemetry, config operation problem secret",
        "problem, secret config",
        "secret, ''",
        "fairness, ''",
        "config, ''"
    })
    void aPackageDependsOnlyOnTheListedOnes(String room, String below) {
        String[] known = Arrays.stream((room + " " + below).strip().split(" "))
                .map(HouseTest::packageOf)
                .toArray(String[]::new);

        classes()
                .that()
                .resideInAPackage(packageOf(room))
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(HOUSE + "..").or(resideInAnyPackage(known)))
                .check(MAIN);
    }

    @Test
    void theRateLimitDoesNotKnowThatItMayBeInRedis() {
        noClasses()
                .that()
                .resideInAPackage("io.itrgateway.ratelimit")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packageOf("ratelimit.redis"), packageOf("redis"))
                .check(MAIN);
    }

    @Test
    void onlyAdaptersAndWhatServesOperatorsKnowRedis() {
        classes()
                .that()
                .resideInAPackage(packageOf("redis"))
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(
                        packageOf("redis"),
                        packageOf("binding.redis"),
                        packageOf("idempotency.redis"),
                        packageOf("ratelimit.redis"),
                        packageOf("token.redis"),
                        packageOf("status"),
                        packageOf("startup"),
                        packageOf("ops"),
                        packageOf("doctor"))
                .check(MAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"binding.redis", "idempotency.redis", "token.redis"})
    void nothingDependsOnARedisAdapter(String adapter) {
        classes()
                .that()
                .resideInAPackage(packageOf(adapter))
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAPackage(packageOf(adapter))
                .check(MAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "reference", "ops"})
    void nothingDependsOnAPageOrOnOps(String room) {
        classes()
                .that()
                .resideInAPackage(packageOf(room))
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAPackage(packageOf(room))
                .check(MAIN);
    }

    @Test
    void onlyTheDoctorDependsOnTheStartUpCheck() {
        classes()
                .that()
                .resideInAPackage(packageOf("startup"))
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(packageOf("startup"), packageOf("doctor"), HOUSE)
                .check(MAIN);
    }

    @Test
    void nothingDependsOnTheDoctor() {
        classes()
                .that()
                .resideInAPackage(packageOf("doctor"))
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(packageOf("doctor"), HOUSE)
                .check(MAIN);
    }

    @Test
    void theDoctorHasNoWayToRegister() {
        noClasses()
                .that()
                .resideInAPackage(packageOf("doctor"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packageOf("upstream"), packageOf("api"), packageOf("idempotency"))
                .check(MAIN);
    }

    // ---- doors ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"io.itrgateway.upstream.DeepvueApi", "io.itrgateway.token.AuthorizeApi"})
    void aDeclaredClientStaysInItsRoom(String client) {
        classes()
                .that()
                .haveFullyQualifiedName(client)
                .should()
                .bePackagePrivate()
                .check(MAIN);
    }

    @Test
    void everyDeclaredClientIsPackagePrivate() {
        classes()
                .that()
                .areAnnotatedWith(RegisterRestClient.class)
                .should()
                .bePackagePrivate()
                .check(MAIN);
    }

    @Test
    void onlyTheUpstreamPackageCallsDeepvue() {
        classes()
                .that()
                .haveFullyQualifiedName("io.itrgateway.upstream.DeepvueApi")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAPackage(packageOf("upstream"))
                .check(MAIN);
    }

    @Test
    void onlyTheProblemPackageCreatesProblems() {
        classes()
                .that()
                .haveFullyQualifiedName("io.itrgateway.problem.Problem")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAPackage(packageOf("problem"))
                .check(MAIN);
    }

    @Test
    void aSecretIsRevealedOnlyWhereAHeaderABodyOrADigestIsMade() {
        onlyIn(
                call("Secret.reveal()", Secret.class, "reveal"),
                Secret.class.getName(),
                "io.itrgateway.secret.KeyRing",
                "io.itrgateway.secret.KeyedDigest",
                "io.itrgateway.secret.Pseudonyms",
                "io.itrgateway.transport.Account",
                "io.itrgateway.transport.ProxyAddress",
                "io.itrgateway.token.AccessToken",
                "io.itrgateway.token.DeepvueAuthorizer",
                "io.itrgateway.token.redis.SealedTokenCodec",
                "io.itrgateway.upstream.DeepvueApi",
                "io.itrgateway.upstream.DeepvueClient",
                "io.itrgateway.upstream.RequestBodyWriter");
    }

    @Test
    void theFaultsOfTheConfigurationAreCollectedOnce() {
        onlyIn(
                call("new ConfigurationFaults()", ConfigurationFaults.class, "<init>"),
                "io.itrgateway.doctor.Doctor",
                "io.itrgateway.doctor.StartupFailureDescriber");
    }

    @Test
    void whatNotesFaultsIsCreatedBeforeTheStartUpCheckLooksAtThem() {
        constructors()
                .that(describe(
                        "note faults",
                        constructor -> constructor.getRawParameterTypes().stream()
                                .anyMatch(type -> type.isEquivalentTo(ConfigurationFaults.class))))
                .and()
                .areNotDeclaredIn(StartupCheck.class)
                .should()
                .beDeclaredInClassesThat()
                .areAssignableTo(Settings.class)
                .check(MAIN);
    }

    // ---- logs -------------------------------------------------------------------------------------------------------

    @Test
    void onlyAFewClassesLog() {
        noClasses()
                .that(not(oneOf(
                                "io.itrgateway.upstream.AttemptTelemetry",
                                "io.itrgateway.token.TokenTelemetry",
                                "io.itrgateway.ratelimit.RateLimitTelemetry",
                                "io.itrgateway.transport.UpstreamCircuitBreaker",
                                "io.itrgateway.transport.SurplusTelemetry",
                                "io.itrgateway.idempotency.IdempotencyTelemetry",
                                "io.itrgateway.redis.RedisTelemetry",
                                "io.itrgateway.problem.ProblemMapper",
                                "io.itrgateway.connection.AcceptFailures",
                                "io.itrgateway.edge.IssuerFailureClassifier",
                                "io.itrgateway.startup.StartupCheck",
                                "io.itrgateway.startup.CertificateReloadMonitor",
                                "io.itrgateway.doctor.Doctor"))
                        .and(not(resideInAPackage(packageOf("ops")))))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Logger.class)
                .check(MAIN);
    }

    @Test
    void noFileIsLongerThanFourHundredLines() throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }

        assertThat(sources)
                .isNotEmpty()
                .allSatisfy(source -> assertThat(Files.readAllLines(source)).hasSizeLessThanOrEqualTo(MOST_LINES));
    }

    /**
     * The lines of calls have fields, which the usual logger cannot carry. {@code Main} filters what is logged before the log is configured, and
     * {@code SynchronousLog} takes the queue out of a log that is about to be closed, {@code BoundedLogClose} bounds how long closing it takes.
     */
    @Test
    void onlyTheLinesOfCallsBypassTheUsualLogger() {
        noClasses()
                .that(not(oneOf(
                        "io.itrgateway.Main",
                        "io.itrgateway.startup.SynchronousLog",
                        "io.itrgateway.ops.BoundedLogClose",
                        "io.itrgateway.telemetry.Line",
                        "io.itrgateway.telemetry.Line$RecordWithFields",
                        "io.itrgateway.telemetry.LineBuffer",
                        "io.itrgateway.telemetry.CallLog",
                        "io.itrgateway.telemetry.AuditLog")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.util.logging..",
                        "org.jboss.logmanager..",
                        "org.slf4j..",
                        "org.apache.commons.logging..",
                        "org.apache.logging..",
                        "io.quarkus.logging..",
                        "io.vertx.core.logging..",
                        "io.netty.util.internal.logging..")
                .check(MAIN);
    }

    @Test
    void onlyTheDoctorPrints() {
        noClasses()
                .that(not(oneOf("io.itrgateway.Main", "io.itrgateway.doctor.Doctor")))
                .should(ACCESS_STANDARD_STREAMS)
                .check(MAIN);
    }

    // ---- time and waiting -------------------------------------------------------------------------------------------

    @Test
    void timeIsTakenFromTheInjectedClock() {
        onlyIn(
                call("System.currentTimeMillis()", System.class, "currentTimeMillis")
                        .or(nowWithoutAClock())
                        .or(aSystemClock())
                        .or(call("new Date()", Date.class, "<init>"))
                        .or(call("Calendar.getInstance()", java.util.Calendar.class, "getInstance")),
                "io.itrgateway.ops.SystemClock");
    }

    /** The exceptions run on the thread that stops the application, or is the application: there to wait, and serving no request. */
    @Test
    void onlyTheDrainAndTheDoctorBlock() {
        onlyIn(
                call("Thread.sleep()", Thread.class, "sleep")
                        .or(call("Thread.join()", Thread.class, "join"))
                        .or(call("Object.wait()", Object.class, "wait"))
                        .or(call("Uni.await()", Uni.class, "await"))
                        .or(call("Future.get()", Future.class, "get"))
                        .or(call("CountDownLatch.await()", CountDownLatch.class, "await")),
                "io.itrgateway.ops.Drain",
                "io.itrgateway.ops.BoundedLogClose",
                "io.itrgateway.doctor.Doctor");
    }

    @Test
    void onlyTheTokenStoreJoinsAFuture() {
        onlyIn(
                call("CompletableFuture.join()", CompletableFuture.class, "join"),
                "io.itrgateway.token.MemoryTokenStore");
    }

    // ---- the words of this test -------------------------------------------------------------------------------------

    private static String packageOf(String room) {
        return HOUSE + "." + room + "..";
    }

    /** Calls and method references alike, in those classes and what is nested in them. */
    private static void onlyIn(DescribedPredicate<JavaAccess<?>> access, String... names) {
        noClasses().that(not(oneOf(names))).should().accessTargetWhere(access).check(MAIN);
    }

    private static DescribedPredicate<JavaClass> oneOf(String... names) {
        return belongTo(
                describe("one of " + List.of(names), outermost -> List.of(names).contains(outermost.getName())));
    }

    /** Whether it is called on the owner's own type or on one below it. */
    private static DescribedPredicate<JavaAccess<?>> call(String description, Class<?> owner, String method) {
        return describe(
                description,
                access -> access.getTarget().getName().equals(method)
                        && access.getTargetOwner().isAssignableTo(owner));
    }

    private static DescribedPredicate<JavaAccess<?>> nowWithoutAClock() {
        return describe(
                "now() of java.time",
                access -> access.getTarget().getName().equals("now")
                        && access.getTargetOwner().getPackageName().startsWith("java.time")
                        && parameters(access.getTarget()).stream().noneMatch(type -> type.isAssignableTo(Clock.class)));
    }

    private static DescribedPredicate<JavaAccess<?>> aSystemClock() {
        return describe(
                "a system clock",
                access -> access.getTargetOwner().isAssignableTo(Clock.class)
                        && access.getTarget().getName().matches("system.*|tick(Millis|Seconds|Minutes)"));
    }

    private static List<JavaClass> parameters(AccessTarget target) {
        return target instanceof CodeUnitAccessTarget codeUnit ? codeUnit.getRawParameterTypes() : List.of();
    }
}
