/**
 * What operators meet: the start-up check, readiness, stopping, the clock. Depends on every feature package; only {@code doctor} depends on it.
 */
package io.itrgateway.ops;
