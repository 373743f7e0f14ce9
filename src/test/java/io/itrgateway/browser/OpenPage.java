package io.itrgateway.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A page that a visitor has open, and what went wrong on it. */
public final class OpenPage {

    /** Chromium also says these on the console, but not which directive it was. */
    private static final String TELL_VIOLATIONS = """
            addEventListener('securitypolicyviolation', violation => console.error(
                `Content-Security-Policy: ${violation.effectiveDirective} forbids ${violation.blockedURI}`
                + ` at ${violation.sourceFile}:${violation.lineNumber}`))
            """;

    private final BrowserContext visitor;
    private final Page page;
    private final String origin;
    private final Screen screen;
    private final Path pictures;
    private final List<String> faults = new ArrayList<>();
    private final List<String> requested = new ArrayList<>();
    private final List<String> mayFail = new ArrayList<>();

    OpenPage(BrowserContext visitor, String origin, Screen screen, Path pictures) {
        this.visitor = visitor;
        this.origin = origin;
        this.screen = screen;
        this.pictures = pictures;
        visitor.addInitScript(TELL_VIOLATIONS);
        this.page = visitor.newPage();
        page.onConsoleMessage(this::heard);
        page.onPageError(error -> faults.add("uncaught: " + error));
        page.onRequest(this::requested);
    }

    void goTo(String path) {
        page.navigate(origin + path);
    }

    private void heard(ConsoleMessage message) {
        boolean announced = message.text().startsWith("Failed to load resource")
                && mayFail.stream().anyMatch(path -> message.location().startsWith(origin + path));
        if ((message.type().equals("error") || message.type().equals("warning")) && !announced) {
            faults.add("%s on the console: %s (%s)".formatted(message.type(), message.text(), message.location()));
        }
    }

    private void requested(Request request) {
        requested.add(request.url());
        if (!request.url().startsWith(origin + "/") && !request.url().matches("(data|blob):.*")) {
            faults.add("a request to another origin: " + request.url());
        }
    }

    /** Says that answers under that path may be failures: the browser complains of each, and the page shows them on purpose. */
    public OpenPage expectingFailuresOf(String path) {
        mayFail.add(path);
        return this;
    }

    /** The page itself, for looking, typing and clicking. */
    public Page page() {
        return page;
    }

    public Screen screen() {
        return screen;
    }

    /** Addresses that were asked for, in that order. */
    public List<String> requests() {
        return List.copyOf(requested);
    }

    /**
     * What must not occur on a page: an error or warning on the console, an uncaught exception, something that the page's own
     * Content-Security-Policy forbids, a request to another origin.
     */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    /** Whether the page as it is now is accessible, as far as axe can tell: all of its rules, best practice included. */
    public OpenPage isAccessible() {
        var violations = new AxeBuilder(page).analyze().getViolations();
        assertThat(violations.stream().map(OpenPage::told).collect(Collectors.joining("\n")))
                .as("violations of accessibility on %s", screen)
                .isEmpty();
        return this;
    }

    private static String told(Rule rule) {
        return rule.getNodes().stream()
                .map(node -> "%s: %s%n    %s%n    %s"
                        .formatted(rule.getId(), rule.getHelp(), node.getTarget(), node.getFailureSummary()))
                .collect(Collectors.joining("\n"));
    }

    /** Whether all of it can be seen without scrolling sideways. */
    public OpenPage fitsItsWidth() {
        var tooWide = page.evaluate("""
                () => document.scrollingElement.scrollWidth <= innerWidth ? [] :
                    [...document.querySelectorAll('body *')]
                        .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
                        .map(element => element.outerHTML.slice(0, 120))""");
        assertThat(tooWide).as("what is wider than %s", screen).isEqualTo(List.of());
        return this;
    }

    /** Keeps a picture of the whole page under that name, in the directory of the test. */
    public OpenPage keepPicture(String name) {
        page.screenshot(new ScreenshotOptions()
                .setFullPage(true)
                .setPath(pictures.resolve("%s-%s.png".formatted(screen, name))));
        return this;
    }

    void close() {
        visitor.close();
    }
}
