package io.itrgateway.reference;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsInViewportOptions;
import com.microsoft.playwright.options.AriaRole;
import io.itrgateway.browser.Browser;
import io.itrgateway.browser.Screen;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the reference page makes of its calls, with answers that are made up here. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SandboxReference.class, restrictToAnnotatedClass = true)
@Needs(Needs.Tool.BROWSER)
class ReferenceCallsQuarkusTest {

    private static final String WHAT_TO_DO = " If the call had an Idempotency-Key, first repeat it with the same key";

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

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

    @Test
    void aCallThatIsUnderWayKeepsItsIdsWhenThoseOfAnotherClientAreAnswered() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        Queue<Route> calls = new ConcurrentLinkedQueue<>();
        reference.page().route("**/itr-download**", calls::add);
        show(reference, "itr-download");
        reference.field("itr_client_id").fill("client-a");
        reference.send().click();
        assertThat(reference.verdict()).hasText("Sending…");

        show(reference, "26as-download");
        reference.field("itr_client_id").fill("client-b");
        answer(reference, "26as-download", "{\"code\":200,\"data\":{}}");
        show(reference, "itr-download");

        assertThat(reference.verdict()).hasText("Sending…");
        assertThat(reference.field("itr_client_id")).hasValue("client-a");
        calls.element().fulfill(json("{\"code\":200,\"data\":{}}"));
        assertThat(reference.verdict()).containsText("200");
    }

    @Test
    void whatBecomesOfACallIsInView() {
        var reference = ReferencePage.in(BROWSER, Screen.PHONE);
        Queue<Route> calls = new ConcurrentLinkedQueue<>();
        reference.page().route("**" + Sandbox.CREATE_CLIENT, calls::add);
        assertThat(reference.verdict()).not().isInViewport();

        reference.send().click();

        assertThat(reference.verdict()).hasText("Sending…");
        assertThat(reference.verdict()).isInViewport(new IsInViewportOptions().setRatio(1));

        reference.send().scrollIntoViewIfNeeded();
        reference.page().evaluate("scrollTo(0, 0)");
        calls.element().abort();

        assertThat(reference.verdict()).containsText("No answer: ");
        assertThat(reference.verdict()).isInViewport(new IsInViewportOptions().setRatio(1));
    }

    @ParameterizedTest
    @CsvSource({"x-api-key, key-with-a-\u200b", "Idempotency-Key, \u2603"})
    void aCallWithAHeaderThatCannotBeSentIsNotCalledLost(String header, String value) {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.field(header).fill(value);
        reference.send().click();

        assertThat(reference.verdict())
                .hasText("Not sent: %s has a character, perhaps an invisible one, that is not allowed in a header."
                        .formatted(header));
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isZero();
        reference.field(header).fill(Sandbox.API_KEY);
        reference.send().click();
        assertThat(reference.verdict()).containsText("200");
    }

    @Test
    void whatToDoAfterALostCallIsReadWithoutTheService() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        reference.page().route("**" + Sandbox.CREATE_CLIENT, Route::abort);

        reference.send().click();

        assertThat(reference.verdict()).containsText("The call may have been carried out." + WHAT_TO_DO);
        assertThat(reference.verdict()).containsText("A service without Redis loses its keys when it restarts");
        assertThat(reference.verdict()).containsText("To find out, ask Deepvue");
        assertThat(reference.answer().getByRole(AriaRole.LINK)).hasCount(0);
    }

    @Test
    void aLostFetchMayBeSentAgain() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        reference.page().evaluate("() => { window.fetch = async () => { throw new TypeError('Failed to fetch'); }; }");
        show(reference, "itr-download");

        reference.send().click();

        assertThat(reference.verdict())
                .containsText("The call may have been carried out. Repeat the same request. It does no harm");
    }

    @Test
    void aTextThatTurnsTheDirectionOfReadingTurnsNothingBehindIt() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        answerRegistrations(
                reference, 422, "{\"outcome\":\"rejected\",\"code\":\"upstream-rejected\",\"detail\":\"\u202eabc\"}");

        reference.send().click();

        assertThat(reference.answer().locator("bdi")).hasText("\u202eabc.");
    }

    @Test
    void thePageIsNotLeftUnaskedDuringARegistration() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        Queue<Route> calls = new ConcurrentLinkedQueue<>();
        Queue<String> questions = new ConcurrentLinkedQueue<>();
        reference.page().route("**" + Sandbox.CREATE_CLIENT, calls::add);
        reference.page().onDialog(dialog -> {
            questions.add(dialog.type());
            dialog.accept();
        });
        reference.send().click();
        assertThat(reference.verdict()).hasText("Sending…");

        reference.page().reload();
        reference.send().waitFor();
        reference.page().reload();

        assertThat(questions).containsExactly("beforeunload");
    }

    // ---- answers ----------------------------------------------------------------------------------------------------

    @Test
    void aLongAnswerIsShownWithoutColours() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        String person = "{\"name\":\"a person\",\"amount\":1.50},";
        answer(reference, "create-client", "{\"code\":200,\"data\":[%s{}]}".formatted(person.repeat(10_000)));

        assertThat(reference.region("Body of the answer").locator("span")).hasCount(0);
        assertThat(reference.region("Body of the answer").locator("pre")).containsText("\"amount\": 1.50");
    }

    @Test
    void anAnswerIsShownAndCopiedAsItCame() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        reference.page().evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }");
        String body =
                "{\"code\":200,\"data\":{\"itr_client_id\":12345678901234567890,\"tax\":[100.00,1e2],\"none\":[],\"a\":\"{\\\"b\\\":[\"}}";
        answer(reference, "create-client", body);

        assertThat(reference.region("Body of the answer").innerText().strip()).isEqualTo("""
                {
                  "code": 200,
                  "data": {
                    "itr_client_id": 12345678901234567890,
                    "tax": [
                      100.00,
                      1e2
                    ],
                    "none": [],
                    "a": "{\\"b\\":["
                  }
                }""");
        reference.answer().getByText("Copy").click();
        assertThat(reference.answer().getByText("Copied")).isVisible();
        assertThat(reference.page().evaluate("copied")).isEqualTo(body);
        show(reference, "itr-download");
        assertThat(reference.field("itr_client_id")).not().hasValue(Pattern.compile("[0-9]{19,}"));
    }

    @Test
    void anAnswerThatIsCutMayBeOfACallThatWasCarriedOut() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        reference.page().evaluate("""
                () => {
                  window.fetch = async () => new Response(new ReadableStream({
                    start: body => body.enqueue(new TextEncoder().encode('{"code":')),
                    pull: body => body.error(new TypeError('network error')),
                  }), { status: 200, statusText: 'OK', headers: { 'Content-Type': 'application/json' } });
                }""");

        reference.send().click();

        assertThat(reference.verdict())
                .containsText(
                        "The connection was lost before the whole answer arrived; the call may have been carried out."
                                + WHAT_TO_DO);
    }

    @Test
    void aProblemIsShownWithItsTitleAndTheFaultsOfFields() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.field("password").fill("short");
        reference.send().click();

        assertThat(reference.answer()).containsText("The request is not valid. The request has faults");
        assertThat(reference.answer().getByRole(AriaRole.LISTITEM))
                .hasText("#/password must be at least 8 characters long");
        reference.field("x-api-key").fill("unknown-key");
        reference.send().click();
        assertThat(reference.answer()).containsText("Missing or invalid API key or token. Send your key");
        assertThat(reference.answer().getByRole(AriaRole.LISTITEM)).hasCount(0);
        assertThat(reference.answer()).containsText("ApiKey realm=\"itr-gateway\", header=\"x-api-key\"");
    }

    @Test
    void aRegistrationThatIsStillProcessedIsShownWithWhatToDo() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        answerRegistrations(reference, 202, "{\"code\":202,\"data\":{\"itr_client_id\":\"itr_accepted\"}}");

        reference.send().click();

        assertThat(reference.verdict()).containsText("202");
        assertThat(reference.answer()).containsText("may register twice");
        assertThat(reference.answer()).containsText("The ids of this answer are filled in");
        show(reference, "itr-download");
        assertThat(reference.field("itr_client_id")).hasValue("itr_accepted");
    }

    @Test
    void aProblemOfAProxyInBetweenMayHaveAnyForm() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        answerRegistrations(reference, 400, "{\"outcome\":\"x\",\"detail\":{},\"errors\":[null,{\"pointer\":{}},1]}");

        reference.send().click();

        assertThat(reference.verdict()).containsText("400");
    }

    @Test
    void anEnvelopeWithAnOutcomeIsNoProblem() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        answer(reference, "create-client", "{\"code\":200,\"outcome\":{\"any\":\"value\"},\"data\":{}}");

        assertThat(reference.region("Body of the answer")).containsText("any");
        assertThat(reference.answer().getByRole(AriaRole.LINK)).hasCount(0);
    }

    // ---- ids --------------------------------------------------------------------------------------------------------

    @Test
    void idsOfDifferentClientsAreNotMixed() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        show(reference, "itr-download");
        reference.field("itr_client_id").fill("client-a");
        answer(
                reference,
                "itr-download",
                "{\"code\":200,\"data\":{\"filed_itrs\":[{\"itr_id\":\"a-1\"},{\"itr_id\":\"a-2\"}]}}");
        show(reference, "get-itr-details");
        assertThat(reference.field("itr_id")).hasValue("a-1");
        reference.field("itr_id").fill("a-2");
        answer(reference, "get-itr-details", "{\"code\":200,\"data\":{}}");

        show(reference, "create-client");
        show(reference, "get-itr-details");
        assertThat(reference.field("itr_id")).hasValue("a-2");
        assertThat(reference.page().locator("datalist option").all())
                .extracting(option -> option.getAttribute("value"))
                .containsExactly("a-2", "a-1");

        show(reference, "26as-download");
        assertThat(reference.field("itr_client_id")).hasValue("client-a");
        reference.field("itr_client_id").fill("client-b");
        answer(reference, "26as-download", "{\"code\":200,\"data\":{}}");
        show(reference, "get-itr-details");
        assertThat(reference.field("itr_client_id")).hasValue("client-b");
        assertThat(reference.field("itr_id")).not().hasValue(Pattern.compile("a-."));
        assertThat(reference.page().locator("datalist")).hasCount(0);
    }

    @Test
    void anAnswerNamesTheOperationsWhoseIdsItHasChanged() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        var links = reference.answer().getByRole(AriaRole.LINK);
        String body = "{\"code\":200,\"data\":{\"itr_client_id\":\"client-a\",\"filed_itrs\":[{\"itr_id\":\"%s\"}]}}";
        show(reference, "itr-download");
        reference.field("itr_client_id").fill("client-a");

        answer(reference, "itr-download", body.formatted("a-1"));
        assertThat(links).hasText(new String[] {"26as-download", "ais-download", "get-itr-details"});
        answer(reference, "itr-download", body.formatted("a-2"));
        assertThat(links).hasText(new String[] {"get-itr-details"});
        answer(reference, "itr-download", body.formatted("a-2"));

        assertThat(links).hasCount(0);
        assertThat(reference.answer()).not().containsText("filled in");
    }

    @Test
    void aNameOfAnyObjectIsNoOfferOfTheSandbox() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.field("username").fill("constructor");

        assertThat(reference.magic()).hasValue("");
    }

    private static void answerRegistrations(ReferencePage reference, int status, String body) {
        reference
                .page()
                .route(
                        "**" + Sandbox.CREATE_CLIENT,
                        route -> route.fulfill(json(body).setStatus(status)));
    }

    /** Sends what is shown, and answers it. */
    private static void answer(ReferencePage reference, String operation, String body) {
        reference.page().route("**/" + operation + "**", route -> route.fulfill(json(body)));
        reference.send().click();
        assertThat(reference.verdict()).containsText("200");
    }

    private static void show(ReferencePage reference, String operation) {
        reference.operation(operation).click();
        assertThat(reference.page().locator(".route")).containsText(operation);
    }

    private static FulfillOptions json(String body) {
        return new FulfillOptions().setContentType("application/json").setBody(body);
    }
}
