package io.itrgateway.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {

    private static Optional<String> clientSecret(Map<String, String> variables) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new LiteralEnvironment(Environment.of(variables)))
                .build()
                .getOptionalValue("deepvue.client-secret", String.class);
    }

    // ---- values are literal -----------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$",
                "$$",
                "$$$",
                "${HOME}",
                "$${HOME}",
                "\\${HOME}",
                "\\$",
                "\\\\$",
                "${",
                "}",
                "{a}",
                "%s%n",
                "a\\nb",
                "${handler::value}",
                "a,b\\,c",
                "\"quoted\"",
                "pässword"
            })
    void aSecretIsTakenAsItIs(String secret) {
        assertThat(clientSecret(Map.of("DEEPVUE_CLIENT_SECRET", secret))).contains(secret);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"hidden\"",
                "'hidden'",
                " \"hidden\"\r",
                "\"\"",
                "“hidden”",
                "„hidden“",
                "‘hidden’",
                "«hidden»",
                "”hidden”"
            })
    void quotationMarksAroundAValueStopTheStartAndShowNothing(String value) {
        var environment = Environment.of(Map.of("DEEPVUE_CLIENT_SECRET", value));

        assertThat(environment.faults())
                .containsExactly(
                        "DEEPVUE_CLIENT_SECRET is in quotation marks, which would be a part of the value; it should be the value"
                                + " without them (one that has them can be given in a file, by DEEPVUE_CLIENT_SECRET_FILE)");
        assertThat(environment.faulty()).containsExactly("DEEPVUE_CLIENT_SECRET");
    }

    @Test
    void quotationMarksInAFileOfPropertiesStopTheStartToo() {
        var config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(
                        Map.of("deepvue.client-secret", "\"hidden\"", "deepvue.plan", "growth"), "a file", 260))
                .withSources(new LiteralEnvironment(Environment.of(Map.of("DEEPVUE_CLIENT_ID", "'judged already'"))))
                .build();
        List<String> faulty = new ArrayList<>();

        assertThat(Environment.checkOtherSources(config, faulty::add))
                .singleElement()
                .asString()
                .startsWith("DEEPVUE_CLIENT_SECRET is in quotation marks")
                .doesNotContain("hidden");
        assertThat(faulty).containsExactly("DEEPVUE_CLIENT_SECRET");
    }

    @Test
    void anExpressionForSomethingThatIsNotSetStopsTheStart() {
        var config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(Map.of("deepvue.client-secret", "a${b}c"), "a file", 260))
                .build();
        List<String> faulty = new ArrayList<>();

        assertThat(Environment.checkOtherSources(config, faulty::add))
                .containsExactly("DEEPVUE_CLIENT_SECRET has an expression ${...} for something that is not set");
        assertThat(faulty).containsExactly("DEEPVUE_CLIENT_SECRET");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "'", "\"a", "a\"", "it's", "\"a'", "\"a\"b\""})
    void aQuotationMarkInAValueIsJustACharacter(String value) {
        assertThat(Environment.of(Map.of("DEEPVUE_CLIENT_SECRET", value)).faults())
                .isEmpty();
    }

    @Test
    void quotationMarksInAFileAreAPartOfTheValue() throws Exception {
        assertThat(clientSecret(Map.of("DEEPVUE_CLIENT_SECRET_FILE", file("\"quoted\""))))
                .contains("\"quoted\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"hidden\"", "'hidden'\n", "“hidden”"})
    void quotationMarksInAFileAreAWarning(String content) throws Exception {
        var environment = Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", file(content)));

        assertThat(environment.faults()).isEmpty();
        assertThat(environment.warnings())
                .containsExactly(
                        "DEEPVUE_CLIENT_SECRET_FILE names a file whose content is in quotation marks, which are a part of the value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUARKUS_OIDC_TOKEN_AUDIENCE", "QUARKUS_HTTP_PORT", "OTEL_SERVICE_NAME"})
    void quotationMarksAroundAValueForQuarkusAreAWarning(String name) {
        assertThat(Environment.of(Map.of(name, "\"hidden\"")).warnings())
                .containsExactly(name + " is in quotation marks, which are a part of the value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hidden ", " hidden", "hidden\r", "hidden\n"})
    void whiteSpaceAroundAValueForQuarkusIsAWarning(String value) {
        assertThat(Environment.of(Map.of("QUARKUS_OIDC_TOKEN_AUDIENCE", value)).warnings())
                .containsExactly(
                        "QUARKUS_OIDC_TOKEN_AUDIENCE has white space at an end, which may count as a part of the value");
    }

    @Test
    void quotationMarksAroundAValueForAnyOtherProgramAreItsOwn() {
        assertThat(Environment.of(Map.of("PS1", "\"$\"")).warnings()).isEmpty();
    }

    // ---- the file .env ----------------------------------------------------------------------------------------------

    @Test
    void aValueOfTheFileDotEnvIsJudgedLikeAVariable() throws Exception {
        String content = "DEEPVUE_CLIENT_SECRET=\"hidden\"\nDEEPVUE_PLN=growth\nDEEPVUE_TIMEOUT=a$b\nOTHER=x\r\n";

        var environment = Environment.of(Map.of(), Path.of(file(content)));

        assertThat(environment.values()).containsEntry("DEEPVUE_TIMEOUT", "a$b").doesNotContainKey("OTHER");
        assertThat(environment.faults())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("DEEPVUE_CLIENT_SECRET is in quotation marks"))
                .anyMatch(line -> line.contains("did you mean DEEPVUE_PLAN?"))
                .noneMatch(line -> line.contains("hidden"));
    }

    @Test
    void whatLooksLikeACommentBehindAValueOfTheFileDotEnvIsAWarningThatDoesNotShowIt() throws Exception {
        var environment =
                Environment.of(Map.of(), Path.of(file("DEEPVUE_CLIENT_SECRET=hidden # a comment\nOTHER=x # y\n")));

        assertThat(environment.warnings())
                .containsExactly(
                        "DEEPVUE_CLIENT_SECRET has a # behind white space in .env, which is a part of the value; a"
                                + " comment needs a line of its own");
        assertThat(environment.values()).containsEntry("DEEPVUE_CLIENT_SECRET", "hidden # a comment");
    }

    @Test
    void aVariableOfTheProcessReplacesThatOfTheFileDotEnv() throws Exception {
        var environment = Environment.of(Map.of("DEEPVUE_PLAN", "growth"), Path.of(file("DEEPVUE_PLAN=\"starter\"\n")));

        assertThat(environment.values()).containsExactly(Map.entry("DEEPVUE_PLAN", "growth"));
        assertThat(environment.faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DEEPVUE_PLAN=growth            | growth",
                "DEEPVUE_PLAN = growth          | growth",
                "'\uFEFFDEEPVUE_PLAN=growth'    | growth",
                "export DEEPVUE_PLAN=growth     | growth",
                "DEEPVUE_PLAN: growth           | growth",
                "'DEEPVUE_PLAN=a\\b\\u00e9\\'    | 'a\\b\\u00e9\\'",
                "DEEPVUE_PLAN=a=b#c:d           | a=b#c:d",
                "DEEPVUE_PLAN=                  | ''"
            })
    void aLineOfTheFileDotEnvIsANameAndALiteralValue(String line, String value) throws Exception {
        var environment = Environment.of(Map.of(), Path.of(file("# DEEPVUE_PLAN=no\n\n" + line + "\r\nOTHER=x\n")));

        assertThat(environment.values()).containsExactly(Map.entry("DEEPVUE_PLAN", value));
        assertThat(environment.faults()).isEmpty();
    }

    @Test
    void aLineOfTheFileDotEnvThatHasNoNameAndValueStopsTheStartAndIsNotShown() throws Exception {
        var environment = Environment.of(
                Map.of(),
                Path.of(file(
                        "# a comment\n  ! another\n \t\nDEEPVUE_PLAN growth\nDEEPVUE_TIMEOUT=5s\ns3cret\n=s3cret\n")));

        assertThat(environment.values()).containsExactly(Map.entry("DEEPVUE_TIMEOUT", "5s"));
        assertThat(environment.faults())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("Line 4 of .env cannot be read"))
                .anyMatch(line -> line.startsWith("Line 6 of .env cannot be read"))
                .anyMatch(line -> line.startsWith("Line 7 of .env cannot be read"))
                .noneMatch(line -> line.contains("s3cret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$env:DEEPVUE_PLAN=\"growth\"",
                "\"DEEPVUE_PLAN\": \"growth\",",
                "'DEEPVUE_PLAN'=growth",
                "{\"DEEPVUE_PLAN\":\"growth\"}",
                "[DEEPVUE]=",
                "<plan>=growth",
                "deepvue:",
                "Gateway: "
            })
    void aLineOfTheFileDotEnvInTheSyntaxOfAnotherFileStopsTheStart(String line) throws Exception {
        assertThat(Environment.of(Map.of(), Path.of(file(line))).faults())
                .singleElement()
                .asString()
                .startsWith("Line 1 of .env cannot be read");
    }

    @Test
    void aBackslashAtTheEndOfALiteralValueDoesNotHideTheNextLine() throws Exception {
        var environment = Environment.of(Map.of(), Path.of(file("DEEPVUE_CLIENT_SECRET=hidden\\\nthe rest\n")));

        assertThat(environment.values()).containsExactly(Map.entry("DEEPVUE_CLIENT_SECRET", "hidden\\"));
        assertThat(environment.faults()).singleElement().asString().startsWith("Line 2 of .env cannot be read");
    }

    @Test
    void aVariableOfQuarkusBehindALiteralValueThatEndsWithABackslashStopsTheStart() throws Exception {
        var environment = Environment.of(
                Map.of(),
                Path.of(
                        file(
                                "DEEPVUE_CLIENT_SECRET=hidden\\\nQUARKUS_HTTP_PORT=1\nDEEPVUE_CLIENT_ID=a\\\nDEEPVUE_PLAN=growth\n")));

        assertThat(environment.faults()).singleElement().asString().startsWith("Line 2 of .env has no effect");
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUARKUS_OIDC_TOKEN_AUDIENCE", "OTEL_SERVICE_NAME", "quarkus.log.level"})
    void aVariableOfQuarkusBehindExportStopsTheStart(String name) throws Exception {
        assertThat(Environment.of(Map.of(), Path.of(file("\n export  " + name + " = x\nexport PATH=/bin\n")))
                        .faults())
                .containsExactly("Line 2 of .env begins with export, with which only variables of this service are"
                        + " read; it should be " + name + "=value");
    }

    @Test
    void aVariableOfQuarkusBehindExportThatAShellHasReadIsNoFault() throws Exception {
        var environment =
                Environment.of(Map.of("QUARKUS_HTTP_PORT", "8081"), Path.of(file("export QUARKUS_HTTP_PORT=8081\n")));

        assertThat(environment.faults()).isEmpty();
    }

    @Test
    void aLineOfTheFileDotEnvMayGoOnWithTheValueOfTheOneBefore() throws Exception {
        var environment = Environment.of(
                Map.of(), Path.of(file("QUARKUS_OIDC_PUBLIC_KEY=MIIB\\\n  IjAN\\\n  Bgkq\nOTHER=\\\\\nnothing\n")));

        assertThat(environment.faults()).singleElement().asString().startsWith("Line 5 of .env");
    }

    @Test
    void aFileDotEnvThatIsNotUtf8StopsTheStart() throws Exception {
        Path dotEnv = Files.write(directory.resolve(".env"), "DEEPVUE_PLAN=gr\u00f6wth\n".getBytes(ISO_8859_1));

        var environment = Environment.of(Map.of("DEEPVUE_PLAN", "growth"), dotEnv);

        assertThat(environment.faults())
                .containsExactly(
                        ".env cannot be read as UTF-8 text; it should be a file of lines NAME=value that this user"
                                + " can read");
        assertThat(environment.faulty()).contains("DEEPVUE_CLIENT_ID").doesNotContain("DEEPVUE_PLAN");
    }

    @Test
    void aDirectoryInPlaceOfTheFileDotEnvIsAWarning() throws Exception {
        Path dotEnv = Files.createDirectory(directory.resolve(".env"));

        var environment = Environment.of(Map.of("DEEPVUE_PLAN", "growth"), dotEnv);

        assertThat(environment.faults()).isEmpty();
        assertThat(environment.warnings())
                .containsExactly(".env is a directory and has no effect; it should be a file of lines NAME=value, or"
                        + " not there");
    }

    @Test
    void aDeviceInPlaceOfTheFileDotEnvIsAWarning() throws Exception {
        Path dotEnv = Files.createSymbolicLink(directory.resolve(".env"), Path.of("/dev/null"));

        assertThat(Environment.of(Map.of(), dotEnv).warnings())
                .containsExactly(
                        ".env is a pipe or a device and has no effect; it should be a file of lines NAME=value, or not there");
    }

    @Test
    void aLinkToNothingInPlaceOfTheFileDotEnvIsAWarning() throws Exception {
        Path dotEnv = Files.createSymbolicLink(directory.resolve(".env"), directory.resolve("missing"));

        assertThat(Environment.of(Map.of(), dotEnv).warnings())
                .containsExactly(".env is a link to nothing and has no effect; it should be a file of lines NAME=value,"
                        + " or not there");
    }

    @Test
    void withoutTheFileDotEnvOnlyTheProcessCounts() {
        assertThat(Environment.of(Map.of("DEEPVUE_PLAN", "growth"), directory.resolve(".env"))
                        .values())
                .containsExactly(Map.entry("DEEPVUE_PLAN", "growth"));
    }

    // ---- NAME_FILE --------------------------------------------------------------------------------------------------

    @TempDir
    Path directory;

    private String file(String content) throws Exception {
        return Files.writeString(directory.resolve("secret"), content).toString();
    }

    @ParameterizedTest
    @CsvSource({
        "'s$e$$c${r}et', 's$e$$c${r}et'",
        "'secret\n', secret",
        "'secret\r\n', secret",
        "'\uFEFFsecret\n', secret",
        "'secret\n\n', 'secret\n'"
    })
    void aValueMayBeInAFile(String content, String value) throws Exception {
        assertThat(clientSecret(Map.of("DEEPVUE_CLIENT_SECRET_FILE", file(content))))
                .contains(value);
    }

    @Test
    void everyVariableMayBeInAFile() throws Exception {
        String path = file("value");

        assertThat(Variables.properties()).allSatisfy(property -> {
            String name = Variables.nameOf(property);
            var environment = Environment.of(Map.of(name + "_FILE", path));
            assertThat(environment.values()).containsExactly(Map.entry(name, "value"));
            assertThat(environment.faults()).isEmpty();
        });
    }

    @Test
    void aFileThatCannotBeReadStopsTheStart() {
        Path missing = directory.resolve("missing");

        assertThat(Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", missing.toString()))
                        .faults())
                .containsExactly(
                        "DEEPVUE_CLIENT_SECRET_FILE is \"%s\", which does not exist; it should be the path of a file that holds the value"
                                .formatted(missing));
    }

    @ParameterizedTest
    @ValueSource(strings = {"very-secret-indeed", "/very\u0000secret", "very\u0000secret"})
    void aValueInPlaceOfThePathStopsTheStartAndIsNotShown(String value) {
        assertThat(Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", value)).faults())
                .containsExactly(
                        "DEEPVUE_CLIENT_SECRET_FILE does not hold the absolute path of a file (what it holds may be the value"
                                + " itself, and is not shown); it should be the path of a file that holds the value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere/secret", "/c2VjcmV0/c2VjcmV0=="})
    void aPathOutsideTheDirectoriesOfThisMachineNamesAFileThatDoesNotExistAndIsNotShown(String value) {
        assertThat(Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", value)).faults())
                .containsExactly(
                        "DEEPVUE_CLIENT_SECRET_FILE names a file that does not exist (what it holds may be the value itself, and is"
                                + " not shown); it should be the path of a file that holds the value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", " \r\n", "\uFEFF\n"})
    void anEmptyFileStopsTheStart(String content) throws Exception {
        String path = file(content);

        assertThat(Environment.of(Map.of("GATEWAY_REDIS_URL_FILE", path)).faults())
                .containsExactly(
                        "GATEWAY_REDIS_URL_FILE is \"%s\", which is empty; it should be the path of a file that holds the value"
                                .formatted(path));
    }

    @Test
    void aValueWhoseFileCannotBeReadIsNotJudgedAsWell() {
        assertThat(Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", "/nowhere/secret"))
                        .faulty())
                .containsExactly("DEEPVUE_CLIENT_SECRET");
    }

    @Test
    void aDirectoryStopsTheStart() {
        assertThat(Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", directory.toString()))
                        .faults())
                .singleElement()
                .asString()
                .startsWith("DEEPVUE_CLIENT_SECRET_FILE is ")
                .contains("which is a directory");
    }

    /** To open a named pipe waits for a writer, and what a shell makes of {@code <(command)} can be read only once. */
    @Test
    void aDeviceStopsTheStart() {
        assertThat(Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", "/dev/null"))
                        .faults())
                .containsExactly(
                        "DEEPVUE_CLIENT_SECRET_FILE is \"/dev/null\", which is a pipe or a device; it should be the path of a file that holds the value");
    }

    @Test
    void aFileThatIsNotTextStopsTheStart() throws Exception {
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});

        assertThat(Environment.of(Map.of("GATEWAY_AUDIT_KEY_FILE", binary.toString()))
                        .faults())
                .containsExactly("GATEWAY_AUDIT_KEY_FILE names a file that is not UTF-8 text");
    }

    @Test
    void aFileThatIsTooLargeStopsTheStart() throws Exception {
        assertThat(Environment.of(Map.of("GATEWAY_API_KEYS_FILE", file("x".repeat(64 * 1024 + 1))))
                        .faults())
                .containsExactly("GATEWAY_API_KEYS_FILE names a file of more than 65536 bytes");
    }

    @Test
    void theProcessOwnWayGoesBeforeTheOtherWayOfTheFileOfVariables() throws Exception {
        Path dotEnv = directory.resolve(".env");
        String path = file("of-the-process");

        Files.writeString(dotEnv, "DEEPVUE_CLIENT_SECRET=of-the-file\n");
        var byFile = Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", path), dotEnv);
        Files.writeString(dotEnv, "DEEPVUE_CLIENT_SECRET_FILE=/nowhere\n");
        var byValue = Environment.of(Map.of("DEEPVUE_CLIENT_SECRET", "of-the-process"), dotEnv);

        assertThat(List.of(byFile, byValue)).allSatisfy(environment -> {
            assertThat(environment.faults()).isEmpty();
            assertThat(environment.values()).containsEntry("DEEPVUE_CLIENT_SECRET", "of-the-process");
        });
    }

    @Test
    void bothWaysAtOnceStopTheStartAndShowNothing() throws Exception {
        var environment =
                Environment.of(Map.of("DEEPVUE_CLIENT_SECRET", "one", "DEEPVUE_CLIENT_SECRET_FILE", file("other")));

        assertThat(environment.faults())
                .containsExactly(
                        "DEEPVUE_CLIENT_SECRET and DEEPVUE_CLIENT_SECRET_FILE are both set; only one of them should be");
        assertThat(environment).asString().doesNotContain("other").isEqualTo("Environment[[DEEPVUE_CLIENT_SECRET]]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void anEmptyVariableCountsAsNotSetBesideTheOtherForm(String empty) throws Exception {
        String path = file("of-the-file");

        var byFile = Environment.of(Map.of("DEEPVUE_CLIENT_SECRET", empty, "DEEPVUE_CLIENT_SECRET_FILE", path));
        var byValue = Environment.of(Map.of("DEEPVUE_CLIENT_SECRET", "value", "DEEPVUE_CLIENT_SECRET_FILE", empty));
        var neither = Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", empty));

        assertThat(List.of(byFile, byValue, neither)).allSatisfy(environment -> {
            assertThat(environment.faults()).isEmpty();
            assertThat(environment.faulty()).isEmpty();
        });
        assertThat(byFile.values()).containsExactly(Map.entry("DEEPVUE_CLIENT_SECRET", "of-the-file"));
        assertThat(byValue.values()).containsExactly(Map.entry("DEEPVUE_CLIENT_SECRET", "value"));
        assertThat(neither.values()).isEmpty();
    }

    @Test
    void anEmptyVariableOfTheProcessDoesNotHideTheOtherFormOfTheFileOfVariables() throws Exception {
        Path dotEnv = directory.resolve(".env");

        Files.writeString(dotEnv, "DEEPVUE_CLIENT_SECRET=of-dot-env\n");
        var byValue = Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", ""), dotEnv);
        Files.writeString(dotEnv, "DEEPVUE_CLIENT_SECRET_FILE=" + file("of-dot-env") + "\n");
        var byFile = Environment.of(Map.of("DEEPVUE_CLIENT_SECRET", ""), dotEnv);

        assertThat(List.of(byValue, byFile)).allSatisfy(environment -> {
            assertThat(environment.faults()).isEmpty();
            assertThat(environment.values()).containsEntry("DEEPVUE_CLIENT_SECRET", "of-dot-env");
        });
    }

    // ---- names that are not known -----------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "DEEPVUE_PLN, DEEPVUE_PLAN",
        "DEEPVUE_PLANN, DEEPVUE_PLAN",
        "DEEPVUE_BASEURL, DEEPVUE_BASE_URL",
        "DEEPVUE_CLIENTID, DEEPVUE_CLIENT_ID",
        "DEEPVUE_CLIENT_SECERT, DEEPVUE_CLIENT_SECRET",
        "DEEPVUE_CONNECTTIMEOUT, DEEPVUE_CONNECT_TIMEOUT",
        "GATEWAY_APIKEYS, GATEWAY_API_KEYS",
        "GATEWAY_API_KEY, GATEWAY_API_KEYS",
        "GATEWAY_MAXINFLIGHT, GATEWAY_MAX_IN_FLIGHT",
        "GATEWAY_MAXINFLIGHTFILE, GATEWAY_MAX_IN_FLIGHT_FILE",
        "GATEWAY_MAX_WIAT, GATEWAY_MAX_WAIT",
        "GATEWAY_REDIS_URI, GATEWAY_REDIS_URL",
        "GATEWAY_REDISURL, GATEWAY_REDIS_URL",
        "DEEPVUE_CLIENT_SECRET_FIEL, DEEPVUE_CLIENT_SECRET_FILE",
        "deepvue_plan, DEEPVUE_PLAN",
        "Deepvue_Plan, DEEPVUE_PLAN",
        "deepvue.plan, DEEPVUE_PLAN",
        "DEEPVUE-PLAN, DEEPVUE_PLAN",
        "deepvue.pln, DEEPVUE_PLAN",
        "deepvue_client_secret_file, DEEPVUE_CLIENT_SECRET_FILE",
        "\"DEEPVUE_PLAN, DEEPVUE_PLAN",
        "'''DEEPVUE_PLAN', DEEPVUE_PLAN",
        "export DEEPVUE_PLAN, DEEPVUE_PLAN"
    })
    void aMisspeltNameStopsTheStart(String name, String meant) {
        assertThat(Environment.of(Map.of(name, "growth")).faults())
                .containsExactly("%s is not a variable of this service; did you mean %s?".formatted(name, meant));
    }

    /** Where {@code --env-file} of Docker has taken a line without {@code =} before the value, which has one itself. */
    @ParameterizedTest
    @CsvSource({
        "DEEPVUE_CLIENT_SECRET:aGlkZGVu, DEEPVUE_CLIENT_SECRET",
        "DEEPVUE_CLIENT_SECRET: aGlkZGVu, DEEPVUE_CLIENT_SECRET",
        "DEEPVUE_CLIENT_SECRET aGlkZGVu, DEEPVUE_CLIENT_SECRET",
        "export DEEPVUE_CLIENT_SECRET:aGlkZGVu, export DEEPVUE_CLIENT_SECRET"
    })
    void aValueInTheNameOfAVariableStopsTheStartAndIsNotShown(String name, String shown) {
        assertThat(Environment.of(Map.of(name, "=")).faults())
                .containsExactly(
                        "%s… is not a variable of this service; did you mean DEEPVUE_CLIENT_SECRET?".formatted(shown));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GATEWAY_SOMETHING_ELSE",
                "DEEPVUE_WEBHOOK",
                "GATEWAY_CHROMIUM",
                "GATEWAY_URL",
                "GATEWAY_KEY",
                "GATEWAY_URL_REDIS",
                "GATEWAY_REDIS_NAME",
                "GATEWAY_FILE"
            })
    void anyOtherUnknownNameIsOneWarning(String name) {
        var environment = Environment.of(Map.of(name, "value"));

        assertThat(environment.faults()).isEmpty();
        assertThat(environment.warnings())
                .containsExactly(name + " is not a variable of this service and has no effect");
    }

    @ParameterizedTest
    @CsvSource({
        "GATEWAY_PLAN, DEEPVUE_PLAN",
        "GATEWAY_TIMEOUT, DEEPVUE_TIMEOUT",
        "DEEPVUE_API_KEYS, GATEWAY_API_KEYS",
        "DEEPVUE_MAX_WAIT, GATEWAY_MAX_WAIT",
        "deepvue_max_wait, GATEWAY_MAX_WAIT",
        "GATEWAY_CLIENT_SECRET_FILE, DEEPVUE_CLIENT_SECRET_FILE",
        "GATEWAY_KEYS, GATEWAY_API_KEYS",
        "gateway.keys, GATEWAY_API_KEYS",
        "GATEWAY_REDIS, GATEWAY_REDIS_URL",
        "GATEWAY_FLIGHT, GATEWAY_MAX_IN_FLIGHT",
        "DEEPVUE_URL, DEEPVUE_BASE_URL",
        "DEEPVUE_SECRET, DEEPVUE_CLIENT_SECRET",
        "DEEPVUE_SECRET_FILE, DEEPVUE_CLIENT_SECRET_FILE",
        "DEEPVUE_CLIENT_SECRET_FILE_FILE, DEEPVUE_CLIENT_SECRET_FILE",
        "GATEWAY_REDIS_HOST, GATEWAY_REDIS_URL",
        "GATEWAY_REDIS_PASSWORD, GATEWAY_REDIS_URL",
        "GATEWAY_REDIS_PASSWORD_FILE, GATEWAY_REDIS_URL_FILE",
        "gateway.redis-user, GATEWAY_REDIS_URL",
        "GATEWAY_OIDC_ISSUER, QUARKUS_OIDC_AUTH_SERVER_URL",
        "GATEWAY_OIDC_URL, QUARKUS_OIDC_AUTH_SERVER_URL",
        "GATEWAY_ISSUER, QUARKUS_OIDC_AUTH_SERVER_URL",
        "GATEWAY_OIDC_CLIENT_ID, QUARKUS_OIDC_CLIENT_ID",
        "DEEPVUE_PROXY, HTTPS_PROXY",
        "DEEPVUE_HTTPS_PROXY, HTTPS_PROXY",
        "GATEWAY_PROXY_URL, HTTPS_PROXY"
    })
    void aNameWithTheOtherPrefixOrWithoutAWordIsAWarningThatNamesTheRightOne(String name, String meant) {
        var environment = Environment.of(Map.of(name, "value"));

        assertThat(environment.faults()).isEmpty();
        assertThat(environment.warnings())
                .containsExactly("%s is not a variable of this service and has no effect; did you mean %s?"
                        .formatted(name, meant));
    }

    @ParameterizedTest
    @CsvSource({
        "QUARKUS_HTTP_SSL_CERTIFICATE_FILE, QUARKUS_HTTP_SSL_CERTIFICATE_FILES",
        "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILE, QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES",
        "GATEWAY_PORT, QUARKUS_HTTP_PORT",
        "GATEWAY_HTTP_PORT, QUARKUS_HTTP_PORT",
        "GATEWAY_HOST, QUARKUS_HTTP_HOST",
        "GATEWAY_LOG_LEVEL, QUARKUS_LOG_LEVEL",
        "QUARKUS_PORT, QUARKUS_HTTP_PORT",
        "QUARKUS_REDIS_URL, GATEWAY_REDIS_URL"
    })
    void aNameThatQuarkusDoesNotHaveStopsTheStart(String name, String meant) {
        assertThat(Environment.of(Map.of(name, "9090")).faults())
                .containsExactly("%s is not a variable of this service; did you mean %s?".formatted(name, meant));
    }

    @ParameterizedTest
    @CsvSource({
        "QUARKUS_HTTP_PROT, QUARKUS_HTTP_PORT",
        "QUARKUS_OIDC_CLIENT_SECRET, QUARKUS_OIDC_CREDENTIALS_SECRET",
        "QUARKUS_OIDC_SECRET, QUARKUS_OIDC_CREDENTIALS_SECRET",
        "QUARKUS_OIDC_TLS_CONFIGURATION_NAME, QUARKUS_OIDC_TLS_TLS_CONFIGURATION_NAME",
        "QUARKUS_TLS_KEY_STORE_PEM_CERT, QUARKUS_TLS_KEY_STORE_PEM__0__CERT",
        "QUARKUS_TLS_OWN_KEY_STORE_PEM_KEY, QUARKUS_TLS_OWN_KEY_STORE_PEM__0__KEY",
        "QUARKUS_TLS_OWN_KEY_STORE_PEM_0_KEY, QUARKUS_TLS_OWN_KEY_STORE_PEM__0__KEY",
        "QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_FILES, QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS",
        "QUARKUS_TLS_ISSUER_TRUST_STORE_PEM_FILES, QUARKUS_TLS_ISSUER_TRUST_STORE_PEM_CERTS",
        "QUARKUS_TLS_ISSUER_TRUST_STORE_FILE, QUARKUS_TLS_ISSUER_TRUST_STORE_PEM_CERTS",
        "QUARKUS_TLS_ISSUER_TRUST_STORE_PEM__0__CERT, QUARKUS_TLS_ISSUER_TRUST_STORE_PEM_CERTS",
        "QUARKUS_TLS_TRUSTSTORE_PATH, QUARKUS_TLS_TRUST_STORE_PEM_CERTS",
        "QUARKUS_TLS_DEEPVUE_CA_CERT, QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS",
        "QUARKUS_TLS_ISSUER_TRUST_STORE_P12_FILE, QUARKUS_TLS_ISSUER_TRUST_STORE_P12_PATH",
        "QUARKUS_TLS_OWN_KEY_STORE_PEM_CERTS, QUARKUS_TLS_OWN_KEY_STORE_PEM__0__CERT",
        "QUARKUS_TLS_OWN_KEY_STORE_PEM_KEYS, QUARKUS_TLS_OWN_KEY_STORE_PEM__0__KEY",
        "QUARKUS_TLS_CERTIFICATE_FILE, QUARKUS_TLS_KEY_STORE_PEM__0__CERT",
        "QUARKUS_TLS_KEY_FILE, QUARKUS_TLS_KEY_STORE_PEM__0__KEY",
        "QUARKUS_HTTP_SSL_CERT_FILE, QUARKUS_HTTP_SSL_CERTIFICATE_FILES",
        "QUARKUS_HTTP_SSL_CERT, QUARKUS_HTTP_SSL_CERTIFICATE_FILES",
        "QUARKUS_HTTP_SSL_KEY_FILE, QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES",
        "QUARKUS_HTTPPORT, QUARKUS_HTTP_PORT",
        "QUARKS_HTTP_PORT, QUARKUS_HTTP_PORT",
        "QUARKUS_HTTP_SSL_CERTIFICATES_FILES, QUARKUS_HTTP_SSL_CERTIFICATE_FILES",
        "QUARKUS_OIDC_AUTH_SERVER_URI, QUARKUS_OIDC_AUTH_SERVER_URL",
        "QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__1__CRT, QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__CERT",
        "QUARKUS_OIDC_AUDIENCE, QUARKUS_OIDC_TOKEN_AUDIENCE",
        "QUARKUS_OIDC_ISSUER, QUARKUS_OIDC_TOKEN_ISSUER",
        "QUARKUS_OIDC_URL, QUARKUS_OIDC_AUTH_SERVER_URL",
        "QUARKUS_HTTP_CERTIFICATE_FILES, QUARKUS_HTTP_SSL_CERTIFICATE_FILES",
        "SMALLRYE_CONFIG_LOCATION, SMALLRYE_CONFIG_LOCATIONS",
        "DEEPVEU_PLAN, DEEPVUE_PLAN",
        "GATWAY_API_KEYS, GATEWAY_API_KEYS",
        "DEEP_VUE_PLAN, DEEPVUE_PLAN",
        "DEEPVUEPLAN, DEEPVUE_PLAN",
        "QUARKUS_HTTP_CORS, QUARKUS_HTTP_CORS_ENABLED",
        "export QUARKUS_HTTP_PORT, QUARKUS_HTTP_PORT",
        "\"QUARKUS_LOG_MIN_LEVEL, QUARKUS_LOG_MIN_LEVEL"
    })
    void aNameThatResemblesOneOfAnotherPrefixIsAWarningThatDoesNotShowTheValue(String name, String meant) {
        var environment = Environment.of(Map.of(name, "hidden"));

        assertThat(environment.faults()).isEmpty();
        assertThat(environment.warnings())
                .containsExactly("%s is not a name that this service knows, and may have no effect; did you mean %s?"
                        .formatted(name, meant));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "QUARKUS_HTTP_SSL_ENABLED",
                "QUARKUS_HTTP_SSL_PORT_NUMBER",
                "QUARKUS_TLS_DEEPVUE_INSECURE",
                "QUARKUS_TLS_TRUST_STORE_P12_TYPE"
            })
    void aNameThatNoSettingOfTlsHasIsAWarningAlsoIfItResemblesNone(String name) {
        assertThat(Environment.of(Map.of(name, "hidden")).warnings())
                .containsExactly("%s is not a name that this service knows, and may have no effect".formatted(name));
    }

    @ParameterizedTest
    @CsvSource({
        "QUARKUS_OIDC_CREDENTIALS_SECRET_FILE, QUARKUS_OIDC_CREDENTIALS_SECRET",
        "QUARKUS_REDIS_PASSWORD_FILE, QUARKUS_REDIS_PASSWORD",
        "QUARKUS_OIDC_PUBLIC_KEY_FILE, QUARKUS_OIDC_PUBLIC_KEY"
    })
    void aFileForAValueOfQuarkusIsAWarning(String name, String meant) {
        assertThat(Environment.of(Map.of(name, "/run/secrets/one")).warnings())
                .containsExactly(
                        "%s has no effect, since only values of this service's own variables can be in a file; did you mean %s?"
                                .formatted(name, meant));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "QUARKUS_HTTP_HOST",
                "QUARKUS_HTTP_ROOT_PATH",
                "QUARKUS_PROXY_PORT",
                "QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__1__CERT",
                "QUARKUS_LOG_CATEGORY__IO_ITRGATEWAY__LEVEL",
                "QUARKUS_LOG_MIN_LEVEL",
                "QUARKUS_LOG_CONSOLE_ENABLED",
                "QUARKUS_OIDC_ENABLED",
                "QUARKUS_OIDC_ACME_AUTH_SERVER_URL",
                "QUARKUS_TLS_TRUST_STORE_PEM_CERTS",
                "QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS_0_",
                "QUARKUS_TLS__MY_OWN__KEY_STORE_PEM_ACME_KEY",
                "HTTP_PORT",
                "QUARKUS_OIDC_TLS_TRUST_STORE_FILE"
            })
    void anyOtherNameOfQuarkusIsFine(String name) {
        assertThat(Environment.of(Map.of(name, "1")).warnings()).isEmpty();
    }

    @Test
    void aPortThatKubernetesWouldNotInjectIsAWarning() {
        assertThat(Environment.of(Map.of("DEEPVUE_SANDBOX_PORT", "9090")).warnings())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GATEWAY_SERVICE_HOST",
                "GATEWAY_SERVICE_PORT",
                "GATEWAY_SERVICE_PORT_HTTP",
                "GATEWAY_PORT",
                "GATEWAY_PORT_8080_TCP",
                "GATEWAY_PORT_8080_TCP_ADDR",
                "GATEWAY_PORT_8080_TCP_PORT",
                "GATEWAY_PORT_8080_TCP_PROTO",
                "GATEWAY_REDIS_SERVICE_HOST",
                "GATEWAY_REDIS_PORT_6379_TCP",
                "DEEPVUE_SANDBOX_PORT",
                "QUARKUS_TLS_PORT",
                "QUARKUS_TLS_PORT_443_TCP_ADDR",
                "QUARKUS_TLS_SERVICE_HOST",
                "QUARKUS_TLS_SERVICE_PORT_HTTPS",
                "QUARKUS_HTTP_SSL_SERVICE_PORT",
                "HOME",
                "QUARKUS_HTTP_PORT"
            })
    void whatKubernetesInjectsIsIgnored(String name) {
        var environment = Environment.of(Map.of(name, "tcp://10.0.0.1:8080"));

        assertThat(environment.faults()).isEmpty();
        assertThat(environment.warnings()).isEmpty();
    }

    // ---- names in two cases -----------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"HTTPS_PROXY, https_proxy", "HTTP_PROXY, http_proxy", "NO_PROXY, no_proxy"})
    void aProxyThatDiffersInTheTwoCasesIsAWarningThatShowsNoValue(String capitals, String small) {
        var environment = Environment.of(Map.of(capitals, "http://u:hidden@one", small, "http://u:hidden@other"));

        assertThat(environment.faults()).isEmpty();
        assertThat(environment.warnings())
                .containsExactly(
                        "%s and %s are both set, and differ; only %s counts here".formatted(capitals, small, capitals));
    }

    @Test
    void aProxyThatIsTheSameInTheTwoCasesIsNoWarning() {
        assertThat(Environment.of(Map.of("HTTPS_PROXY", "http://one", "https_proxy", "http://one "))
                        .warnings())
                .isEmpty();
        assertThat(Environment.of(Map.of("HTTPS_PROXY", "", "https_proxy", "http://one"))
                        .warnings())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ALL_PROXY, HTTPS_PROXY", "all_proxy, HTTPS_PROXY", "Https_Proxy, HTTPS_PROXY", "No_Proxy, NO_PROXY"})
    void aNameOfAProxyThatOnlyOtherProgramsReadIsAWarning(String name, String meant) {
        assertThat(Environment.of(Map.of(name, "http://u:hidden@one")).warnings())
                .containsExactly("%s has no effect here; did you mean %s?".formatted(name, meant));
    }

    @ParameterizedTest
    @CsvSource({"HTTPS_PROXY, http://one", "http_proxy, http://one"})
    void aProxyForEverythingIsNoWarningBesideOneThatIsRead(String name, String value) {
        assertThat(Environment.of(Map.of("ALL_PROXY", "http://other", name, value))
                        .warnings())
                .isEmpty();
        assertThat(Environment.of(Map.of("ALL_PROXY", "")).warnings()).isEmpty();
    }

    // ---- settings that must not be the same
    // ---------------------------------------------------------------------------

    @Test
    void anAuditInTheFileOfASecretStopsTheStartAndTheFileIsLeftAlone() throws Exception {
        String secret = file("secret");
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);

        var environment = Environment.of(
                Map.of("GATEWAY_AUDIT_FILE", link.resolve("secret").toString(), "GATEWAY_AUDIT_KEY_FILE", secret));

        assertThat(environment.faults())
                .containsExactly(
                        "GATEWAY_AUDIT_FILE and GATEWAY_AUDIT_KEY_FILE name the same file; the audit needs a file"
                                + " of its own");
        assertThat(environment.values()).doesNotContainKey("GATEWAY_AUDIT_FILE");
        assertThat(environment.faulty()).containsExactly("GATEWAY_AUDIT_FILE");
    }

    @ParameterizedTest
    @CsvSource({
        "deepvue.client-id, DEEPVUE_CLIENT_ID",
        "gateway.audit-key, GATEWAY_AUDIT_KEY",
    })
    void theSecretOfTheAccountInAnotherSettingIsAWarningThatDoesNotShowIt(String property, String name) {
        var given = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(
                        new LiteralEnvironment(Environment.of(Map.of("DEEPVUE_CLIENT_SECRET", "hid$den"))),
                        // As a system property, or in a file.
                        new PropertiesConfigSource(Map.of(property, "hid\\$den"), "operator", 400))
                .build();

        assertThat(Environment.warnings(given))
                .containsExactly(
                        "DEEPVUE_CLIENT_SECRET and %s have the same value; each should have its own".formatted(name));
    }

    /**
     * As from a template that was not filled in, and as Kubernetes leaves a reference to a variable that the container does not have. Where
     * expressions are replaced, in files of properties, none is left.
     */
    @ParameterizedTest
    @CsvSource({
        "${CLIENT_ID}, has the form ${NAME}",
        "$(CLIENT_ID), has the form $(NAME)",
        "$CLIENT_ID, has the form $NAME",
        "%CLIENT_ID%, has the form %NAME%",
        "<your-id>, has the form <name>",
        "{{client_id}}, has the form {{ name }}",
        "your-client-id, looks like a placeholder",
        "ChangeMe, looks like a placeholder",
        "xxxx, looks like a placeholder",
        "..., looks like a placeholder",
        "arn:aws:secretsmanager:ap-south-1:1234:secret:itr, looks like a reference to a secret",
        "vault:secret/data/itr#id, looks like a reference to a secret",
        "op://itr/deepvue/id, looks like a reference to a secret",
        "@Microsoft.KeyVault(SecretUri=https://itr.vault.azure.net/secrets/id), looks like a reference to a secret",
        "{\"client_id\":\"hidden\"}, looks like a whole object in place of one of its values",
        "map[client_id:hidden], looks like a whole object in place of one of its values"
    })
    void aPlaceholderInTheAccountIsAWarning(String value, String form) {
        var given = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new LiteralEnvironment(
                        Environment.of(Map.of("DEEPVUE_CLIENT_ID", value, "DEEPVUE_CLIENT_SECRET", "a${b}c$(d)e<f>"))))
                .build();

        assertThat(Environment.warnings(given))
                .containsExactly("DEEPVUE_CLIENT_ID %s, and is taken literally".formatted(form));
    }

    @Test
    void aPathInPlaceOfASecretIsAWarning() throws Exception {
        var given = new SmallRyeConfigBuilder()
                .withSources(new LiteralEnvironment(Environment.of(Map.of("DEEPVUE_CLIENT_SECRET", file("hidden")))))
                .build();

        assertThat(Environment.warnings(given))
                .containsExactly("DEEPVUE_CLIENT_SECRET looks like the path of a file, and is taken literally;"
                        + " did you mean DEEPVUE_CLIENT_SECRET_FILE?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEEPVUE_CLIENT_SECRET=hidden\n", "export DEEPVUE_CLIENT_SECRET=hidden\n"})
    void aWholeLineInTheFileOfAValueIsAWarningThatDoesNotShowIt(String line) throws Exception {
        var environment = Environment.of(Map.of("DEEPVUE_CLIENT_SECRET_FILE", file(line)));

        assertThat(environment.warnings())
                .containsExactly("DEEPVUE_CLIENT_SECRET_FILE names a file that begins with DEEPVUE_CLIENT_SECRET=,"
                        + " which is a part of the value");
    }

    @ParameterizedTest
    @CsvSource({
        "PORT, 3000, quarkus.http.port, 8080, QUARKUS_HTTP_PORT",
        "HTTP_PORT, 9090, quarkus.http.port, 8080, QUARKUS_HTTP_PORT",
        "LOG_LEVEL, debug, quarkus.log.level, INFO, QUARKUS_LOG_LEVEL",
        "REDIS_URL, redis://hidden@redis, other, '', GATEWAY_REDIS_URL",
        "logging.level.root, debug, quarkus.log.level, INFO, QUARKUS_LOG_LEVEL",
        "server.port, 9090, quarkus.http.port, 8080, QUARKUS_HTTP_PORT",
        "spring.data.redis.host, redis, other, '', GATEWAY_REDIS_URL",
        "spring.config.location, /etc/app.yml, other, '', SMALLRYE_CONFIG_LOCATIONS",
        "spring.data.redis.url, redis://hidden@redis, other, '', GATEWAY_REDIS_URL",
        "server.ssl.certificate, /tls/tls.crt, other, '', QUARKUS_HTTP_SSL_CERTIFICATE_FILES",
        "server.ssl.key-store, /tls/own.p12, other, '', QUARKUS_HTTP_SSL_CERTIFICATE_KEY_STORE_FILE",
        "spring.security.oauth2.resourceserver.jwt.issuer-uri, https://idp.example, other, '', QUARKUS_OIDC_AUTH_SERVER_URL"
    })
    void aVariableThatOtherProgramsReadIsAWarningUnlessItsSettingIsGiven(
            String name, String value, String property, String byDefault, String meant) {
        var others = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(Map.of(name, value), "environment", 300))
                .withDefaultValue(property, byDefault);
        var given = new PropertiesConfigSource(
                Map.of(
                        "quarkus.http.port", "80",
                        "quarkus.log.level", "WARN",
                        "smallrye.config.locations", "config",
                        "gateway.redis-url", "redis://other",
                        "quarkus.http.ssl.certificate.files", "/tls/other.crt",
                        "quarkus.http.ssl.certificate.key-store-file", "/tls/other.p12",
                        "quarkus.oidc.auth-server-url", "https://other.example"),
                "operator",
                300);

        assertThat(Environment.warnings(others.build()))
                .containsExactly("%s has no effect here; did you mean %s?".formatted(Variables.nameOf(name), meant));
        assertThat(Environment.warnings(others.withSources(given).build())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PORT, 8080, quarkus.http.port, 8080",
        "LOG_LEVEL, info, quarkus.log.level, INFO",
        "PORT, '', other, ''",
        // Kubernetes, for a Service named "server".
        "server.port, tcp://10.96.0.12:80, quarkus.http.port, 8080"
    })
    void aVariableThatOtherProgramsReadIsFineWhereItSaysTheSameOrKubernetesHasSetIt(
            String name, String value, String property, String byDefault) {
        var config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(Map.of(name, value), "environment", 300))
                .withDefaultValue(property, byDefault)
                .build();

        assertThat(Environment.warnings(config)).isEmpty();
    }

    @Test
    void whereTheSecretOfTheAccountIsInNoOtherSettingThereIsNoWarning() {
        var given = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(
                        Map.of("deepvue.client-secret", "hidden", "deepvue.client-id", "client"), "operator", 400))
                .build();

        assertThat(Environment.warnings(given)).isEmpty();
    }

    // ---- names that stand twice in the file .env --------------------------------------------------------------------

    @Test
    void aNameThatStandsTwiceInTheFileDotEnvIsAWarningThatDoesNotShowTheValues() throws Exception {
        Path dotEnv = Files.writeString(directory.resolve(".env"), """
                DEEPVUE_CLIENT_SECRET=hidden-1
                # DEEPVUE_CLIENT_SECRET=a comment
                DEEPVUE_PLAN=growth
                export DEEPVUE_CLIENT_SECRET=hidden-2

                DEEPVUE_CLIENT_SECRET: hidden-3
                QUARKUS_LOG_LEVEL=INFO
                QUARKUS_LOG_LEVEL=DEBUG
                quarkus.shutdown.delay=1s
                quarkus.shutdown.delay=2s
                """);

        var environment = Environment.of(Map.of(), dotEnv);

        assertThat(environment.values()).containsEntry("DEEPVUE_CLIENT_SECRET", "hidden-3");
        assertThat(environment.warnings())
                .containsExactly(
                        "DEEPVUE_CLIENT_SECRET is set in lines 1, 4, 6 of .env; only the last one counts",
                        "QUARKUS_LOG_LEVEL is set in lines 7, 8 of .env; only the last one counts",
                        "quarkus.shutdown.delay is set in lines 9, 10 of .env; only the last one counts");
    }

    @Test
    void aNameThatTheProcessSetsMayStandTwiceInTheFileDotEnv() throws Exception {
        Path dotEnv = Files.writeString(directory.resolve(".env"), "DEEPVUE_PLAN=growth\nDEEPVUE_PLAN=starter\n");

        assertThat(Environment.of(Map.of("DEEPVUE_PLAN", "business"), dotEnv).warnings())
                .isEmpty();
    }
}
