/**
 * The pages for people, as a browser meets them: the system's Chromium, driven by Playwright.
 *
 * <p>A test registers a {@link io.itrgateway.browser.Browser} and opens pages with it, on one
 * {@link io.itrgateway.browser.Screen} or, with {@link io.itrgateway.browser.OnEveryScreen}, on each of them.
 */
package io.itrgateway.browser;
