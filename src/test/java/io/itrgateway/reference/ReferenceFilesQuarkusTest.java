package io.itrgateway.reference;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the files of the reference page are served. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SandboxReference.class, restrictToAnnotatedClass = true)
class ReferenceFilesQuarkusTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/reference",
                "/reference/reference.js",
                "/reference/plain-links.js",
                "/reference/samples.js",
                "/reference/sandbox.js",
                "/reference/reference.css",
                "/reference/icon.svg",
                "/reference/swagger-ui-bundle.js"
            })
    void nothingOfItMayComeFromElsewhereOrGoThere(String path) {
        given().redirects()
                .follow(false)
                .get(path)
                .then()
                .header(
                        "Content-Security-Policy",
                        equalTo("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                                + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"))
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store");
    }

    @Test
    void theRestOfTheServiceIsAsItWas() {
        given().get("/reference/nope").then().statusCode(404).body("code", equalTo("not-found"));
        given().post("/reference").then().statusCode(405).header("Allow", equalTo("GET, HEAD, OPTIONS"));
        given().head("/reference").then().statusCode(200).contentType(containsString("text/html"));
    }
}
