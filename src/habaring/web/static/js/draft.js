// Proposing on a bad line: what is typed stays on this telephone until the server has it.
// Every page works without this.
const PREFIX = "habaring.draft.";

const forget = (start) => {
  Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX + start))
    .forEach((key) => localStorage.removeItem(key));
};
const shown = (name) => { const part = document.querySelector(`[${name}]`); if (part) part.hidden = false; };
const typed = (form) => [...form.elements].filter((field) =>
  field.name && field.name !== "csrfmiddlewaretoken" &&
  ["text", "search", "textarea", "select-one", "email", "tel"].includes(field.type));

try {
  const form = document.querySelector("form[data-draft]");
  if (form) {
    const key = PREFIX + form.dataset.draft;
    const kept = JSON.parse(localStorage.getItem(key) || "{}");
    let restored = false;
    typed(form).forEach((field) => {
      if (kept[field.name] && !field.value) { field.value = kept[field.name]; restored = true; }
    });
    if (restored) shown("data-restored");
    form.addEventListener("input", () => {
      const values = Object.fromEntries(typed(form).map((field) => [field.name, field.value]));
      localStorage.setItem(key, JSON.stringify(values));
    });
    // the page after this one was given by the server: then it has what was typed
    const before = sessionStorage.getItem(`${PREFIX}sent`);
    if (before && before !== key) forget(before.slice(PREFIX.length));
    sessionStorage.removeItem(`${PREFIX}sent`);
    form.addEventListener("submit", () => sessionStorage.setItem(`${PREFIX}sent`, key));
  }
  const last = document.querySelector("form[data-sent]");
  if (last) last.addEventListener("submit", (event) => {
    if (event.submitter?.value === "ya") forget(last.dataset.sent);
  });
} catch { /* a browser that keeps nothing: the server still does */ }

document.querySelectorAll("form[data-once]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      shown("data-offline");
    } else if (form.dataset.going) {
      event.preventDefault();
    } else {
      form.dataset.going = "1";
    }
  });
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-going]").forEach((form) => { delete form.dataset.going; });
});

const locate = document.querySelector("[data-locate]");
if (locate && navigator.geolocation) {
  locate.hidden = false;
  locate.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      document.querySelector("[name=latitude]").value = coords.latitude.toFixed(4);
      document.querySelector("[name=longitude]").value = coords.longitude.toFixed(4);
      shown("data-located");
    },
    () => shown("data-lost"),
    { enableHighAccuracy: true, timeout: 15000 },
  ));
}
