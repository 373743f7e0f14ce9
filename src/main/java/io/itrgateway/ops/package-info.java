/**
 * What operators meet: the start-up check, readiness, stopping, the clock. Looks down into every room and is imported by none.
 */
package io.itrgateway.ops;
