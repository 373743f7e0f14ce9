package io.itrgateway.idempotency.redis;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;

/** A claim of this process that has to be in Redis. */
record HeldClaim(ClaimName name, Fingerprint fingerprint, Owner owner) {}
