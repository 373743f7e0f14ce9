/**
 * The API reference page for people who integrate the service: {@code /reference}, and {@code /} leads there.
 *
 * <p>Why a package of its own: it is a page and nothing else. It shows the OpenAPI document, and sends its reader's requests to the
 * operation as any caller does; nothing depends on it, and no call passes through it. Its files lie in {@code src/main/resources/reference}; Swagger UI is
 * put beside them by the build. They are not under {@code META-INF/resources}, which Quarkus serves by itself, whatever is set.
 */
package io.itrgateway.reference;
