// Counts along while somebody chooses; the server checks all of it again.
const form = document.querySelector("form[data-ballot]");
const told = form?.querySelector("[data-told]");
const rupiah = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
const money = (value) => `Rp${document.documentElement.lang === "id" ? " " : ""}${rupiah.format(value)}`;

function tell() {
  const { most, budget, points } = form.dataset;
  const ticked = [...form.querySelectorAll("[name=pilih]:checked")];
  const given = [...form.querySelectorAll("input[data-points]")].reduce((sum, one) => sum + (parseInt(one.value, 10) || 0), 0);
  const places = [...form.querySelectorAll("select")].filter((one) => one.value).length;
  const total = ticked.reduce((sum, one) => sum + Number(one.dataset.cost), 0);
  const words = told.dataset;
  let over = false;
  if (budget) {
    told.textContent = words.money.replace("{total}", money(total)).replace("{budget}", money(budget));
    over = total > Number(budget);
  } else if (points) {
    told.textContent = words.given.replace("{n}", given).replace("{points}", points);
    over = given > Number(points);
  } else {
    const n = ticked.length + places;
    told.textContent = words.chosen.replace("{n}", n).replace("{most}", most);
    over = most && n > Number(most);
  }
  told.classList.toggle("over", over);
}

if (told) {
  told.hidden = false;
  form.addEventListener("input", tell);
  tell();
}

const search = form?.querySelector("[data-search]");
if (search) {
  search.hidden = false;
  search.addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    form.querySelectorAll("[data-line]").forEach((line) => {
      line.hidden = !words.every((word) => line.dataset.words.includes(word));
    });
  });
  search.querySelector("input").addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
