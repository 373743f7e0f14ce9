package io.itrgateway.status;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import io.itrgateway.browser.Browser;
import io.itrgateway.browser.OnEveryScreen;
import io.itrgateway.browser.Screen;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The status page as operators see it. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@TestProfile(StatusQuarkusTest.WithAPlanAndAKey.class)
@Needs(Needs.Tool.BROWSER)
class StatusPageFilesQuarkusTest {

    private static final double LONG_MILLIS = 30_000;

    @RegisterExtension
    static final Browser BROWSER = Browser.ofOperators("operator");

    @BeforeEach
    void someCalls() {
        Sandbox.forget();
        register(ASHA).statusCode(200);
        send(caller(), "{}").statusCode(422);
    }

    private static void hasCharts(Page page) {
        assertThat(page.locator("#times-last")).containsText("p95", new ContainsTextOptions().setTimeout(LONG_MILLIS));
        assertThat(page.locator("#times-chart canvas")).isVisible();
        assertThat(page.locator("#outcomes-chart canvas")).isVisible();
    }

    @OnEveryScreen
    void itIsAccessible(Screen screen) {
        var status = BROWSER.open("/status", screen);

        hasCharts(status.page());
        status.page().locator("summary").click();
        status.fitsItsWidth().isAccessible();
    }

    @Test
    void itShowsHowThingsAre() {
        Page page = BROWSER.open("/status", Screen.DESK).page();

        assertThat(page.locator("#connection")).hasText("live");
        assertThat(page.locator("#verdict-state")).hasText("OK:");
        assertThat(page.locator("#token-state")).hasText("held");
        assertThat(page.locator("#token-renewal")).hasText(Pattern.compile("in \\d+ h .*"));
        assertThat(page.locator("[role=meter]")).hasCount(2);
        assertThat(page.locator("#windows")).containsText(Pattern.compile("minute.*of 1,000"));
        assertThat(page.locator("#breaker")).hasText("closed");
        assertThat(page.locator("#redis")).hasText("not used");
    }

    @Test
    void aReplicaThatNeverReachedRedisDoesNotKnowHowManyThereAre() {
        String now = StatusFeed.now()
                .replace("\"own\",\"replicas\":1", "\"alone\",\"replicas\":0")
                .replace("\"not-used\"", "\"away\"");

        Page page = StatusFeed.beforeTheFirstStep().on(BROWSER.open("/status", Screen.PHONE), now);

        assertThat(page.locator("#replicas")).hasText("unknown");
    }

    @Test
    void afterAFailedRenewalTheNextOneIsThatOfTheNextAuthorize() {
        String now = StatusFeed.now().replace("\"token\":{\"state\":\"none\"}", """
                "token":{"state":"held","age_seconds":50,"renewal_seconds":-2,"expiry_seconds":10,\
                "failing_code":"upstream-unavailable","next_try_seconds":4}""");

        Page page = StatusFeed.beforeTheFirstStep().on(BROWSER.open("/status", Screen.PHONE), now);

        assertThat(page.locator("#token-renewal")).hasText("in 4 s");
        assertThat(page.locator("#token-failing")).containsText("next try in 4 s");
    }

    @Test
    void whatHappensIsSeenWithoutLoadingItAgain() {
        Page page = BROWSER.open("/status", Screen.DESK).page();
        assertThat(page.locator("#connection")).hasText("live");
        String before = page.locator("[role=meter]").first().getAttribute("aria-valuenow");

        register(ASHA).statusCode(200);

        assertThat(page.locator("[role=meter]").first()).not().hasAttribute("aria-valuenow", before);
    }

    @Test
    void answersAreShownByCode() {
        Page page = BROWSER.open("/status", Screen.DESK).page();

        assertThat(page.locator("#codes"))
                .containsText("invalid-request", new ContainsTextOptions().setTimeout(LONG_MILLIS));
    }

    @Test
    void theTableIsReachedWithTheKeyboard() {
        Page page = BROWSER.open("/status", Screen.DESK).page();
        hasCharts(page);

        page.keyboard().press("Tab");
        Assertions.assertThat(page.locator("summary").boundingBox().height)
                .as("what fingers can hit, by WCAG 2.2")
                .isGreaterThanOrEqualTo(24);
        page.keyboard().press("Enter");

        assertThat(page.locator("#steps tr").first()).isVisible();
        page.keyboard().press("Tab");
        assertThat(page.locator(".scroll")).isFocused();
    }
}
