package io.itrgateway.status;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ForcedColors;
import io.itrgateway.browser.Browser;
import io.itrgateway.browser.Screen;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be read off the status page, whatever the service has been through. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@TestProfile(StatusQuarkusTest.WithAPlanAndAKey.class)
@Needs(Needs.Tool.BROWSER)
class StatusChartsQuarkusTest {

    private static final double LONG_MILLIS = 30_000;

    @RegisterExtension
    static final Browser BROWSER = Browser.ofOperators("operator");

    /** Points of a series at which its colour is not found on the canvas. */
    private static final String INVISIBLE = """
            ([id, series]) => {
              const { plot } = charts[id];
              const canvas = document.querySelector(`#${id} canvas`);
              const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
              copy.drawImage(canvas, 0, 0);
              const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
              probe.fillStyle = plot.series[series].stroke(plot, series);
              probe.fillRect(0, 0, 1, 1);
              const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
              const reach = 8; // more than a gap in any pattern
              return plot.data[0].filter((at, i) => {
                const height = plot.data[series][i];
                if (!height) return false;
                const x = Math.round(plot.valToPos(at, 'x', true));
                const y = Math.round(plot.valToPos(height, 'y', true));
                const { data } = copy.getImageData(x - reach, y - reach, 2 * reach, 2 * reach);
                for (let p = 0; p < data.length; p += 4) {
                  const distance = Math.abs(data[p] - red) + Math.abs(data[p + 1] - green) + Math.abs(data[p + 2] - blue);
                  if (data[p + 3] === 255 && distance < 60) return false;
                }
                return true;
              }).length;
            }""";

    /** Of each percentile in the legend, how high its drawing is at each place from left to right; in pixels. */
    private static final String HEIGHTS_IN_LEGEND = """
            () => Promise.all([...document.querySelectorAll('#times-chart .u-series + .u-series .u-marker')].map(async marker => {
              const picture = new Image();
              picture.src = getComputedStyle(marker).backgroundImage.slice(5, -2);
              await picture.decode();
              const { width, height } = picture;
              const copy = new OffscreenCanvas(width, height).getContext('2d');
              copy.drawImage(picture, 0, 0);
              const { data } = copy.getImageData(0, 0, width, height);
              return Array.from({ length: width }, (each, x) =>
                Array.from({ length: height }, (all, y) => data[4 * (y * width + x) + 3] > 127).filter(Boolean).length).join();
            }))""";

    private static final String CONTRASTS = """
            () => {
              const light = (colour) => {
                const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
                probe.fillStyle = colour;
                probe.fillRect(0, 0, 1, 1);
                const [r, g, b] = [...probe.getImageData(0, 0, 1, 1).data].map((c) => c / 255)
                  .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const card = light(getComputedStyle(document.querySelector('section')).backgroundColor);
              return Object.values(charts).flatMap(({ plot }) => plot.series.slice(1).map((series, i) => {
                const own = light(series.stroke(plot, i + 1));
                return (Math.max(own, card) + 0.05) / (Math.min(own, card) + 0.05);
              }));
            }""";

    private static final String TURN_TO = """
            state => {
              Object.defineProperty(document, 'hidden', { configurable: true, value: state === 'hidden' });
              document.dispatchEvent(new Event('visibilitychange'));
            }""";

    @SuppressWarnings("unchecked") // each expression gives a text
    private static List<String> ofEachSeries(Page page, String expression) {
        return (List<String>) page.evaluate(
                "() => Object.values(charts).flatMap(({ plot }) => plot.series.slice(1).map((series, i) => %s))"
                        .formatted(expression));
    }

    private static Stream<Screen> screens() {
        return Stream.of(Screen.PHONE, new Screen(1280, ColorScheme.DARK));
    }

    @ParameterizedTest
    @MethodSource("screens")
    void aSingleCallIsSeen(Screen screen) {
        Page page = StatusFeed.ofOneCallAMinute().on(BROWSER.open("/status", screen));

        assertThat(page.evaluate(INVISIBLE, List.of("times-chart", 1))).isEqualTo(0);
        assertThat(page.evaluate(INVISIBLE, List.of("times-chart", 3))).isEqualTo(0);
        assertThat(page.evaluate(INVISIBLE, List.of("outcomes-chart", 1))).isEqualTo(0);
        assertThat(page.evaluate(INVISIBLE, List.of("outcomes-chart", 3))).isEqualTo(0);
    }

