package io.itrgateway.reference;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same, for the packaged service: the jar, or the binary of a native build. */
@QuarkusIntegrationTest
class ReferenceFilesIT extends ReferenceFilesQuarkusTest {}
