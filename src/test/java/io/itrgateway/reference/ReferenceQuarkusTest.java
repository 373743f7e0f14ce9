package io.itrgateway.reference;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.itrgateway.sandbox.Person.ASHA;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.itrgateway.browser.Browser;
import io.itrgateway.browser.Screen;
import io.itrgateway.operation.Operations;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the reference page of dev mode says and sends, and what it may not do. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SandboxReference.class, restrictToAnnotatedClass = true)
@Needs(Needs.Tool.BROWSER)
class ReferenceQuarkusTest {

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    // ---- what it says -----------------------------------------------------------------------------------------------

    @Test
    void theRootLeadsToIt() {
        var reference = ReferencePage.fromTheRoot(BROWSER);

        assertThat(reference.page().url()).isEqualTo(ReferencePage.origin() + ReferencePage.PATH);
    }

    @Test
    void showsTheOperationAndEveryProblemWithWhatToDoAboutIt() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        assertThat(reference
                        .page()
                        .getByText("POST /v1/verification/itr/create-client")
                        .first())
                .isVisible();
        for (String parameter : List.of("username", "password", "x-api-key", "Idempotency-Key", "Prefer")) {
            assertThat(reference.field(parameter)).isAttached();
        }
        for (ProblemKind kind : ProblemKind.values()) {
            var problem = reference.problem(kind);
            assertThat(problem).containsText(kind.title());
            assertThat(problem).containsText(kind.advice());
            assertThat(problem.getByText(kind.code(), new Locator.GetByTextOptions().setExact(true)))
                    .hasAttribute("href", "problems/" + kind.code());
        }
    }

    @Test
    void namesTheKnownMembersOfEachAnswer() {
        var registration = ReferencePage.in(BROWSER, Screen.DESK);
        assertThat(registration.page().getByText("data.itr_client_id").first()).isVisible();

        var fetch = ReferencePage.at(BROWSER, "itrDownload");

        assertThat(fetch.page().getByText("data.filed_itrs[].itr_status[].date"))
                .isVisible();
    }

    @Test
    void theQuotationMarksOfAnIdempotencyKeyDoNotCount() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        assertThat(reference.field("Idempotency-Key"))
                .hasAccessibleDescription(Pattern.compile("^header, string, 1 to 255 characters "));
    }

    // ---- finding ----------------------------------------------------------------------------------------------------

    @Test
    void aSearchFindsOperationsByEachOfItsWords() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.search().fill("26AS read");
        assertThat(reference.found()).hasCount(1);
        reference.found().getByRole(AriaRole.LINK).click();

        assertThat(reference.page().getByText("GET /v1/verification/itr/get-26as-details"))
                .isVisible();
    }

    @Test
    void aSearchFindsProblemsAndLeadsToThem() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.search().fill("unknown interrupted");
        assertThat(reference.found()).hasCount(1);
        reference.found().getByRole(AriaRole.LINK).click();

        assertThat(reference.page()).hasURL(Pattern.compile("#createClient/502-call-interrupted$"));
        assertThat(reference.problem(ProblemKind.CALL_INTERRUPTED)).isInViewport();
        assertThat(reference.problem(ProblemKind.CALL_INTERRUPTED)).isFocused();
    }

    @Test
    void theKeyboardContinuesAtTheOperationThatWasChosen() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.search().fill("26AS read");
        reference.found().getByRole(AriaRole.LINK).press("Enter");

        assertThat(reference.page().locator("#get26asDetails")).isFocused();
    }

    @Test
    void theKeyboardContinuesWhereALinkWithinThePageLeads() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        var toTheProblems = reference.link("Problems");

        toTheProblems.press("Enter");

        assertThat(reference.page()).hasURL(Pattern.compile("#createClient/problems$"));
        assertThat(toTheProblems).not().isFocused();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Answers", "Problems", "Skip to the operation"})
    void aLinkWithinThePageKeepsTheOperationInTheAddress(String link) {
        var reference = ReferencePage.at(BROWSER, "itrDownload");

        reference.link(link).press("Enter");
        reference.page().reload();
        reference.send().waitFor();

        assertThat(reference.page().locator(".route")).containsText("itr-download");
        assertThat(reference.page()).hasTitle(Pattern.compile("filed returns · ITR Gateway$"));
    }

    @Test
    void theDocumentIsShownAndNotStored() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        Page document = reference
                .page()
                .waitForPopup(
                        () -> reference.page().getByText("OpenAPI document").click());

        assertThat(document.locator("body")).containsText("\"openapi\"");
    }

    @Test
    void whatIsTypedStaysWhereALinkLeadsToAnotherPage() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        reference.magic().selectOption("upstream-error");
        reference.send().click();
        assertThat(reference.verdict()).containsText("502");

        var links = reference.page().locator("a:not([href^='#'])");

        assertThat(links.getByText("upstream-error").first()).isAttached();
        assertThat((List<?>) links.evaluateAll(
                        "links => links.filter(({ target }) => target !== '_blank').map(({ href }) => href)"))
                .isEmpty();
    }

    @Test
    void aSearchWithoutAHitSaysSo() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.search().fill("no-such-thing");

        assertThat(reference.page().getByText("Nothing found.")).isVisible();
    }

    @Test
    void anAddressNamesAProblemOfAnOperation() {
        var reference = ReferencePage.at(BROWSER, "itrDownload/504-upstream-timeout");

        assertThat(reference.page().getByText("POST /v1/verification/itr/itr-download"))
                .isVisible();
        assertThat(reference.problem(ProblemKind.UPSTREAM_TIMEOUT)).isFocused();
        assertThat(reference.problem(ProblemKind.UPSTREAM_TIMEOUT)).isInViewport();
        assertThat(reference.open().faults()).isEmpty();
    }

    @Test
    void anExampleHasThePathOfItsOperation() {
        var reference = ReferencePage.at(BROWSER, "aisDownload");
        reference.unfold();

        assertThat(reference.problem(ProblemKind.UPSTREAM_TIMEOUT))
                .containsText("\"instance\": \"/v1/verification/itr/ais-download\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProblemThatIsChosenFromASearchIsMarkedAndHasTheFocus(boolean byKeyboard) {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        var overloaded = reference.problem(ProblemKind.OVERLOADED);
        var timeout = reference.problem(ProblemKind.UPSTREAM_TIMEOUT);

        for (var sought : Map.of("503 overloaded", overloaded, "504", timeout).entrySet()) {
            reference.search().fill(sought.getKey());
            assertThat(reference.found()).hasCount(1);
            var link = reference.found().getByRole(AriaRole.LINK);
            if (byKeyboard) {
                link.press("Enter");
            } else {
                link.click();
            }

            assertThat(sought.getValue()).isFocused();
            assertThat(sought.getValue()).hasAttribute("aria-current", "location");
            assertThat(reference.page().locator("[aria-current=location]")).hasCount(1);
            assertThat(sought.getValue()).not().hasCSS("box-shadow", "none");
        }
        assertThat(reference.page().locator("article").first()).hasCSS("box-shadow", "none");
    }

    // ---- what it sends ----------------------------------------------------------------------------------------------

    @Test
    void sendsWithTheDemoKeyAndShowsStatusHeadersBodyAndTime() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.send().click();

        var answer = reference.answer();
        assertThat(reference.verdict()).containsText(Pattern.compile("200 OK.*[0-9]+ ms"));
        assertThat(answer).containsText(Pattern.compile("x-request-id[0-9a-f-]{36}"));
        assertThat(answer).containsText("\"itr_client_id\"");
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(1);
    }

    @Test
    void whatIsTypedIsWhatIsSent() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.field("username").fill(ASHA.username());
        reference.field("password").fill(ASHA.password());
        reference.send().click();
        assertThat(reference.answer()).containsText("200");

        assertThat(Sandbox.requests(Sandbox.CREATE_CLIENT))
                .singleElement()
                .satisfies(request -> assertThat(request.getBodyAsString())
                        .contains(ASHA.username())
                        .contains(ASHA.password()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"upstream-rejected", "upstream-error", "upstream-unavailable"})
    void aMagicUserNameShowsItsProblemAndWhatBecameOfTheRegistration(String username) {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        var kind = ProblemKind.withCode(username)
                .get(ProblemKind.withCode(username).size() - 1);

        reference.magic().selectOption(username);
        reference.send().click();

        var answer = reference.answer();
        assertThat(reference.verdict()).containsText(Integer.toString(kind.status()));
        assertThat(reference.verdict()).containsText(kind.outcome().wireName().replace('_', ' '));
        assertThat(answer).containsText("\"code\": \"%s\"".formatted(kind.code()));
        assertThat(answer.getByText("About " + username)).hasAttribute("href", "problems/" + username);
    }

    @Test
    void itSendsAgainAndAgain() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        for (var answer : List.of("upstream-rejected:422", "upstream-error:502", "ABCDE1234F:200")) {
            reference.magic().selectOption(answer.split(":")[0]);
            reference.send().click();

            assertThat(reference.verdict()).containsText(answer.split(":")[1]);
        }
    }

    @Test
    void aNewIdempotencyKeyIsMadeAndSent() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.button("New Idempotency-Key").click();
        assertThat(reference.field("Idempotency-Key")).hasValue(Pattern.compile("[0-9a-f]{32}"));
        reference.send().click();
        assertThat(reference.verdict()).containsText("200");
        reference.send().click();

        assertThat(reference.answer()).containsText("idempotency-replayed");
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(1);
    }

    @Test
    void problemsAreGroupedByWhatToDo() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        assertThat(reference.region("Repeat the request")).containsText("quota-exhausted");
        assertThat(reference.region("Look first")).containsText("upstream-timeout");
        assertThat(reference.region("Ask the operator")).containsText("upstream-credentials-refused");
        assertThat(reference.region("Fix the request")).containsText("invalid-request");
    }

    @Test
    void anUnreachableServiceIsReported() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        reference.page().route("**" + Sandbox.CREATE_CLIENT, route -> route.abort());

        reference.send().click();

        assertThat(reference.verdict()).containsText("No answer: ");
    }

    // ---- from one operation to the next -----------------------------------------------------------------------------

    @Test
    void theWholeFlowIsAClickFromEachOperationToTheNext() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        reference.open().expectingFailuresOf("/");

        sendAndExpectSuccess(reference);
        for (String next : List.of(
                "itr-download",
                "get-itr-details",
                "26as-download",
                "get-26as-details",
                "ais-download",
                "get-ais-details")) {
            reference.operation(next).click();
            assertThat(reference.page().locator(".route")).containsText(next);
            sendAndExpectSuccess(reference);
        }

        String clientId = reference.field("itr_client_id").inputValue();
        assertThat(Sandbox.requests(Operations.CREATE_CLIENT.path())).hasSize(1);
        assertThat(Operations.ALL)
                .filteredOn(operation -> operation != Operations.CREATE_CLIENT)
                .allSatisfy(operation -> assertThat(Sandbox.requests(operation.path()))
                        .singleElement()
                        .satisfies(request -> assertThat(request.getUrl() + request.getBodyAsString())
                                .contains(clientId)));
        assertThat(reference.open().faults()).isEmpty();
    }

    private static void sendAndExpectSuccess(ReferencePage reference) {
        reference.send().click();
        assertThat(reference.verdict()).containsText("200");
    }

    @Test
    void anAnswerLinksToTheOperationsThatItsIdsAreFor() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        sendAndExpectSuccess(reference);

        var links = reference.answer().getByRole(AriaRole.LINK);
        assertThat(links).hasText(new String[] {"itr-download", "26as-download", "ais-download"});
        links.first().click();
        sendAndExpectSuccess(reference);
        assertThat(links).hasText(new String[] {"get-itr-details"});
    }

    @Test
    void anIdThatWasTypedGoesWithTheIdsOfItsAnswer() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        sendAndExpectSuccess(reference);
        reference.operation("itr-download").click();
        reference.field("itr_client_id").fill("itr_of_another_client");
        sendAndExpectSuccess(reference);

        reference.operation("get-itr-details").click();

        assertThat(reference.page().locator(".route")).containsText("get-itr-details");
        assertThat(reference.field("itr_client_id")).hasValue("itr_of_another_client");
    }

    @Test
    void aKeyThatWasTypedStaysFromOperationToOperationAndOutOfTheDocument() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        reference.field("x-api-key").fill("typed-key-8831");

        reference.operation("itr-download").click();

        assertThat(reference.page().locator(".route")).containsText("itr-download");
        assertThat(reference.field("x-api-key")).hasValue("typed-key-8831");
        assertThat(reference.page().content()).doesNotContain("typed-key-8831");
    }
}
