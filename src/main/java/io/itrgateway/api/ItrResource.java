package io.itrgateway.api;

import static io.itrgateway.operation.Operations.AIS_DOWNLOAD;
import static io.itrgateway.operation.Operations.CREATE_CLIENT;
import static io.itrgateway.operation.Operations.DOWNLOAD_26AS;
import static io.itrgateway.operation.Operations.GET_26AS_DETAILS;
import static io.itrgateway.operation.Operations.GET_AIS_DETAILS;
import static io.itrgateway.operation.Operations.GET_ITR_DETAILS;
import static io.itrgateway.operation.Operations.ITR_DOWNLOAD;

import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.operation.Operations;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeIn;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** The operations, at Deepvue's own paths. What they are is in {@link Operations}, which {@link OperationOpenApiFilter} describes. */
@Path(Operations.BASE)
@Produces(MediaType.APPLICATION_JSON)
@Authenticated
@Tag(name = "ITR", description = "Income-tax return verification")
@SecurityScheme(
        securitySchemeName = "apiKey",
        type = SecuritySchemeType.APIKEY,
        in = SecuritySchemeIn.HEADER,
        apiKeyName = "x-api-key",
        description = "The key of the caller; with it, an Authorization header is ignored.")
@SecurityScheme(
        securitySchemeName = "bearer",
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        description = "A token of the configured OIDC issuer, where one is configured.")
public class ItrResource {

    private final CallPipeline pipeline;

    ItrResource(CallPipeline pipeline) {
        this.pipeline = pipeline;
    }

    @POST
    @Path("/create-client")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<RestResponse<KeptAnswer>> createClient(
            @Context RoutingContext request, @Context SecurityContext security) {
        return pipeline.run(CREATE_CLIENT, request, security.getUserPrincipal());
    }

    @POST
    @Path("/itr-download")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<RestResponse<KeptAnswer>> itrDownload(
            @Context RoutingContext request, @Context SecurityContext security) {
        return pipeline.run(ITR_DOWNLOAD, request, security.getUserPrincipal());
    }

    @POST
    @Path("/26as-download")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<RestResponse<KeptAnswer>> fetch26asDownload(
            @Context RoutingContext request, @Context SecurityContext security) {
        return pipeline.run(DOWNLOAD_26AS, request, security.getUserPrincipal());
    }

    @POST
    @Path("/ais-download")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<RestResponse<KeptAnswer>> aisDownload(
            @Context RoutingContext request, @Context SecurityContext security) {
        return pipeline.run(AIS_DOWNLOAD, request, security.getUserPrincipal());
    }

    @GET
    @Path("/get-itr-details")
    public Uni<RestResponse<KeptAnswer>> getItrDetails(
            @Context RoutingContext request, @Context SecurityContext security) {
        return pipeline.run(GET_ITR_DETAILS, request, security.getUserPrincipal());
    }

    @GET
    @Path("/get-26as-details")
    public Uni<RestResponse<KeptAnswer>> get26asDetails(
            @Context RoutingContext request, @Context SecurityContext security) {
        return pipeline.run(GET_26AS_DETAILS, request, security.getUserPrincipal());
    }

    @GET
    @Path("/get-ais-details")
    public Uni<RestResponse<KeptAnswer>> getAisDetails(
            @Context RoutingContext request, @Context SecurityContext security) {
        return pipeline.run(GET_AIS_DETAILS, request, security.getUserPrincipal());
    }
}
