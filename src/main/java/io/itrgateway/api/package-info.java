/**
 * What callers see: the operations, at Deepvue's own paths and with Deepvue's own bodies.
 *
 * <p>The request is read by a reader of its own, {@link io.itrgateway.api.RequestReader}: strings that become
 * {@link io.itrgateway.secret.Secret}s while they are parsed, with all faults in one answer, are less work and less risk than a binding
 * library whose messages quote what they read.
 */
package io.itrgateway.api;
