/* The list of forms to begin: a few letters of the name (with or without marks) or the number leave only what fits;
   the down arrow goes into the list, Enter takes the one that is marked: what begins with the words, else what holds them together. */
"use strict";

(function () {
  const box = document.querySelector("[data-picker]");
  if (!box) return;
  const find = box.querySelector("[data-picker-find]");
  const none = box.querySelector("[data-picker-none]");
  const offers = [...box.querySelectorAll("[data-words]")];
  const groups = [...box.querySelectorAll("details")];
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").replace(/[(),]/g, " ").toLowerCase().trim();
  const shown = () => offers.filter((b) => !b.hidden && (!b.closest("details") || b.closest("details").open));

  function best() {
    const text = fold(find.value), all = shown();
    return text ? all.find((o) => o.dataset.words.startsWith(text)) || all.find((o) => o.dataset.words.includes(text)) || all[0] : null;
  }
  function narrow() {
    const words = fold(find.value).split(/\s+/).filter(Boolean);
    for (const offer of offers) offer.hidden = !words.every((w) => ` ${offer.dataset.words}`.includes(` ${w}`));
    for (const group of groups) {
      group.hidden = !group.querySelector("[data-words]:not([hidden])");
      group.open = words.length > 0 && !group.hidden;
    }
    const first = best();
    for (const offer of offers) offer.classList.toggle("is-best", offer === first);
    none.hidden = offers.some((o) => !o.hidden);
  }
  function walk(step) {
    const stops = [find, ...shown()];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }
  find.addEventListener("input", narrow);
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); walk(event.key === "ArrowDown" ? 1 : -1); }
    else if (event.key === "Escape" && find.value) { find.value = ""; narrow(); find.focus(); }
    else if (event.key === "Enter" && event.target === find) { event.preventDefault(); const first = best(); if (first) first.click(); }
  });
})();
