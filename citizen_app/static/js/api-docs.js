// The API document, drawn by the vendored Swagger UI; nothing leaves this server.

const place = document.getElementById("document");

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.address,
  presets: [window.SwaggerUIBundle.presets.apis],
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (new URL(request.url, location.href).origin !== location.origin) throw new Error("this page calls its own server only");
    return request;
  },
});
