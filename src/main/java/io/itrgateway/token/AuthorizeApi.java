package io.itrgateway.token;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestForm;

/** Deepvue's authorize, in both encodings in which it has been seen to work. */
@RegisterRestClient
@Path(AuthorizeApi.PATH)
@Produces(MediaType.APPLICATION_JSON)
interface AuthorizeApi {

    String PATH = "/v1/authorize";

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    Uni<Response> authorize(@RestForm("client_id") String clientId, @RestForm("client_secret") String clientSecret);

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    Uni<Response> authorizeMultipart(
            @RestForm("client_id") String clientId, @RestForm("client_secret") String clientSecret);
}
