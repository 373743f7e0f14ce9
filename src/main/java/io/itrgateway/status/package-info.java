/**
 * The status page, for operators: how things are now and how the last minutes were, as a page, as JSON, and live.
 *
 * <p>Looks down into the rooms as {@code ops} does, and is seen by nobody but the start-up check there. It shows numbers and names from
 * closed lists; nothing that came with a call ever gets here. Off without {@code GATEWAY_OPERATOR_KEY}.
 *
 * <p>The charts are uPlot's: small, drawn on a canvas, and content with a strict Content-Security-Policy.
 */
package io.itrgateway.status;
