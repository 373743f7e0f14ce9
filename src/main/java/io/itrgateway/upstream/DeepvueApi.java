package io.itrgateway.upstream;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.rest.client.annotation.RegisterProvider;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;

/** Deepvue's ITR operations as its documentation declares them. No status is a failure here; {@link RefusalDecoder} judges. */
@RegisterRestClient
@RegisterProvider(CreateClientWriter.class)
@Path("/v1/verification/itr")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
interface DeepvueApi {

    @POST
    @Path("/create-client")
    Uni<RestResponse<byte[]>> createClient(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @HeaderParam("x-api-key") String clientSecret,
            CreateClient body);
}
