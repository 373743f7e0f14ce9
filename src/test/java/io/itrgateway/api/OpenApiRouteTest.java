package io.itrgateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenApiRouteTest {

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @ParameterizedTest
    @CsvSource({"enabled, true, false", "enabled, false, true", "enable, false, true", "path, openapi, false"})
    void aDocumentThatIsSwitchedOffIsNotServed(String setting, String value, boolean isOff) {
        var config = new SmallRyeConfigBuilder()
                .withDefaultValue("quarkus.smallrye-openapi." + setting, value)
                .build();
        var router = Router.router(vertx);

        new OpenApiRoute(null, config).open(router);

        assertThat(router.getRoutes().isEmpty()).isEqualTo(isOff);
    }
}
