/**
 * What every request passes before any resource: request id, record of the call, draining, the bound of the body, authentication.
 *
 * <p>Why: these hold for every path, the unknown ones too, so no resource can forget them. Their order stands in one file,
 * {@link io.itrgateway.edge.InboundFilters}. The edge does not depend on the upstream.
 */
package io.itrgateway.edge;
