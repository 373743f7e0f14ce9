package io.itrgateway.reference;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.itrgateway.browser.Browser;
import io.itrgateway.browser.OnEveryScreen;
import io.itrgateway.browser.Screen;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The reference page as it is where Deepvue itself stands behind the service. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = BareReference.class, restrictToAnnotatedClass = true)
@Needs(Needs.Tool.BROWSER)
class BareReferenceQuarkusTest {

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    @OnEveryScreen
    void itIsAccessible(Screen screen) {
        var open = BROWSER.open("/reference", screen);
        open.page().getByRole(AriaRole.BUTTON).first().waitFor();

        open.fitsItsWidth().isAccessible();
    }

    @Test
    void offersNoKeyNoPersonAndNoMagic() {
        Page page = BROWSER.open("/reference", Screen.DESK).page();

        for (String label : new String[] {"x-api-key", "username", "password"}) {
            assertThat(page.getByLabel(label, new Page.GetByLabelOptions().setExact(true)))
                    .hasValue("");
        }
        assertThat(page.getByText("sandbox")).hasCount(0);
        assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("YOUR_API_KEY");
    }

    @Test
    void aSampleWithATokenHasNoExampleOfAKey() {
        Page page = BROWSER.open("/reference", Screen.DESK).page();
        page.getByText("Headers and other credentials").click();

        page.getByLabel("Authorization: Bearer").fill("token-of-mine");

        assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("Authorization: Bearer YOUR_TOKEN");
        assertThat(page.getByRole(AriaRole.TABPANEL)).not().containsText("x-api-key");
    }

    @Test
    void anEmptyFormIsNotSent() {
        Page page = BROWSER.open("/reference", Screen.DESK).page();

        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Send"))
                .click();

        assertThat(page.getByRole(AriaRole.STATUS)).containsText("No answer yet");
        assertThat(page.evaluate("document.activeElement.labels[0].textContent"))
                .isEqualTo("username");
    }
}
