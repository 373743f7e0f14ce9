/**
 * The operations as data. An operation is a row in {@link io.itrgateway.operation.Operations}, a method of the inbound resource, and a
 * method of the declared client; everything else reads the row.
 *
 * <p>Beside the catalogue there may be {@link io.itrgateway.operation.RelayedOperations}, which an operator has listed.
 */
package io.itrgateway.operation;
