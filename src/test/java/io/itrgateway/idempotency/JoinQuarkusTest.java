package io.itrgateway.idempotency;

import io.itrgateway.sandbox.HeldUpstream;
import io.itrgateway.sandbox.TwoCallers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@QuarkusTestResource(value = HeldUpstream.class, restrictToAnnotatedClass = true)
@TestProfile(TwoCallers.class)
class JoinQuarkusTest extends JoinSpecification {}
