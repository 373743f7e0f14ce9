package io.itrgateway.browser;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page that a problem's type leads to. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@Needs(Needs.Tool.BROWSER)
class ProblemsOnScreenQuarkusTest {

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    @OnEveryScreen
    void theListOfProblemsIsAccessible(Screen screen) {
        BROWSER.open("/problems", screen).fitsItsWidth().isAccessible().keepPicture("list");
    }
}
