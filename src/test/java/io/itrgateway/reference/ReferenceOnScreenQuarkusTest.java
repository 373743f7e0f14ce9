package io.itrgateway.reference;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ForcedColors;
import com.microsoft.playwright.options.WaitUntilState;
import io.itrgateway.browser.Browser;
import io.itrgateway.browser.OnEveryScreen;
import io.itrgateway.browser.Screen;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who can use the reference page, what its samples hold, and where what is typed does not go. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SandboxReference.class, restrictToAnnotatedClass = true)
@Needs(Needs.Tool.BROWSER)
class ReferenceOnScreenQuarkusTest {

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    private static final Map<String, String> ENDINGS_BY_LANGUAGE = Map.of(
            "curl", "sh",
            "Python", "py",
            "JavaScript", "mjs",
            "Go", "go",
            "Ruby", "rb",
            "Java", "java");

    private static final String TYPED_PASSWORD = "typed-by-hand-5527";

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    // ---- while it loads
    // ----------------------------------------------------------------------------------------------

    @Test
    void saysWhatIsMissingUntilItsScriptsAreThere() {
        Page page = BROWSER.open(ReferencePage.PATH, Screen.DESK).page();
        page.route("**/swagger-ui-bundle.js", route -> {});

        page.reload(new Page.ReloadOptions().setWaitUntil(WaitUntilState.COMMIT));

        assertThat(page.getByRole(AriaRole.MAIN)).containsText("This page needs JavaScript, and a moment to load.");
        assertThat(page.locator("main a")).hasText(new String[] {"q/openapi", "problems"});
    }

    @Test
    void saysWhatIsMissingUntilTheDocumentIsThere() {
        Page page = BROWSER.open(ReferencePage.PATH, Screen.DESK).page();
        page.route("**/q/openapi*", route -> {});

        page.reload();

        assertThat(page.getByRole(AriaRole.MAIN)).hasText("Loading the OpenAPI document…");
    }

    // ---- on every screen --------------------------------------------------------------------------------------------

    @OnEveryScreen
    void itIsAccessibleAndUsable(Screen screen) {
        var reference = ReferencePage.in(BROWSER, screen);
        reference.search().fill("upstream");
        assertThat(reference.found().first()).isVisible();
        reference.open().fitsItsWidth().isAccessible().keepPicture("opened");

        reference.magic().selectOption("upstream-rejected");
        reference.send().click();
        assertThat(reference.answer()).containsText("422");
        reference.unfold();

        reference.open().fitsItsWidth().isAccessible();
    }

    @Test
    void noColumnIsTooNarrowToRead() {
        var reference = ReferencePage.in(BROWSER, Screen.PHONE);

        assertThat(reference.page().locator(".members dd").all())
                .isNotEmpty()
                .allSatisfy(description ->
                        assertThat(description.boundingBox().width).isGreaterThan(Screen.PHONE.width() / 2.0));
    }

    @Test
    void theWholeOfItWorksByKeyboard() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        var keyboard = reference.page().keyboard();

        keyboard.press("Tab");
        assertThat(reference.page().getByText("Skip to the operation")).isFocused();
        keyboard.press("Enter");
        assertThat(reference.page().getByRole(AriaRole.MAIN)).isFocused();
        keyboard.press("Tab");
        assertThat(reference.magic()).isFocused();
        keyboard.press("Tab");
        keyboard.press("Tab");
        keyboard.type("upstream-error");
        keyboard.press("Enter");

