/**
 * What every request meets before any resource: its id, the record and the measure of it, the door, the bound of its body, and who is calling.
 *
 * <p>Why: these hold for every path, the unknown ones too, so no resource can forget them. Their order stands in one file,
 * {@link io.itrgateway.edge.InboundFilters}. The edge knows no operation and no upstream.
 */
package io.itrgateway.edge;
