/**
 * A drill: three packaged replicas, an upstream that enforces the plan, a Redis, and load; then what goes wrong in production is done to
 * them, one after the other. It prints what came of it and fails if a call was lost, sent twice, or refused by the upstream.
 */
package io.itrgateway.drill;