    @Test
    void theFirstStepIsSeen() {
        Page page = StatusFeed.ofOneStep().on(BROWSER.open("/status", Screen.PHONE));

        assertThat(page.evaluate(INVISIBLE, List.of("times-chart", 1))).isEqualTo(0);
        assertThat(page.evaluate(INVISIBLE, List.of("outcomes-chart", 1))).isEqualTo(0);
    }

    @Test
    void aValueInALegendIsBesideItsName() {
        Page page = StatusFeed.ofOneStep().on(BROWSER.open("/status", Screen.PHONE));

        assertThat((List<?>) page.evaluate("""
                () => [...document.querySelectorAll('.u-series')].filter((row) => {
                  const [name, value] = [...row.children].map((cell) => cell.getBoundingClientRect());
                  return value && value.top >= name.bottom;
                }).map((row) => row.textContent)""")).isEmpty();
    }

    @Test
    void beforeTheFirstStepThereIsNoAxis() {
        Page page = StatusFeed.beforeTheFirstStep().on(BROWSER.open("/status", Screen.PHONE));

        assertThat(page.locator("#rate")).hasText("0.017");
        assertThat(page.locator("#times-last")).hasText("No data yet.");
        assertThat(page.locator("#outcomes-last")).hasText("No data yet.");
        assertThat(page.locator(".uplot")).hasCount(0);
    }

    @Test
    void withoutACallTheTimeIsSaidInWhichThereWasNone() {
        Page page = StatusFeed.ofOneStepWithoutACall().on(BROWSER.open("/status", Screen.PHONE));

        Pattern none = Pattern.compile("^No call in the 10 s until \\d\\d:\\d\\d:\\d\\d\\.$");
        assertThat(page.locator("#times-last, #outcomes-last")).hasText(new Pattern[] {none, none});
    }

