package io.itrgateway.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.HttpCredentials;
import com.microsoft.playwright.options.ReducedMotion;
import io.restassured.RestAssured;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A browser for the tests of a class: {@code @RegisterExtension static final Browser BROWSER = new Browser();}
 *
 * <p>Each page that it opens is a fresh visitor's, with nothing stored. After each test it closes every page. A test fails where a page has
 * {@linkplain OpenPage#faults() faults}; one that fails in any other way leaves a screenshot of each page in {@code target/screenshots/}.
 *
 * <p>It drives the Chromium of this machine, whose path may stand in {@code GATEWAY_CHROMIUM}; Playwright downloads none.
 */
public final class Browser implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private final Optional<HttpCredentials> key;
    private final List<OpenPage> open = new ArrayList<>();
    private Playwright playwright;
    private com.microsoft.playwright.Browser chromium;
    private String test;

    public Browser() {
        this(Optional.empty());
    }

    private Browser(Optional<HttpCredentials> key) {
        this.key = key;
    }

    /** One whose visitors know the operators' key, and type it when they are asked. */
    public static Browser ofOperators(String key) {
        return new Browser(Optional.of(new HttpCredentials("operator", key)));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Path executable = executable();
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium = playwright
                .chromium()
                .launch(new LaunchOptions()
                        .setExecutablePath(executable)
                        .setChromiumSandbox(!"root".equals(System.getProperty("user.name"))));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        test = context.getRequiredTestClass().getSimpleName() + "-"
                + context.getRequiredTestMethod().getName();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<String> faults = new ArrayList<>();
        boolean hasFailed = context.getExecutionException().isPresent();
        for (OpenPage page : open) {
            if (hasFailed) {
                page.keepPicture("end");
            }
            page.close();
            faults.addAll(page.faults());
        }
        open.clear();
        if (!faults.isEmpty() && !hasFailed) {
            throw new AssertionError("what may not be found on a page:\n" + String.join("\n", faults));
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (playwright != null) {
            playwright.close();
        }
    }

    /** Opens a page of the service under test, with the eyes of a first visitor. */
    public OpenPage open(String path, Screen screen) {
        return open(RestAssured.baseURI + ":" + RestAssured.port, path, screen);
    }

    /**
     * Opens a page of another service.
     *
     * @param origin scheme, host and port
     */
    public OpenPage open(String origin, String path, Screen screen) {
        var options = new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(screen.width(), screen.height())
                .setColorScheme(screen.colours())
                .setReducedMotion(ReducedMotion.REDUCE);
        key.ifPresent(options::setHttpCredentials);
        BrowserContext visitor = chromium.newContext(options);
        var page = new OpenPage(visitor, origin, screen, SCREENSHOTS.resolve(test));
        open.add(page);
        page.goTo(path);
        return page;
    }

    /** Whether this machine has one. */
    public static boolean isHere() {
        return found().isPresent();
    }

    private static Optional<Path> found() {
        return Optional.ofNullable(System.getenv("GATEWAY_CHROMIUM"))
                .filter(path -> !path.isBlank())
                .map(Path::of)
                .or(Browser::onPath)
                .filter(Files::isExecutable);
    }

    private static Path executable() {
        return found().orElseThrow(() -> new IllegalStateException(
                "There is no Chromium here for the tests of the pages: install one (apt-get install chromium), or set"
                        + " GATEWAY_CHROMIUM to the path of a Chromium or Chrome. Looked on the PATH for "
                        + NAMES));
    }

    private static Optional<Path> onPath() {
        List<Path> directories = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getenv().getOrDefault("PATH", ""))
                .map(Path::of)
                .toList();
        return NAMES.stream()
                .flatMap(name -> directories.stream().map(directory -> directory.resolve(name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
