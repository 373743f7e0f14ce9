/**
 * What operators see while the service runs: health, readiness, stopping, meters of the process; and the clock. Nothing depends on it.
 */
package io.itrgateway.ops;
