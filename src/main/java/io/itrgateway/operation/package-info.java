/**
 * The operations as data. An operation is a row in {@link io.itrgateway.operation.Operations}, a method of the inbound resource, and a
 * method of the declared client; everything else reads the row.
 */
package io.itrgateway.operation;
