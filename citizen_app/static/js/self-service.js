// Self-service is opened by a clerk's link: what it carries leaves the address at once and is sent by a form.

const acting = new URLSearchParams(location.hash.slice(1)).get("acting");
const form = document.getElementById("open-form");

if (acting) history.replaceState(null, "", location.pathname + location.search);
// A kiosk that has served somebody is a kiosk again.
if (!acting && form && localStorage.getItem("citizen.kiosk.token")) setTimeout(() => location.assign(document.getElementById("back-to-kiosk").href), 5000);
if (acting && form) {
  document.getElementById("acting").value = acting;
  form.requestSubmit();
}
