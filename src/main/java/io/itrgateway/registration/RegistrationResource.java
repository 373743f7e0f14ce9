package io.itrgateway.registration;

import io.itrgateway.edge.Patience;
import io.itrgateway.upstream.CreateClient;
import io.itrgateway.upstream.Deepvue;
import io.itrgateway.upstream.Envelope;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestResponse;

/** The public operation: the vendor's own path and bodies. */
@Path("/v1/verification/itr")
public class RegistrationResource {

    private final Deepvue deepvue;

    RegistrationResource(Deepvue deepvue) {
        this.deepvue = deepvue;
    }

    @POST
    @Path("/create-client")
    @Authenticated
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<RestResponse<byte[]>> createClient(byte[] body, @RestHeader("Prefer") List<String> prefer) {
        var registration = RegistrationReader.read(body);
        return deepvue.createClient(
                        new CreateClient(registration.username(), registration.password()), Patience.of(prefer))
                .map(RegistrationResource::response);
    }

    private static RestResponse<byte[]> response(Envelope envelope) {
        return RestResponse.ResponseBuilder.<byte[]>create(envelope.status(), null)
                .entity(envelope.json())
                .type(MediaType.APPLICATION_JSON)
                .build();
    }
}
