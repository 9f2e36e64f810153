// On a phone the navigation opens by a button and Escape closes it; without script it stands above the page.

const button = document.querySelector(".console-menu");
const navigation = document.getElementById("navigation");

function show(open) {
  button.setAttribute("aria-expanded", String(open));
  navigation.toggleAttribute("data-open", open);
}

if (button) {
  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
  addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !navigation.hasAttribute("data-open")) return;
    show(false);
    button.focus();
  });
}
