package io.itrgateway.config;

/**
 * Settings as the service uses them, read once from the text that the operator gave. Each is a bean that notes what is wrong in
 * {@link ConfigurationFaults} while it is created, and has a stand-in for it. The start-up check has all of them created before it looks at the
 * faults, so that what depends on them never has to.
 */
public interface Settings {}
