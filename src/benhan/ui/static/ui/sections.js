/* Sections: folded as this person left them in this form, a rail with how much of each is still empty, values taken over from the
   entry before that wait to be looked at again. What is folded is kept in this browser; it says nothing about a patient. */
"use strict";

(function () {
  const editor = window.benhanEditor;
  if (!editor) return;
  const { form } = editor;
  const rail = document.querySelector("[data-section-rail]");
  const account = (document.querySelector('meta[name="account"]') || { content: "" }).content;
  const key = `benhan-folds-${account}-${form.dataset.form || ""}`;
  const sections = [...form.querySelectorAll("details[data-section]")];

  function kept() {
    try { return JSON.parse(localStorage.getItem(key) || "{}"); } catch { return {}; }
  }
  const folds = kept();
  for (const section of sections) {
    const was = folds[section.dataset.section];
    if (was !== undefined && !section.hasAttribute("data-faulty")) section.open = was;
    section.querySelector("summary").addEventListener("click", () => {
      folds[section.dataset.section] = !section.open;
      try { localStorage.setItem(key, JSON.stringify(folds)); } catch { /* a browser without storage forgets it */ }
    });
  }

  function count() {
    if (!rail) return;
    for (const section of sections) {
      const line = rail.querySelector(`[data-rail-for="${CSS.escape(section.dataset.section)}"]`);
      if (!line) continue;
      line.hidden = section.hidden;
      const box = line.querySelector("[data-missing]");
      const lacking = editor.missing(section).length;
      box.hidden = !lacking;
      if (box.textContent !== String(lacking)) box.textContent = String(lacking);
      line.classList.toggle("is-done", !lacking);
    }
  }
  form.addEventListener("benhan:thought", count);
  count();
  if (rail) {
    rail.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      const section = link && document.getElementById(link.getAttribute("href").slice(1));
      if (!section) return;
      event.preventDefault();
      section.open = true;
      section.scrollIntoView({ block: "start" });
      const first = section.querySelector("input:not([type=hidden]), select, textarea") || section.querySelector("summary");
      first.focus({ preventScroll: true });
    });
    const here = new IntersectionObserver((seen) => {
      for (const entry of seen) {
        const link = rail.querySelector(`[data-rail-for="${CSS.escape(entry.target.dataset.section)}"] a`);
        if (link) link.toggleAttribute("aria-current", entry.isIntersecting);
      }
    }, { rootMargin: "-35% 0px -60% 0px" });
    sections.forEach((section) => here.observe(section));
  }

  /* ---------- values of the entry before ---------- */
  function settle(field) {
    field.classList.add("is-reviewed");
    const box = field.querySelector("[data-review]");
    if (box) box.checked = true;
  }
  form.addEventListener("change", (event) => {
    const field = event.target.closest(".is-carried");
    if (!field) return;
    if (event.target.matches("[data-review]")) field.classList.toggle("is-reviewed", event.target.checked);
    else settle(field);
    count();
  });
  form.addEventListener("keydown", (event) => {
    if (!event.altKey || event.key.toLowerCase() !== "g") return;
    const field = event.target.closest(".is-carried:not(.is-reviewed)") || form.querySelector(".is-carried:not(.is-reviewed)");
    if (!field) return;
    event.preventDefault();
    settle(field);
    editor.changed();
    count();
    const next = form.querySelector(".is-carried:not(.is-reviewed)");
    if (next) (next.querySelector("input:not([type=hidden]):not([data-review]), select, textarea") || next.querySelector("[data-review]")).focus();
  });
})();
