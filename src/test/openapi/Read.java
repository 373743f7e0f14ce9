import client.ApiClient;
import client.ApiException;
import client.api.ItrApi;
import client.model.CreateClientRequest;
import client.model.ItrDownloadRequest;
import client.model.Problem;
import java.util.Map;

/** A client in Java, with the classes that openapi-generator makes of the document: it has to compile, and to read what it should. */
class Read {

    public static void main(String[] args) throws Exception {
        ApiClient client = new ApiClient();
        client.updateBaseUri(args[0]);
        client.setRequestInterceptor(request -> request.header("x-api-key", "demo"));
        ItrApi itr = new ItrApi(client);
        for (String username : new String[] {
            "ABCDE1234F", "data-null", "data-array", "code-text", "upstream-error", "upstream-rejected"
        }) {
            System.out.println(username + ": " + report(client, itr, username));
        }
        ItrDownloadRequest request = new ItrDownloadRequest().itrClientId("itr_qkgtvIwLcuooWhtrFFbK");
        String form = itr.itrDownload(request, null, null, null).getData().getFiledItrs().get(0).getItrForm();
        System.out.println("itr-download: " + form);
    }

    private static String report(ApiClient client, ItrApi itr, String username) throws Exception {
        CreateClientRequest registration = new CreateClientRequest().username(username).password("example_string");
        try {
            Object data = itr.createClient(registration, null, null, null).getData();
            boolean hasId = data instanceof Map<?, ?> members && members.get("itr_client_id") instanceof String;
            return hasId ? "registered" : "no id";
        } catch (ApiException refused) {
            Problem problem = client.getObjectMapper().readValue(refused.getResponseBody(), Problem.class);
            return problem.getCode() + " " + problem.getOutcome().getValue();
        }
    }
}
