package io.itrgateway.reference;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without the setting, as in production, there is nothing of the page. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class ReferenceOffQuarkusTest {

    private static final String[] METHODS = {"GET", "POST", "PUT", "DELETE", "OPTIONS"};

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/reference",
                "/reference/",
                "/reference/reference.js",
                "/reference/reference.css",
                "/reference/swagger-ui-bundle.js",
                "/webjars/swagger-ui/5.32.0/swagger-ui-bundle.js"
            })
    void thePageAndItsFilesAreUnknownPathsForEveryMethod(String path) {
        for (String method : METHODS) {
            given().redirects()
                    .follow(false)
                    .request(method, path)
                    .then()
                    .statusCode(404)
                    .contentType("application/problem+json")
                    .header("Content-Security-Policy", nullValue())
                    .body("code", equalTo("not-found"));
        }
    }
}
