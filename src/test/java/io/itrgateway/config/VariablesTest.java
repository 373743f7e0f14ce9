package io.itrgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of variables says the same as the interfaces that are given their values, and as the documentation. */
class VariablesTest {

    private static Stream<String> propertiesOf(JavaClass mapping) {
        String prefix = mapping.getAnnotationOfType(ConfigMapping.class).prefix();
        return mapping.getMethods().stream()
                .filter(method -> method.getRawParameterTypes().isEmpty())
                .map(JavaMethod::getName)
                .map(name -> prefix + "." + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
    }

    @Test
    void theListIsThatOfTheMappings() {
        List<String> mapped = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.itrgateway").stream()
                        .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
                        .flatMap(VariablesTest::propertiesOf)
                        .distinct()
                        .toList();

        assertThat(Variables.properties()).containsExactlyInAnyOrderElementsOf(mapped);
    }

    @Test
    void theVariablesOfQuarkusAreThoseOfTheDocumentation() throws Exception {
        String document = Files.readString(Path.of("docs/configuration.md"));

        assertThat(Pattern.compile("`((QUARKUS|SMALLRYE)_[A-Z0-9_]+)[`=]")
                        .matcher(document)
                        .results()
                        .map(name -> name.group(1)))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(QuarkusVariables.NAMES).contains(name));
    }

    @ParameterizedTest
    @ValueSource(classes = {TlsConfig.class, VertxHttpConfig.class})
    void everySettingOfTlsThatQuarkusHasIsKnown(Class<?> mapping) {
        List<String> names = ConfigMappings.getProperties(ConfigClass.configClass(mapping)).keySet().stream()
                .map(property -> Variables.nameOf(property.replace("[*]", "").replace("*", "own")))
                .filter(name -> name.startsWith("QUARKUS_TLS_") || name.startsWith("QUARKUS_HTTP_SSL_"))
                .toList();

        assertThat(names).isNotEmpty().noneMatch(QuarkusVariables::isNone);
    }

    @Test
    void theDocumentationExplainsEveryVariable() throws Exception {
        String document = Files.readString(Path.of("docs/configuration.md"));

        assertThat(Variables.properties())
                .allSatisfy(property -> assertThat(document).contains("`" + Variables.nameOf(property) + "`"));
    }
}
