/**
 * The environment variables of this service: which ones there are, and how their values are read.
 *
 * <p>Values are literal, so that a secret may hold any character, and each name may be given as {@code NAME_FILE} with the path of a file
 * that holds the value. What a value means is decided where it is used: each package has {@link io.itrgateway.config.Settings}, of which
 * {@code Config} is the text and the components are the values. Nothing but these reads a mapping or notes a fault, so a component gets a finished record.
 */
package io.itrgateway.config;
