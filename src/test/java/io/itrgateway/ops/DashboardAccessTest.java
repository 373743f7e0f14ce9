package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may look at what compose starts beside the service. That it starts is tried where there is Docker. */
class DashboardAccessTest {

    private static JsonNode service(String name) throws IOException {
        return new ObjectMapper(new YAMLFactory())
                .readTree(Path.of("docker/compose.yaml").toFile())
                .path("services")
                .path(name);
    }

    /** Without the last of them admin, admin would still be good for Grafana's API. */
    @Test
    void grafanaShowsTheDashboardAnonymouslyAndHasNoAccount() throws IOException {
        JsonNode settings = service("grafana").path("environment");

        assertThat(settings.path("GF_AUTH_ANONYMOUS_ORG_ROLE").asText()).isEqualTo("Viewer");
        assertThat(settings.path("GF_AUTH_DISABLE_LOGIN_FORM").asText()).isEqualTo("true");
        assertThat(settings.path("GF_AUTH_BASIC_ENABLED").asText()).isEqualTo("false");
        assertThat(settings.path("GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION").asText())
                .isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prometheus", "grafana"})
    void bothAreReachedFromThisMachineOnlyAndWriteNothingThatIsMounted(String name) throws IOException {
        JsonNode service = service(name);

        assertThat(service.path("image").asText()).matches(".+:v?\\d+\\.\\d+\\.\\d+@sha256:[0-9a-f]{64}");
        assertThat(service.path("read_only").asBoolean()).isTrue();
        assertThat(service.path("ports"))
                .isNotEmpty()
                .allSatisfy(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
        assertThat(service.path("volumes")).isNotEmpty().allSatisfy(volume -> {
            assertThat(volume.asText()).startsWith("./").endsWith(":ro");
            assertThat(Path.of("docker", volume.asText().split(":")[0])).matches(Files::exists);
        });
    }
}
