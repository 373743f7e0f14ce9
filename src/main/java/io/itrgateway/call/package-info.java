/**
 * The object that is passed through all steps of a call. It is in a package of its own so that the steps do not depend on {@code api},
 * whose pipeline runs them.
 */
package io.itrgateway.call;
