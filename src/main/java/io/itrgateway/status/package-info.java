/**
 * The status page, for operators: how things are now and how the last minutes were, as a page, as JSON, and live.
 *
 * <p>Nothing depends on it. It shows numbers and names from
 * closed lists, and nothing that came with a call. Off without {@code GATEWAY_OPERATOR_KEY}.
 *
 * <p>The charts are uPlot's: small, drawn on a canvas, and content with a strict Content-Security-Policy.
 */
package io.itrgateway.status;
