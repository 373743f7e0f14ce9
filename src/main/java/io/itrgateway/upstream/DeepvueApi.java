package io.itrgateway.upstream;

import io.itrgateway.call.RequestValues;
import io.itrgateway.operation.Operations;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** Deepvue's ITR operations as its documentation declares them. No status is a failure here; {@link RefusalDecoder} judges. */
@RegisterRestClient
@Path(Operations.BASE)
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
interface DeepvueApi {

    @POST
    @Path("/create-client")
    Uni<Response> createClient(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            byte[] body);

    @POST
    @Path("/itr-download")
    Uni<Response> itrDownload(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            byte[] body);

    @POST
    @Path("/26as-download")
    Uni<Response> fetch26asDownload(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            byte[] body);

    @POST
    @Path("/ais-download")
    Uni<Response> aisDownload(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            byte[] body);

    @GET
    @Path("/get-itr-details")
    Uni<Response> getItrDetails(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            @QueryParam("itr_client_id") String clientId,
            @QueryParam("itr_id") String itrId);

    @GET
    @Path("/get-26as-details")
    Uni<Response> get26asDetails(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            @QueryParam("itr_client_id") String clientId,
            @QueryParam("tds_id") String tdsId);

    @GET
    @Path("/get-ais-details")
    Uni<Response> getAisDetails(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            @QueryParam("itr_client_id") String clientId,
            @QueryParam("financial_year") String financialYear);

    /** A method above, with the values of a request in its parameters. */
    interface Sender {
        Uni<Response> send(DeepvueApi api, String bearer, String clientSecret, RequestValues values);
    }

    /** By the name of the operation: one for each in the catalogue. */
    Map<String, Sender> SENDERS = Map.of(
            Operations.CREATE_CLIENT.name(),
            (api, bearer, secret, values) -> api.createClient(bearer, secret, RequestBodyWriter.write(values)),
            Operations.ITR_DOWNLOAD.name(),
            (api, bearer, secret, values) -> api.itrDownload(bearer, secret, RequestBodyWriter.write(values)),
            Operations.DOWNLOAD_26AS.name(),
            (api, bearer, secret, values) -> api.fetch26asDownload(bearer, secret, RequestBodyWriter.write(values)),
            Operations.AIS_DOWNLOAD.name(),
            (api, bearer, secret, values) -> api.aisDownload(bearer, secret, RequestBodyWriter.write(values)),
            Operations.GET_ITR_DETAILS.name(),
            (api, bearer, secret, values) -> api.getItrDetails(
                    bearer,
                    secret,
                    values.get("itr_client_id").reveal(),
                    values.get("itr_id").reveal()),
            Operations.GET_26AS_DETAILS.name(),
            (api, bearer, secret, values) -> api.get26asDetails(
                    bearer,
                    secret,
                    values.get("itr_client_id").reveal(),
                    values.get("tds_id").reveal()),
            Operations.GET_AIS_DETAILS.name(),
            (api, bearer, secret, values) -> api.getAisDetails(
                    bearer,
                    secret,
                    values.get("itr_client_id").reveal(),
                    values.get("financial_year").reveal()));
}
