/**
 * The one object that travels down the pipeline. It lies below the stops and not beside the pipeline that runs them, which is in
 * {@code api}: each stop takes the call, and none may see the whole.
 */
package io.itrgateway.call;
