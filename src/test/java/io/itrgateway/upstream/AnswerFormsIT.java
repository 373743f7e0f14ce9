package io.itrgateway.upstream;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same, for the packaged service: in a native image the decoders are other code. */
@QuarkusIntegrationTest
class AnswerFormsIT extends AnswerFormsQuarkusTest {}
