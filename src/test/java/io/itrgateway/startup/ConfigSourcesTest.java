package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.ShownValue;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.common.MapBackedConfigSource;
import java.io.File;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of settings, profiles, and names in TLS configurations, which would be ignored without a word. */
class ConfigSourcesTest {

    @TempDir
    private Path directory;

    // ---- files ------------------------------------------------------------------------------------------------------

    private static List<String> faults(String property, String locations) {
        var faults = new ConfigurationFaults();
        ConfigFiles.check(
                new SmallRyeConfigBuilder()
                        .withSources(new PropertiesConfigSource(Map.of(property, locations), "operator", 300))
                        .build(),
                faults);
        return faults.lines();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            smallrye.config.locations | SMALLRYE_CONFIG_LOCATIONS | /nowhere/app.properties        | which does not exist
            quarkus.config.locations  | QUARKUS_CONFIG_LOCATIONS  | file:///nowhere/app.properties | which does not exist
            smallrye.config.locations | SMALLRYE_CONFIG_LOCATIONS | nowhere.properties             | which does not exist
            smallrye.config.locations | SMALLRYE_CONFIG_LOCATIONS | /dev/null                      | which is a pipe or a device
            smallrye.config.locations | SMALLRYE_CONFIG_LOCATIONS | a file                         | which is neither a path nor a URL
            smallrye.config.locations | SMALLRYE_CONFIG_LOCATIONS | https://config.example/itr     | whose name does not end with .properties
            """)
    void aFileOfSettingsThatIsNotThereIsAFault(String property, String variable, String location, String fault) {
        assertThat(faults(property, location))
                .containsExactly("%s lists %s, %s; it should be paths or URLs of files whose names end with"
                                .formatted(variable, ShownValue.of(location), fault)
                        + " .properties, separated by commas");
    }

    @Test
    void aFileThatWouldBeIgnoredIsAFault() throws Exception {
        Path yaml = Files.writeString(directory.resolve("app.yaml"), "deepvue:");

        assertThat(faults("smallrye.config.locations", yaml + "," + directory))
                .hasSize(2)
                .anyMatch(line -> line.contains("app.yaml\", whose name does not end with .properties"))
                .anyMatch(line -> line.contains("a directory without a file whose name ends with .properties"));
    }

    @Test
    void filesOfSettingsThatAreReadAreNoFault() throws Exception {
        Path file = Files.writeString(directory.resolve("app.properties"), "deepvue.plan=growth");

        assertThat(faults(
                        "smallrye.config.locations",
                        "%s,%s,%s,https://settings.example/app.properties".formatted(file, file.toUri(), directory)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application.properties", "application-prod.properties", "application.yaml", "application.yml"})
    void aFileWhereNoneIsReadIsAWarning(String name) throws Exception {
        Files.writeString(directory.resolve(name), "");

        assertThat(ConfigFiles.warnings(directory, List.of()))
                .containsExactly(
                        name + " has no effect; a file of settings is config/application.properties, or named by"
                                + " SMALLRYE_CONFIG_LOCATIONS");
    }

    @Test
    void aFileThatIsReadSinceItIsNamedIsNoWarning() throws Exception {
        Path file = Files.writeString(directory.resolve("application-prod.properties"), "deepvue.plan=growth");
        var read = new PropertiesConfigSource(file.toUri().toURL(), 260);

        assertThat(ConfigFiles.warnings(directory, List.of(read))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application.properties", "config/application.properties"})
    void aFileBesideTheJarIsAWarningUnlessTheProcessWorksThere(String name) throws Exception {
        Files.createDirectory(directory.resolve("config"));
        Path file = Files.writeString(directory.resolve(name), "");
        String jar = directory.resolve("quarkus-run.jar").toString();
        var read = new PropertiesConfigSource(file.toUri().toURL(), 260);

        assertThat(ConfigFiles.warningsBeside(jar, Path.of(""), List.of()))
                .containsExactly(name + " beside the jar has no effect; config/application.properties is read from the"
                        + " working directory");
        assertThat(ConfigFiles.warningsBeside(jar, directory, List.of())).isEmpty();
        assertThat(ConfigFiles.warningsBeside(jar, Path.of(""), List.of(read))).isEmpty();
        assertThat(ConfigFiles.warningsBeside(
                        directory + "/classes" + File.pathSeparator + jar, Path.of(""), List.of()))
                .isEmpty();
        assertThat(ConfigFiles.warningsBeside("", Path.of(""), List.of())).isEmpty();
    }

    /** An editor of Windows adds the ending, and does not show it. */
    @ParameterizedTest
    @ValueSource(strings = {".env.txt", ".env.local", "config/.env"})
    void aFileOfVariablesThatIsNotReadIsAWarning(String name) throws Exception {
        Files.createDirectory(directory.resolve("config"));
        Files.writeString(directory.resolve(name), "DEEPVUE_PLAN=growth");

        assertThat(ConfigFiles.warnings(directory, List.of()))
                .containsExactly(name + " has no effect; a file of variables is .env in the working directory");
    }

    /** As Docker makes one where there is no file to be mounted. */
    @Test
    void aDirectoryInPlaceOfTheFileOfSettingsIsAWarning() throws Exception {
        Files.createDirectories(directory.resolve("config/application.properties"));

        assertThat(ConfigFiles.warnings(directory, List.of()))
                .containsExactly(
                        "config/application.properties is a directory and has no effect; it should be a file of"
                                + " settings, or not there");
    }

    @Test
    void aDeviceInPlaceOfTheFileOfSettingsIsAWarning() throws Exception {
        Files.createDirectory(directory.resolve("config"));
        Files.createSymbolicLink(directory.resolve("config/application.properties"), Path.of("/dev/null"));

        assertThat(ConfigFiles.warnings(directory, List.of()))
                .containsExactly(
                        "config/application.properties is a pipe or a device and has no effect; it should be a file of"
                                + " settings, or not there");
    }

    @Test
    void theFileOfSettingsIsNoWarning() throws Exception {
        Files.writeString(Files.createDirectory(directory.resolve("config")).resolve("application.properties"), "");

        assertThat(ConfigFiles.warnings(directory, List.of())).isEmpty();
    }

    @Test
    void aNameThatStandsTwiceInTheFileOfSettingsIsAWarningThatDoesNotShowTheValues() throws Exception {
        Files.writeString(
                Files.createDirectory(directory.resolve("config")).resolve("application.properties"),
                "deepvue.client-secret=hidden\ngateway.drain=1s\n%prod.gateway.drain=2s\ndeepvue.client-secret: hidden-2\n");

        assertThat(ConfigFiles.warnings(directory, List.of()))
                .containsExactly(
                        "deepvue.client-secret is set twice in config/application.properties; only the last one counts");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%staging,prod.gateway.drain",
                "quarkus.http.cors.origins[0]",
                "quarkus.http.header.\"X-A/B\".value",
                "quarkus.log.category.\"io.foo\".level"
            })
    void aNameWithAnyPartsMayStandTwiceInTheFileOfSettings(String name) throws Exception {
        Files.writeString(
                Files.createDirectory(directory.resolve("config")).resolve("application.properties"),
                "%1$s=a\n%1$s=b\n".formatted(name));

        assertThat(ConfigFiles.warnings(directory, List.of()))
                .containsExactly(name + " is set twice in config/application.properties; only the last one counts");
    }

    @Test
    void theLinesOfAKeyThatStandsTwiceInTheFileOfSettingsAreNotShown() throws Exception {
        String key = "key=-----BEGIN PRIVATE KEY-----\nMIIEvQ/IBAD+AN\nquarkus/AbC=\n-----END PRIVATE KEY-----\n";
        Files.writeString(
                Files.createDirectory(directory.resolve("config")).resolve("application.properties"), key.repeat(2));

        assertThat(ConfigFiles.warnings(directory, List.of())).isEmpty();
    }

    // ---- names ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"deepvue", "gateway", "quarkus"})
    void aNameThatYamlLeavesAloneIsAFault(String name) {
        assertThat(faultsOfNames(new PropertiesConfigSource(Map.of(name, "", "max-wait", "7s"), "a file", 260)))
                .containsExactly(name.toUpperCase(Locale.ROOT)
                        + " stands without a setting, as in YAML, which is not read; it should be one name with dots,"
                        + " such as gateway.drain");
    }

    private static List<String> faultsOfNames(ConfigSource source) {
        var faults = new ConfigurationFaults();
        PropertyNames.check(List.of(source), faults);
        return faults.lines();
    }

    @Test
    void theNameOfAVariableInAFileIsAFaultThatDoesNotShowTheValue() {
        assertThat(faultsOfNames(new PropertiesConfigSource(
                        Map.of("DEEPVUE_CLIENT_SECRET", "hidden", "GATEWAY_API_KEYS_FILE", "/run/keys"),
                        "a file",
                        260)))
                .containsExactlyInAnyOrder(
                        "DEEPVUE_CLIENT_SECRET is the name of a variable, and is given as a property; it should be"
                                + " deepvue.client-secret there",
                        "GATEWAY_API_KEYS_FILE is given as a property; it should be a variable of the process");
    }

    @Test
    void aSettingBehindAByteOrderMarkIsAFault() {
        assertThat(faultsOfNames(new PropertiesConfigSource(Map.of("\uFEFFdeepvue.plan", "growth"), "a file", 260)))
                .containsExactly(
                        "DEEPVUE_PLAN stands behind a byte order mark at the beginning of a file, and is not read; it"
                                + " should be in a file that is saved as UTF-8 without one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE"})
    void settingsInAFileOfUtf16AreFaults(String encoding) throws Exception {
        Path file = directory.resolve("utf-16.properties");
        String text = "\uFEFFdeepvue.plan=growth\r\n# a comment with secrets\r\nquarkus.http.port=8081\r\n";
        Files.writeString(file, text, Charset.forName(encoding));

        assertThat(faultsOfNames(new PropertiesConfigSource(file.toUri().toURL(), 260)))
                .hasSize(2)
                .anyMatch(line -> line.startsWith("DEEPVUE_PLAN stands in a file that is not UTF-8"))
                .anyMatch(line -> line.startsWith("QUARKUS_HTTP_PORT stands in a file that is not UTF-8"));
    }

    @ParameterizedTest
    @CsvSource({
        "deepvue.pln, ; did you mean deepvue.plan?",
        "%staging.deepvue.pln, ; did you mean deepvue.plan?",
        "deepvue.clientId, ; did you mean deepvue.client-id?",
        "gateway.plan, ; did you mean deepvue.plan?",
        "gateway.port, ; did you mean quarkus.http.port?",
        "Deepvue.plan, ; did you mean deepvue.plan?",
        "gateway_drain, ; did you mean gateway.drain?",
        "gateway.colour, ''"
    })
    void aPropertyThatIsNotKnownIsAFaultThatDoesNotShowTheValue(String name, String meant) {
        assertThat(faultsOfNames(new PropertiesConfigSource(Map.of(name, "hidden"), "a file", 260)))
                .containsExactly(name.replace("%staging.", "") + " is not a setting of this service" + meant);
    }

    @Test
    void aFileOfYamlBesideTheOneThatIsReadIsAWarning() throws Exception {
        Files.createDirectory(directory.resolve("config"));
        Files.writeString(directory.resolve("config/application.yaml"), "deepvue:");
        Files.writeString(directory.resolve("config/application.properties"), "");

        assertThat(ConfigFiles.warnings(directory, List.of()))
                .containsExactly("config/application.yaml has no effect; a file of settings is"
                        + " config/application.properties, or named by SMALLRYE_CONFIG_LOCATIONS");
    }

    @Test
    void namesOfPropertiesInFilesAndOfVariablesInTheEnvironmentAreNone() {
        assertThat(faultsOfNames(new PropertiesConfigSource(
                        Map.of("%staging.deepvue.plan", "growth", "PATH", "/"), "a file", 260)))
                .isEmpty();
        assertThat(faultsOfNames(new EnvConfigSource(Map.of("DEEPVUE_PLAN", "growth"), 300)))
                .isEmpty();
    }

    // ---- profiles ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"dev", "test"})
    void aProfileOfDevelopmentIsAFault(String profile) {
        assertThat(ConfigProfiles.faults(List.of("prod", profile), List.of()))
                .containsExactly(
                        "QUARKUS_PROFILE is \"%s\", which is for the development of this service; it should be prod, or not set"
                                .formatted(profile));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "staging",
                "prod-eu",
                "eu-west-1a",
                "QA2",
                "blue.canary_10",
                "k8s",
                "e2e",
                "prod-k8s",
                "containerized",
                "prod123",
                "uat-2026-01",
                "prod-ap-southeast-2-blue"
            })
    void anyOtherProfileIsNoFault(String profile) {
        assertThat(ConfigProfiles.faults(List.of("prod", profile), List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"n0t-f0r-4ny-l0g", "correcthorsebattery", "6b1d9a4f6b1d9a4f", "a secret", "s3cret!"})
    void aProfileThatMayBeASecretIsAFaultThatDoesNotShowIt(String profile) {
        assertThat(ConfigProfiles.faults(List.of(profile), List.of()))
                .containsExactly(
                        "QUARKUS_PROFILE is a text of %d characters (not shown, since it may be a secret), which no"
                                        .formatted(profile.length())
                                + " setting is given for; it should be prod, or not set");
    }

    @Test
    void aProfileOfAnyNameThatSettingsBelongToIsNoFault() {
        ConfigSource source = new PropertiesConfigSource(Map.of("%r2d2-c3po.deepvue.plan", "growth"), "a file", 300);

        assertThat(ConfigProfiles.faults(List.of("r2d2-c3po"), List.of(source))).isEmpty();
    }

    // ---- settings that are fixed when the service is built
    // ------------------------------------------------------------

    private static SmallRyeConfig fixed(Map<String, String> given, int ordinal) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(
                        new MapBackedConfigSource(
                                "BuildTime RunTime Fixed",
                                Map.of(
                                        "quarkus.http.root-path", "/",
                                        "quarkus.http.ssl.client-auth", "NONE",
                                        "quarkus.micrometer.enabled", "true"),
                                Integer.MAX_VALUE) {},
                        new PropertiesConfigSource(given, "given", ordinal))
                .build();
    }

    private static List<String> warningsOfFixed(Map<String, String> given, int ordinal) {
        return BuildTimeSettings.warnings(fixed(given, ordinal));
    }

    private static List<String> faultsOfClientAuth(String given) {
        var faults = new ConfigurationFaults();
        BuildTimeSettings.check(fixed(Map.of("quarkus.http.ssl.client-auth", given), 300), faults);
        return faults.lines();
    }

    @ParameterizedTest
    @ValueSource(strings = {"required", "REQUEST"})
    void certificatesOfCallersThatWouldNotBeCheckedAreAFaultAndNoWarning(String given) {
        assertThat(faultsOfClientAuth(given))
                .containsExactly(
                        "QUARKUS_HTTP_SSL_CLIENT_AUTH is \"%s\"; it should be NONE or left out: it was fixed when the service was built, so callers would not be checked by it"
                                .formatted(given));
        assertThat(warningsOfFixed(Map.of("quarkus.http.ssl.client-auth", given), 300))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "NONE", ""})
    void certificatesOfCallersThatAreNotAskedForAreNoFault(String given) {
        assertThat(faultsOfClientAuth(given)).isEmpty();
    }

    @Test
    void anEmptySettingThatIsFixedWhenTheServiceIsBuiltIsFine() {
        assertThat(warningsOfFixed(Map.of("quarkus.http.root-path", ""), 300)).isEmpty();
    }

    @Test
    void aSettingThatWasFixedToAnotherValueIsAWarningThatDoesNotShowWhatIsGiven() {
        assertThat(warningsOfFixed(Map.of("quarkus.http.root-path", "/hidden"), 300))
                .containsExactly(
                        "QUARKUS_HTTP_ROOT_PATH has no effect: when the service was built it was fixed to \"/\"");
    }

    @Test
    void aSettingThatWasFixedToThatValueOrInTheFileOfThisServiceIsNone() {
        assertThat(warningsOfFixed(Map.of("quarkus.http.root-path", "/", "quarkus.http.port", "1"), 300))
                .isEmpty();
        assertThat(warningsOfFixed(Map.of("quarkus.http.root-path", "/built"), 250))
                .isEmpty();
    }

    private static List<String> warnings(String profile, String name, String... properties) {
        ConfigSource source = new PropertiesConfigSource(
                Arrays.stream(properties).collect(Collectors.toMap(key -> key, key -> "x")), name, 300);
        return ConfigProfiles.warnings(List.of(profile), List.of(source));
    }

    @Test
    void aProfileWithoutSettingsIsAWarning() {
        assertThat(warnings("staging", "env", "deepvue.plan", "%stagings.deepvue.plan", "STAGING_HOST"))
                .containsExactly("QUARKUS_PROFILE names \"staging\", which no setting is given for, and has no effect");
    }

    @Test
    void aProfileWithSettingsIsNone() {
        assertThat(warnings("staging", "env", "%staging.deepvue.plan")).isEmpty();
        assertThat(warnings("staging", "env", "%qa,staging.deepvue.plan")).isEmpty();
        assertThat(warnings("staging", "env", "_STAGING_DEEPVUE_PLAN")).isEmpty();
        assertThat(warnings(
                        "staging", "PropertiesConfigSource[source=file:/app/config/application-staging.properties]"))
                .isEmpty();
        assertThat(warnings("prod", "env")).isEmpty();
    }

    // ---- names in TLS configurations --------------------------------------------------------------------------------

    @Test
    void namesThatJavaDoesNotHaveAreFaults() {
        var faults = new ConfigurationFaults();

        TlsNames.check(
                "quarkus.tls.deepvue.",
                List.of("TLSv1.3", "TLS1.2"),
                List.of("TLS_AES_256_GCM_SHA384", "AES256"),
                TlsNames.supported(),
                faults);

        assertThat(faults.lines())
                .containsExactlyInAnyOrder(
                        "QUARKUS_TLS_DEEPVUE_PROTOCOLS lists \"TLS1.2\", which is not known; it should be TLSv1.3,"
                                + " or TLSv1.3,TLSv1.2",
                        "QUARKUS_TLS_DEEPVUE_CIPHER_SUITES lists \"AES256\", which is not known; it should be names"
                                + " that Java has, such as TLS_AES_256_GCM_SHA384, separated by commas");
    }

    @Test
    void protocolsOfWhichJavaUsesNoneAreAFault() {
        var faults = new ConfigurationFaults();

        TlsNames.check("quarkus.tls.", List.of("TLSv1.1", "TLSv1"), List.of(), TlsNames.supported(), faults);

        assertThat(faults.lines())
                .containsExactly("QUARKUS_TLS_PROTOCOLS lists none that Java has switched on; it should be TLSv1.3, or"
                        + " TLSv1.3,TLSv1.2");
    }

    @Test
    void anInsecureProtocolBesideOthersIsAWarningForEachConfiguration() {
        var registry = TlsFilesTest.registry(Map.of(
                "quarkus.tls.protocols", "TLSv1.3,TLSv1.2", "quarkus.tls.deepvue.protocols", "TLSv1.3,TLSv1.1,TLSv1"));

        assertThat(TlsNames.warnings(Set.of("SSLv3", "TLSv1.3"), registry))
                .containsExactly(
                        "QUARKUS_HTTP_SSL_PROTOCOLS lists SSLv3: insecure, and not used unless the security settings of"
                                + " Java allow it",
                        "QUARKUS_TLS_DEEPVUE_PROTOCOLS lists TLSv1 and TLSv1.1: insecure, and not used unless the"
                                + " security settings of Java allow it");
    }

    @Test
    void namesThatJavaHasAreNone() {
        var faults = new ConfigurationFaults();

        TlsNames.check(
                "quarkus.http.ssl.",
                List.of("TLSv1.3", "TLSv1.2"),
                List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
                TlsNames.supported(),
                faults);

        assertThat(faults.lines()).isEmpty();
    }
}
