/* Papers that leave the house are not abbreviated: each shortened word of a text is named under its field, with a button and a
   key (Alt+V) that write it out. Nothing is refused and nothing is changed unasked. The server finds the same (forms/wording.py). */
"use strict";

(function () {
  const form = document.querySelector("form[data-editor]");
  const kept = form && form.querySelector("template[data-abbreviations]");
  if (!kept) return;
  const words = window.benhan.words();
  const full = new Map(Object.entries(JSON.parse(kept.dataset.abbreviations)));
  const find = window.benhanRules.finder([...full.keys()], JSON.parse(kept.dataset.allowed));
  const AFTER_MS = 400;
  const waiting = new WeakMap();
  const isProse = (el) => el.matches && el.matches("[data-prose]");

  /* At the beginning of a text, a line or a sentence the full words begin with a capital. */
  function spelled(text, at, word) {
    const whole = full.get(word);
    return /(^|[.!?…]\s+|\n[\s\-–+*•]*)$/u.test(text.slice(0, at)) || /^[\s\-–+*•]*$/u.test(text.slice(0, at)) ? whole[0].toUpperCase() + whole.slice(1) : whole;
  }
  function writeOut(el, chosen = null) {
    const text = el.value.normalize("NFC");
    const found = find(text).filter((w) => w.listed && (chosen === null || w.word === chosen));
    if (!found.length) return;
    let done = "", from = 0;
    for (const w of found) { done += text.slice(from, w.at) + spelled(text, w.at, w.word); from = w.at + w.word.length; }
    done += text.slice(from);
    window.benhanPhrases.type(el, 0, el.value.length, done);
    look(el);
    window.benhan.toast(`${words.expanded}: ${[...new Set(found.map((w) => w.word))].join(", ")}`, "ok");
  }

  /* ---------- what stands under a field ---------- */
  function boxOf(el, make) {
    let box = el.parentElement.querySelector(":scope > .short-words");
    if (!box && make) {
      box = document.createElement("div");
      box.className = "short-words";
      box.id = `${el.id}-short`;
      box.setAttribute("role", "status");
      el.after(box);
    }
    return box;
  }
  function tie(el, id, on) {
    const ties = new Set((el.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    if (on) ties.add(id); else ties.delete(id);
    if (ties.size) el.setAttribute("aria-describedby", [...ties].join(" ")); else el.removeAttribute("aria-describedby");
  }
  function item(el, word, listed) {
    const part = document.createElement("span");
    part.className = "short-word";
    const name = document.createElement("b");
    name.textContent = word;
    part.append(name, listed ? ` ${full.get(word)} ` : ` ${words.notListed}`);
    if (listed) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-secondary btn-sm";
      button.dataset.writeOut = word;
      button.textContent = words.writeOut;
      button.title = `${words.writeOut}: ${word} → ${full.get(word)} (Alt+V)`;
      part.append(button);
    }
    return part;
  }
  function look(el) {
    const found = el.value ? find(el.value) : [];
    const each = new Map(found.map((w) => [w.word, w.listed]));
    const box = boxOf(el, each.size > 0);
    if (!box) return;
    const told = [...each.keys()].join("|");
    if (box.dataset.told === told) return;
    box.dataset.told = told;
    box.hidden = !each.size;
    tie(el, box.id, each.size > 0);
    if (!each.size) { box.replaceChildren(); return; }
    const lead = document.createElement("span");
    lead.textContent = `${words.notAllowed}:`;
    box.replaceChildren(lead, ...[...each].map(([word, listed]) => item(el, word, listed)));
    if ([...each.values()].some(Boolean)) { const key = document.createElement("kbd"); key.textContent = "Alt+V"; box.append(key); }
  }
  form.addEventListener("input", (event) => {
    if (!isProse(event.target)) return;
    clearTimeout(waiting.get(event.target));
    waiting.set(event.target, setTimeout(() => look(event.target), AFTER_MS));
  });
  form.addEventListener("change", (event) => { if (isProse(event.target)) look(event.target); });
  form.addEventListener("benhan:filled", () => form.querySelectorAll("[data-prose]").forEach(look));
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-write-out]");
    if (button) writeOut(button.closest(".short-words").previousElementSibling, button.dataset.writeOut);
  });
  form.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.key.toLowerCase() !== "v") return;
    event.preventDefault();
    event.stopPropagation();
    if (isProse(event.target)) writeOut(event.target);
  });
  form.querySelectorAll("[data-prose]").forEach((el) => { if (el.value) look(el); });
})();
