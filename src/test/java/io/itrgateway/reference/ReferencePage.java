package io.itrgateway.reference;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.itrgateway.browser.Browser;
import io.itrgateway.browser.OpenPage;
import io.itrgateway.browser.Screen;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.sandbox.Sandbox;
import io.restassured.RestAssured;
import java.util.regex.Pattern;

/** The reference page in the words of its reader. */
final class ReferencePage {

    static final String PATH = "/reference";

    private final OpenPage open;
    private final Page page;

    private ReferencePage(OpenPage open) {
        this.open = open.expectingFailuresOf(Sandbox.CREATE_CLIENT);
        this.page = open.page();
        send().waitFor();
    }

    static ReferencePage in(Browser browser, Screen screen) {
        return new ReferencePage(browser.open(PATH, screen));
    }

    /** At a place of the page, as an address names it. */
    static ReferencePage at(Browser browser, String place) {
        return new ReferencePage(browser.open(PATH + "#" + place, Screen.DESK));
    }

    /** Where a request for the root leads. */
    static ReferencePage fromTheRoot(Browser browser) {
        return new ReferencePage(browser.open("/", Screen.DESK));
    }

    static String origin() {
        return RestAssured.baseURI + ":" + RestAssured.port;
    }

    OpenPage open() {
        return open;
    }

    Page page() {
        return page;
    }

    Locator send() {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Send"));
    }

    Locator field(String label) {
        return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
    }

    Locator search() {
        return page.getByRole(AriaRole.SEARCHBOX);
    }

    /** What a search has found. */
    Locator found() {
        return page.getByRole(AriaRole.SEARCH).getByRole(AriaRole.LISTITEM);
    }

    Locator link(String name) {
        return page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** The link of the navigation to one operation. */
    Locator operation(String name) {
        return page.getByRole(
                        AriaRole.NAVIGATION,
                        new Page.GetByRoleOptions().setName("Operations").setExact(true))
                .getByRole(AriaRole.LINK)
                .filter(new Locator.FilterOptions()
                        .setHas(page.getByText(name, new Page.GetByTextOptions().setExact(true))));
    }

    Locator magic() {
        return field("Try it in the sandbox");
    }

    Locator tab(String language) {
        return page.getByRole(
                AriaRole.TAB, new Page.GetByRoleOptions().setName(language).setExact(true));
    }

    Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
    }

    Locator region(String name) {
        return page.getByRole(
                AriaRole.REGION, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** The request in the language of the tab that is open. */
    Locator sample() {
        return page.getByRole(AriaRole.TABPANEL);
    }

    Locator answer() {
        return page.getByRole(
                AriaRole.REGION, new Page.GetByRoleOptions().setName("Answer").setExact(true));
    }

    /** Status, outcome and time. */
    Locator verdict() {
        return answer().getByRole(AriaRole.STATUS);
    }

    /** What the page says of a problem, apart from answers. */
    Locator problem(ProblemKind kind) {
        var heading = page.getByRole(
                AriaRole.HEADING,
                new Page.GetByRoleOptions().setName(Pattern.compile("^%d %s ".formatted(kind.status(), kind.code()))));
        return page.getByRole(AriaRole.ARTICLE).filter(new Locator.FilterOptions().setHas(heading));
    }

    void unfold() {
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)");
    }
}
