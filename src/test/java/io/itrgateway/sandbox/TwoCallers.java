package io.itrgateway.sandbox;

import static io.restassured.RestAssured.given;

import io.quarkus.test.junit.QuarkusTestProfile;
import io.restassured.specification.RequestSpecification;
import java.util.Map;

/** A second caller beside "demo", which is called "small" and has the key "small". */
public class TwoCallers implements QuarkusTestProfile {

    /** The settings of both keys. */
    public static final String API_KEYS =
            Sandbox.API_KEYS + ",small:81db8ebbbbc69c6c6ad4a6aa92b76e0c08af547da236b9e2c9dbe1d8285a8130";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("gateway.api-keys", API_KEYS);
    }

    /** A request of the second caller, with everything but its body. */
    public static RequestSpecification otherCaller() {
        return given().header("x-api-key", "small").header("Content-Type", "application/json");
    }
}
