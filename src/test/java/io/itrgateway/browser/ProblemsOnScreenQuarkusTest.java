package io.itrgateway.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
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

    @Test
    void aReaderWhoHearsOnlyTheDisclosuresKnowsWhichExampleIsWhose() {
        var page = BROWSER.open("/problems", Screen.DESK).page();

        assertThat(page.locator("summary").allTextContents())
                .contains("Example of 504 upstream-timeout")
                .doesNotHaveDuplicates();
    }
}