    @Test
    void aFailureIsSeenBesideAThousandSuccesses() {
        Page page = StatusFeed.ofABusyService().on(BROWSER.open("/status", Screen.PHONE));

        for (int series = 1; series <= 4; series++) {
            assertThat(page.evaluate(INVISIBLE, List.of("outcomes-chart", series)))
                    .as("series %d", series)
                    .isEqualTo(0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"})
    void noTwoSeriesHaveOneColour(ColorScheme colours) {
        Page page = StatusFeed.ofABusyService().on(BROWSER.open("/status", new Screen(1280, colours)));

        assertThat(ofEachSeries(page, "series.stroke(plot, i + 1)")).hasSize(7).doesNotHaveDuplicates();
        assertThat((List<?>) page.evaluate(CONTRASTS))
                .allSatisfy(contrast ->
                        assertThat(((Number) contrast).doubleValue()).isGreaterThan(3));
    }

    @Test
    void noBarIsDistinguishedByItsColourOnly() {
        Page page = StatusFeed.ofABusyService().on(BROWSER.open("/status", Screen.DESK));
        var markers = (List<?>) page.evaluate("""
                () => [...document.querySelectorAll('#outcomes-chart .u-series')].filter((row, i, all) => row !== row.parentElement.firstChild)
                  .map((row) => getComputedStyle(row.querySelector('.u-marker')))
                  .map((style) => (style.borderWidth + style.borderStyle + style.backgroundImage).replace(/rgba?\\([^)]*\\)/g, ''))""");

        assertThat(markers).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void theLegendHasTheMarksOfTheLines() {
        Page page = StatusFeed.ofABusyService().on(BROWSER.open("/status", Screen.DESK));

        assertThat((List<?>) page.evaluate(HEIGHTS_IN_LEGEND))
                .hasSize(3)
                .doesNotHaveDuplicates()
                .allSatisfy(heights -> assertThat((String) heights).containsPattern("\\b[89]\\b"));
    }

    @Test
    void timesAreNotShownMoreExactlyThanTheyAreKnown() {
        Page page = StatusFeed.ofOneStepWithFractions().on(BROWSER.open("/status", Screen.DESK));

        assertThat(page.locator("#times-last")).containsText("p50 9.4, p95 5,006, p99 5,006.");
        assertThat(page.locator("#steps tr").first().locator("td").allTextContents())
                .startsWith("9.4", "5,006", "5,006");
        page.locator("#times-chart .u-over").hover();
        assertThat(page.locator("#times-chart .u-value")).hasText(new Pattern[] {
            Pattern.compile("..:..:.."), Pattern.compile("9\\.4"), Pattern.compile("5,006"), Pattern.compile("5,006")
        });
    }

    @Test
    void fastAndSlowCallsAreReadOffOneScale() {
        Page page = StatusFeed.ofABusyService().on(BROWSER.open("/status", Screen.PHONE));

        var plot = "charts['times-chart'].plot";
        var apart = (Number) page.evaluate("() => %s.valToPos(10, 'y') - %s.valToPos(20, 'y')".formatted(plot, plot));
        var top = (Number) page.evaluate("() => %s.valToPos(9000, 'y')".formatted(plot));

        assertThat(apart.doubleValue()).isGreaterThan(8);
        assertThat(top.doubleValue()).isPositive();
    }

    @Test
    void theTableHasWhateverTheChartsHave() {
        Page page = StatusFeed.ofABusyService().on(BROWSER.open("/status", Screen.DESK));

        List<String> columns = page.locator("#columns th").allTextContents();

        assertThat(columns).containsAll(ofEachSeries(page, "String(series.label)"));
        assertThat(page.locator("#table-units")).containsText("milliseconds");
        assertThat(page.locator("#steps tr").first().locator("th, td").allTextContents())
                .hasSameSizeAs(columns)
                .containsSequence("20", "9,000", "9,000", "1,000", "1", "1", "1", "100", "0.2 %");
    }

    @Test
    void faultsOfCallersHideNoFailuresInTheTable() {
        Page page = StatusFeed.ofOneStepOfManyFaultsOfCallers().on(BROWSER.open("/status", Screen.DESK));

        assertThat(page.locator("#steps tr td").allTextContents()).contains("75 %");
    }

    @Test
    void theTableIsReadOnADeskWithoutScrollingSideways() {
        Page page = StatusFeed.ofABusyService().on(BROWSER.open("/status", Screen.DESK));

        page.locator("summary").press("Enter");

        assertThat((Boolean) page.locator(".scroll").evaluate("table => table.scrollWidth <= table.clientWidth"))
                .isTrue();
    }

    @Test
    void theTableKeepsItsColumnsAndTimesInSight() {
        Page page = StatusFeed.ofABusyService().on(BROWSER.open("/status", Screen.PHONE));
        page.locator("summary").press("Enter");

        page.locator(".scroll").evaluate("table => table.scrollTo(200, 200)");

        var place = page.locator(".scroll").boundingBox();
        var column = page.locator("#columns th").nth(4).boundingBox();
        var time = page.locator("#steps th").nth(12).boundingBox();
        assertThat(column.y).isCloseTo(place.y, within(1.0));
        assertThat(time.x).isCloseTo(place.x, within(1.0));
        assertThat(page.locator("#steps th").first()).hasAttribute("scope", "row");
    }

    @Test
    void theLegendHasValuesOnlyWhereSomethingIsPointedAt() {
        Page page = StatusFeed.ofABusyService().on(BROWSER.open("/status", Screen.PHONE));
        var value = page.locator("#times-chart .u-value").nth(1);
        assertThat(value).not().isVisible();
        assertThat(page.locator("#times-chart .u-label").nth(1)).isVisible();

        page.locator("#times-chart .u-over").hover();

        assertThat(value).isVisible();
        assertThat(value).hasText(Pattern.compile("[12]0"));
    }

    @Test
    void barsAndPatternsAreSeenWithForcedColours() {
        Page page = BROWSER.open("/status", Screen.DESK).page();
        String colours = """
                () => ['.track', '.fill', '.u-series + .u-series .u-marker'].map((each) => getComputedStyle(document.querySelector(each)))
                  .map(({ backgroundColor, backgroundImage, borderColor }) => [backgroundColor, backgroundImage, borderColor].join())""";
        page.locator(".fill").first().waitFor();
        page.locator(".u-series + .u-series .u-marker").first().waitFor();
        Object before = page.evaluate(colours);

        page.emulateMedia(new Page.EmulateMediaOptions().setForcedColors(ForcedColors.ACTIVE));

        assertThat(page.evaluate(colours)).isEqualTo(before);
    }

    @Test
    void aViewerWhoIsRefusedReadsThat() {
        var status = BROWSER.open("/status", Screen.DESK).expectingFailuresOf("/status/events");
        Page page = status.page();
        page.route("**/status/events", route -> route.fulfill(new FulfillOptions().setStatus(503)));

        page.reload();

        assertThat(page.locator("#connection")).containsText("refused by the service: too many viewers");
        page.unroute("**/status/events");
        assertThat(page.locator("#connection")).hasText("live", new HasTextOptions().setTimeout(LONG_MILLIS));
    }

    @Test
    void theVerdictAndTheShareOfFailuresStandAbove() {
        Page page = StatusFeed.ofOneCallAMinute().on(BROWSER.open("/status", Screen.PHONE));

        assertThat(page.locator(".verdict")).hasText("Degraded because Deepvue failed.");
        assertThat(page.locator("#rate")).hasText("0.017");
        assertThat(page.locator("#failed")).hasText("100 %");
    }

    @ParameterizedTest
    @MethodSource("screens")
    void whenTheConnectionIsLostTheCardsAreGreyAndSaySinceWhen(Screen screen) {
        var status = BROWSER.open("/status", screen).expectingFailuresOf("/status/events");
        Page page = status.page();
        assertThat(page.locator("#connection")).hasText("live");
        String before = background(page);

        page.context().setOffline(true);
        page.evaluate("""
                () => {
                  events.close();
                  openedAt = heard = performance.now() - 60_000;
                  heardAt = new Date(2026, 0, 1, 12, 34, 56).getTime();
                }""");

        assertThat(page.locator("#connection")).containsText("at 12:34:56");
        assertThat(page.locator("#verdict-state")).hasText("Unknown:");
        assertThat(background(page)).isNotEqualTo(before);
        status.isAccessible().keepPicture("lost");

        page.context().setOffline(false);

        assertThat(page.locator("#connection")).containsText("live", new ContainsTextOptions().setTimeout(LONG_MILLIS));
        assertThat(background(page)).isEqualTo(before);
    }

    @Test
    void aConnectionOnWhichNothingComesIsReplaced() {
        Page page = BROWSER.open("/status", Screen.DESK).page();
        page.addInitScript("""
                window.opened = [];
                window.EventSource = class extends EventTarget {
                  static CLOSED = 2;
                  readyState = 1;
                  constructor() { super(); opened.push(this); }
                  close() { this.readyState = 2; }
                };""");
        page.clock().install();
        page.reload();

        page.clock().runFor(20_000);

        assertThat((Integer) page.evaluate("() => opened.length")).isGreaterThan(1);
        assertThat(page.evaluate("() => opened.filter(({ readyState }) => readyState !== 2).length"))
                .isEqualTo(1);
        assertThat(page.evaluate("""
                        data => {
                          opened.at(-1).dispatchEvent(new MessageEvent('now', { data }));
                          return document.getElementById('connection').textContent;
                        }""", StatusFeed.now())).isEqualTo("live");
    }

    /** A browser keeps six connections to a host. */
    @Test
    void aTabInTheBackgroundHoldsNoConnection() {
        Page page = BROWSER.open("/status", Screen.DESK).page();
        assertThat(page.locator("#connection")).hasText("live");

        page.evaluate(TURN_TO, "hidden");

        assertThat(page.evaluate("events.readyState === EventSource.CLOSED")).isEqualTo(true);

        page.evaluate(TURN_TO, "visible");

        assertThat(page.locator("#connection")).hasText("live");
        assertThat(page.evaluate("events.readyState === EventSource.OPEN")).isEqualTo(true);
    }

    private static String background(Page page) {
        return (String) page.evaluate("() => getComputedStyle(document.querySelector('section')).backgroundColor");
    }
}
