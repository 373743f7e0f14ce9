package io.itrgateway.sandbox;

import static io.restassured.RestAssured.given;

import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;

/** The service as a caller sees it. */
public final class Gateway {

    private Gateway() {}

    /** A request as a good caller sends it, with everything but its body. */
    public static RequestSpecification caller() {
        return given().header("x-api-key", Sandbox.API_KEY).header("Content-Type", "application/json");
    }

    public static ValidatableResponse register(Person person) {
        return send(caller(), person.json());
    }

    public static ValidatableResponse send(RequestSpecification request, String body) {
        return request.body(body).post(Sandbox.CREATE_CLIENT).then();
    }

    /** The value of a series, labels included, as an operator reads it; 0 if there is none. */
    public static double metric(String series) {
        return given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(0);
    }
}
