// Small comforts of the shell; every page works without them.
const root = document.documentElement;

// Dark or light: follows the system until the reader chooses.
const toggle = document.querySelector("[data-theme-switch]");
if (toggle) {
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const now = root.dataset.theme || (systemDark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax`;
  });
}

// On a phone, bring the current stage into the strip's view.
document.querySelectorAll(".strip [aria-current]").forEach((link) => {
  const strip = link.closest(".rail") || link.closest(".strip");
  strip.scrollLeft = link.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
});

// Ask before what cannot be undone.
document.addEventListener("submit", (event) => {
  const words = event.target.dataset.confirm;
  if (words && !window.confirm(words)) event.preventDefault();
});

// After a refused form, start the reader at the problems.
document.getElementById("errors")?.focus();
