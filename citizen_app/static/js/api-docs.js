// The API document, drawn by the vendored Swagger UI; nothing leaves this server.

const place = document.getElementById("document");
const HEADINGS = [[".opblock-tag", 2], [".opblock-section-header h4, .responses-inner h4, .responses-inner h5, .opblock-body h4", 3], ["section.models > h4, section.models h4", 2]];

const REGIONS = [[".information-container", "About"], [".scheme-container", "Server"]];

/** Say what Swagger UI leaves unsaid to who cannot see it: names of its controls, and headings in order. */
function nameControls() {
  for (const [selector, level] of HEADINGS) {
    for (const heading of place.querySelectorAll(selector)) mark(heading, { role: "heading", "aria-level": level });
  }
  for (const [selector, name] of REGIONS) {
    for (const region of place.querySelectorAll(selector)) mark(region, { role: "region", "aria-label": name });
  }
  for (const example of place.querySelectorAll(".highlight-code > *")) mark(example, { tabindex: "0" }); // long ones scroll, by keyboard too
  for (const control of place.querySelectorAll("select, input, textarea")) {
    if ([...control.labels ?? []].some((label) => label.textContent.replace(control.textContent, "").trim()) || control.getAttribute("aria-label")) continue;
    const row = control.closest("tr")?.querySelector(".parameter__name");
    mark(control, { "aria-label": row?.textContent || control.placeholder || control.closest("[data-name]")?.dataset.name || control.id || control.className || control.tagName });
  }
}

function mark(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.address,
  presets: [window.SwaggerUIBundle.presets.apis],
  deepLinking: false, // its links would stand inside of buttons
  docExpansion: "list",
  syntaxHighlight: false, // its red is too faint on its grey
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (new URL(request.url, location.href).origin !== location.origin) throw new Error("this page calls its own server only");
    return request;
  },
});
new MutationObserver(nameControls).observe(place, { childList: true, subtree: true });
