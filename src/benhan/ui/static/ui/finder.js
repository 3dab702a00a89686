/* Looking somebody up while typing: keys pressed ahead of the server's answer wait for it, so that a fast typist
   never opens the person who was listed for the first half of a name. */
"use strict";

(function () {
  const boxOf = (el) => (el && el.closest && el.closest("[data-finding]"));
  const fieldOf = (box) => box.querySelector("[data-finder]");
  const listOf = (box) => document.querySelector(fieldOf(box).getAttribute("hx-target"));
  const linksOf = (box) => [...listOf(box).querySelectorAll("a[href]")];
  const asked = (box) => fieldOf(box).value.trim();
  const isAnswered = (box) => (listOf(box).dataset.answered || "") === asked(box);
  const ahead = new WeakMap();

  function walk(box, step) {
    const stops = [fieldOf(box), ...linksOf(box)];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }
  function enter(box) {
    const links = linksOf(box);
    if (links.includes(document.activeElement)) document.activeElement.click();
    else if (links.length === 1) links[0].click();
    else if (fieldOf(box).form) fieldOf(box).form.requestSubmit();
  }
  function act(box, key) {
    if (key === "Enter") enter(box); else walk(box, key === "ArrowDown" ? 1 : -1);
  }
  function empty(box) {
    const list = listOf(box);
    list.replaceChildren();
    delete list.dataset.answered;
    list.removeAttribute("aria-busy");
  }

  document.addEventListener("keydown", (event) => {
    const box = boxOf(event.target);
    if (!box || event.ctrlKey || event.altKey || event.metaKey) return;
    const field = fieldOf(box);
    if (event.key === "Escape" && box.matches(".quick-search")) { event.stopPropagation(); empty(box); field.value = ""; field.focus(); return; }
    if (!["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    if (event.key === "Enter" && event.target !== field) return;
    event.preventDefault();
    if (isAnswered(box)) { act(box, event.key); return; }
    if (!ahead.has(box)) { ahead.set(box, []); window.htmx.trigger(field, "search"); }
    ahead.get(box).push(event.key);
  });
  document.addEventListener("input", (event) => {
    const box = boxOf(event.target);
    if (!box || event.target !== fieldOf(box)) return;
    ahead.delete(box);
    listOf(box).setAttribute("aria-busy", String(!isAnswered(box)));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = event.detail.requestConfig && boxOf(event.detail.requestConfig.elt);
    if (!box || event.detail.xhr.status >= 400) return;
    const answers = String(event.detail.requestConfig.parameters.q || "").trim();
    // An answer to what was typed before, or once more the same: the list, and the focus in it, stay.
    if (answers !== asked(box) || (answers && isAnswered(box))) { event.detail.shouldSwap = false; return; }
    listOf(box).dataset.answered = answers;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const box = event.detail.requestConfig && boxOf(event.detail.requestConfig.elt);
    if (!box || event.target !== listOf(box) || !isAnswered(box)) return;
    listOf(box).removeAttribute("aria-busy");
    const keys = ahead.get(box) || [];
    ahead.delete(box);
    keys.forEach((key) => act(box, key));
  });
  for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(failed, (event) => { const box = boxOf(event.detail.elt); if (box) ahead.delete(box); });
  }
  document.addEventListener("click", (event) => {
    document.querySelectorAll(".quick-search[data-finding]").forEach((box) => { if (!box.contains(event.target)) empty(box); });
  });
})();
