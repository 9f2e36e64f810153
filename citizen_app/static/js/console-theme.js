// Without a choice the console follows the system; set before the first paint, as is that there is script.

const root = document.documentElement;
root.dataset.script = "";
if (!root.dataset.bsTheme) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  follow();
  dark.addEventListener("change", follow);
}
