package io.itrgateway.browser;

import com.microsoft.playwright.options.ColorScheme;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a reader looks at.
 *
 * @param width of the window, in CSS pixels
 * @param colours what the reader's system asks for
 */
public record Screen(int width, ColorScheme colours) {

    private static final int[] WIDTHS = {360, 768, 1280};

    public static final Screen PHONE = new Screen(WIDTHS[0], ColorScheme.LIGHT);
    public static final Screen DESK = new Screen(WIDTHS[2], ColorScheme.LIGHT);

    /** Every width and both colours, but not each with each: what depends on the width does not depend on the colours. */
    public static Stream<Screen> all() {
        return Stream.of(
                PHONE,
                new Screen(WIDTHS[0], ColorScheme.DARK),
                new Screen(WIDTHS[1], ColorScheme.LIGHT),
                new Screen(WIDTHS[2], ColorScheme.DARK));
    }

    /** In CSS pixels. */
    int height() {
        return width == WIDTHS[0] ? 740 : 900;
    }

    /** As it stands in names of tests and screenshots, such as {@code 360-dark}. */
    @Override
    public String toString() {
        return width + "-" + colours.name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is one of the narrowest. */
    public boolean isNarrow() {
        return width == Arrays.stream(WIDTHS).min().orElseThrow();
    }
}
