// The call as Java's HttpClient makes it. GATEWAY_URL and GATEWAY_KEY say where and as whom.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

class CreateClient {

    public static void main(String[] args) throws Exception {
        var url = fromEnv("GATEWAY_URL", "http://localhost:8080") + "/v1/verification/itr/create-client";

        var request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer YOUR_API_TOKEN")
                .header("x-api-key", fromEnv("GATEWAY_KEY", "demo"))
                .POST(BodyPublishers.ofString("{\"username\": \"John Doe\", \"password\": \"example_string\"}"))
                .build();
        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        System.out.println(response.statusCode());
        System.out.println(response.body());

        boolean registered = response.statusCode() == 200 && response.body().contains("\"itr_client_id\"");
        System.exit(registered ? 0 : 1);
    }

    private static String fromEnv(String name, String otherwise) {
        var value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
