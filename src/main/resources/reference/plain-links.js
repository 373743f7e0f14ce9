// Swagger UI contains zenscroll, which would handle clicks on links within the page: it animates the way, whatever the reader prefers, and
// leaves the focus on the link, so that the keyboard continues where it was. It looks at this when it is loaded.
window.noZensmooth = true;
