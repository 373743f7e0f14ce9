package io.itrgateway.reference;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.Route.FulfillOptions;
import io.itrgateway.browser.Browser;
import io.itrgateway.browser.Screen;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the reference page makes of its calls, with answers that are made up here. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SandboxReference.class, restrictToAnnotatedClass = true)
@Needs(Needs.Tool.BROWSER)
class ReferenceCallsQuarkusTest {

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    // ---- under way --------------------------------------------------------------------------------------------------

    @Test
    void aCallThatIsUnderWayStaysSoWhileAnotherOperationIsShown() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        Queue<Route> calls = new ConcurrentLinkedQueue<>();
        reference.page().route("**" + Sandbox.CREATE_CLIENT, calls::add);
        reference.field("username").fill("PANXX1234F");
        reference.field("password").fill("typed-by-hand-5527");
        reference.send().click();
        assertThat(reference.verdict()).hasText("Sending…");

        show(reference, "itr-download");
        assertThat(reference.verdict()).containsText("No answer yet");
        show(reference, "create-client");

        assertThat(reference.verdict()).hasText("Sending…");
        assertThat(reference.send()).hasAttribute("aria-disabled", "true");
        assertThat(reference.field("username")).hasValue("PANXX1234F");
        assertThat(reference.field("password")).hasValue("typed-by-hand-5527");
        reference.send().dispatchEvent("click");
        show(reference, "itr-download");
        calls.element().fulfill(json("{\"code\":200,\"data\":{\"itr_client_id\":\"itr_of_the_answer\"}}"));
        assertThat(reference.field("itr_client_id")).hasValue("itr_of_the_answer");
        show(reference, "create-client");
        assertThat(reference.verdict()).containsText("200");
        assertThat(calls).hasSize(1);
    }

    private static void show(ReferencePage reference, String operation) {
        reference.operation(operation).click();
        assertThat(reference.page().locator(".route")).containsText(operation);
    }

    private static FulfillOptions json(String body) {
        return new FulfillOptions().setContentType("application/json").setBody(body);
    }
}
