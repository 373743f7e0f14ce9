package io.itrgateway.upstream;

import io.quarkus.rest.client.reactive.Url;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/**
 * Deepvue's other operations, of which only the methods are known. The target is given whole and as it goes on the wire, so nothing in it
 * is encoded a second time; the type of the body is that of the caller, which goes before the one declared here.
 */
@RegisterRestClient
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_OCTET_STREAM)
interface RelayApi {

    @GET
    Uni<Response> get(
            @Url URI target,
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret);

    @POST
    Uni<Response> post(
            @Url URI target,
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType,
            byte[] body);

    @PUT
    Uni<Response> put(
            @Url URI target,
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType,
            byte[] body);

    @PATCH
    Uni<Response> patch(
            @Url URI target,
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType,
            byte[] body);

    @DELETE
    Uni<Response> delete(
            @Url URI target,
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType,
            byte[] body);
}
