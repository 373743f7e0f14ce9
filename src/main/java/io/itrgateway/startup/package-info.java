/**
 * Checks whether the service can start with its configuration: {@link io.itrgateway.startup.StartupCheck} refuses the start with a line for each fault,
 * and logs a warning for each setting that has no effect or is a risk. Only {@code doctor} depends on it.
 *
 * <p>Settings of this service are read and judged by the packages that use them ({@link io.itrgateway.config.Settings}). Here are the checks of what
 * belongs to no other package: settings of Quarkus, the files and profiles from which settings come, the certificates for TLS, and the memory that all
 * limits allow together. {@link io.itrgateway.startup.CertificateReloadMonitor} repeats the check of certificates when they are reloaded.
 */
package io.itrgateway.startup;