        assertThat(reference.verdict()).containsText("502");
        reference.magic().selectOption("upstream-rejected-400");
        reference.send().focus();
        keyboard.press("Enter");
        assertThat(reference.verdict()).containsText("400");
        assertThat(reference.send()).isFocused();
        reference.tab("curl").focus();
        keyboard.press("ArrowRight");
        assertThat(reference.tab("Python")).isFocused();
        assertThat(reference.sample()).containsText("import requests");
        keyboard.press("End");
        keyboard.press("ArrowRight");
        assertThat(reference.tab("curl")).isFocused();
    }

    @Test
    void withForcedColoursTheButtonAndTheChosenLanguageAreRecognised() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.page().emulateMedia(new Page.EmulateMediaOptions().setForcedColors(ForcedColors.ACTIVE));

        assertThat(reference.send()).hasCSS("border-style", "solid");
        assertThat(background(reference.tab("curl"))).isNotEqualTo(background(reference.tab("Python")));
    }

    /** The browser's own colour of an example in a field has too little contrast on a dark ground; axe does not look at it. */
    @OnEveryScreen
    void anExampleInAFieldIsAsReadableAsItsHint(Screen screen) {
        var reference = ReferencePage.in(BROWSER, screen);

        var example =
                reference.field("Idempotency-Key").evaluate("field => getComputedStyle(field, '::placeholder').color");

        assertThat(reference.page().locator(".field .hint").first()).hasCSS("color", (String) example);
    }

    private static String background(Locator element) {
        return (String) element.evaluate("element => getComputedStyle(element).backgroundColor");
    }

    // ---- samples
    // --------------------------------------------------------------------------------------------------------

    /** They are left in target/page-samples, where .ci/run takes them from and runs them. */
    @Test
    void sixSamplesCarryThePagesOwnAddress() throws IOException {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        Path directory = Files.createDirectories(Path.of("target", "page-samples"));

        for (var language : ENDINGS_BY_LANGUAGE.entrySet()) {
            reference.tab(language.getKey()).click();
            String text = reference.sample().innerText();

            assertThat(text.toLowerCase(Locale.ROOT)).containsOnlyOnce("accept").doesNotContain("application/json, ");
            assertThat(text).contains(ReferencePage.origin() + Sandbox.CREATE_CLIENT, "ABCDE1234F", Sandbox.API_KEY);
            Files.writeString(directory.resolve("sample." + language.getValue()), text + "\n");
        }
    }

    @Test
    void theSampleInJavaRunsAsItStands() throws Exception {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        reference.tab("Java").click();
        reference.field("username").fill("a \"quoted\" \\ na\u00efve name");
        Path source = Files.writeString(
                Files.createTempDirectory("sample").resolve("Sample.java"),
                reference.sample().innerText());

        var run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), source.toString())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(run.getInputStream().readAllBytes())).contains("200", "itr_client_id");
        assertThat(Sandbox.requests(Sandbox.CREATE_CLIENT))
                .singleElement()
                .satisfies(request -> assertThat(request.getBodyAsString()).contains("na\u00efve"));
    }

    @Test
    void theSamplesFollowWhatIsTyped() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.field("username").fill("O'Neil #{1+1} `id`");
        reference.field("Idempotency-Key").fill("order-4711");

        assertThat(reference.sample()).containsText("-H 'Idempotency-Key: order-4711'");
        assertThat(reference.sample()).containsText("\"username\": \"O'\\''Neil #{1+1} `id`\"");
        reference.tab("Ruby").click();
        assertThat(reference.sample()).containsText("\"username\": \"O'Neil \\#{1+1} `id`\"");
        reference.tab("Go").click();
        assertThat(reference.sample()).containsText("\\\"username\\\": \\\"O'Neil #{1+1} `id`\\\"");
    }

    @Test
    void aSampleHasTheCredentialsThatAreSent() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);
        reference.unfold();

        reference.field("x-api-key").fill("");
        assertThat(reference.sample()).not().containsText("x-api-key");
        reference.field("Authorization: Bearer").fill("token-of-mine");

        assertThat(reference.sample()).containsText("Authorization: Bearer YOUR_TOKEN");
        assertThat(reference.sample()).not().containsText("x-api-key");
    }

    // ---- secrets ----------------------------------------------------------------------------------------------------

    @Test
    void aTypedPasswordIsNowhereButInTheBodyThatIsSent() {
        Queue<String> log = new ConcurrentLinkedQueue<>();
        var listener = listening(log);
        Logger.getLogger("").addHandler(listener);
        try {
            var reference = ReferencePage.in(BROWSER, Screen.DESK);
            Page page = reference.page();
            reference.field("password").fill(TYPED_PASSWORD);
            reference.send().click();
            assertThat(reference.answer()).containsText("200");

            assertThat(reference.open().requests()).isNotEmpty().noneMatch(url -> url.contains(TYPED_PASSWORD));
            assertThat(page.url()).isEqualTo(ReferencePage.origin() + ReferencePage.PATH);
            assertThat(page.content()).doesNotContain(TYPED_PASSWORD);
            assertThat(page.context().storageState()).isEqualTo("{\"cookies\":[],\"origins\":[]}");
            assertThat(page.evaluate("indexedDB.databases().then(all => all.length + sessionStorage.length)"))
                    .isEqualTo(0);
            assertThat(String.join("\n", log)).doesNotContain(TYPED_PASSWORD);
        } finally {
            Logger.getLogger("").removeHandler(listener);
        }
    }

    private static Handler listening(Queue<String> log) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                log.add(line.getMessage() + " " + Arrays.toString(line.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    @Test
    void typedSecretsAreHiddenInTheSamplesUntilTheyAreMadeVisible() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        reference.field("password").fill(TYPED_PASSWORD);
        reference.field("x-api-key").fill("key-of-mine");

        for (String language : ENDINGS_BY_LANGUAGE.keySet()) {
            reference.tab(language).click();
            assertThat(reference.sample()).containsText("***");
            assertThat(reference.sample()).not().containsText(TYPED_PASSWORD);
            assertThat(reference.sample()).not().containsText("key-of-mine");
        }
        reference.page().getByText("Show secrets that I typed").click();
        assertThat(reference.sample()).containsText(TYPED_PASSWORD);
        assertThat(reference.sample()).containsText("key-of-mine");
    }

    @Test
    void fieldsForSecretsAreMaskedAndNotFilledIn() {
        var reference = ReferencePage.in(BROWSER, Screen.DESK);

        for (String secret : List.of("x-api-key", "password", "Authorization: Bearer")) {
            assertThat(reference.field(secret)).hasAttribute("type", "password");
            assertThat(reference.field(secret)).hasAttribute("autocomplete", "new-password");
        }
    }
}
