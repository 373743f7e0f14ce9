/**
 * What operators meet: the start-up check, readiness, stopping, the clock. Only {@code doctor} depends on it.
 */
package io.itrgateway.ops;
