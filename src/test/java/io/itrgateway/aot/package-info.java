/**
 * The AOT cache of the packaged service (JDK 25 and newer, Maven profile {@code aot}): the {@linkplain io.itrgateway.aot.Training run that
 * trains it} while the package is built, and the test that it is used.
 */
package io.itrgateway.aot;
