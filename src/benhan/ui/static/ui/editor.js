/* The form editor: saves the draft by itself, grows tables, finds codes, checks what is typed, jumps to what is missing.
   What is typed goes to the server within two seconds. Only while the server is away is a copy kept in this browser,
   marked with the account, for at most a day, and taken away as soon as the server has it: ward PCs are shared.
   What is asked when, and what a score comes to, is rules.js; sections, grids, marks and phrases have files of their own. */
"use strict";

(function () {
  const form = document.querySelector("form[data-editor]");
  if (!form) return;
  const SAVE_AFTER_MS = 1200;
  const RETRY_MS = 5000;
  const KEEP_MS = 24 * 3600 * 1000;
  const words = window.benhan.words();
  const rules = window.benhanRules;
  const stateBox = form.querySelector("[data-save-state]");
  const account = (document.querySelector('meta[name="account"]') || { content: "" }).content;
  const PREFIX = "benhan-draft-";
  const key = `${PREFIX}${account}-${form.dataset.editor}`;
  let timer = null, dirty = false, busy = false, sending = false;

  /* ---------- saving ---------- */
  function say(text, state) {
    if (!stateBox) return;
    stateBox.textContent = text;
    stateBox.dataset.state = state;
  }
  const body = () => new URLSearchParams(new FormData(form));
  function keep(sent = false) {
    try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), data: body().toString(), sent })); return true; }
    catch { say(form.dataset.noLocal || words.unsaved, "offline"); return false; }
  }
  function forget() {
    try { localStorage.removeItem(key); } catch { /* a browser without storage has nothing to forget */ }
  }
  function dropForeignCopies() {
    try {
      for (const name of Object.keys(localStorage)) {
        if (!name.startsWith(PREFIX)) continue;
        const kept = JSON.parse(localStorage.getItem(name) || "{}");
        if (!kept.at || Date.now() - kept.at > KEEP_MS || !name.startsWith(`${PREFIX}${account}-`)) localStorage.removeItem(name);
      }
    } catch { /* no storage */ }
  }
  async function save() {
    if (busy) { timer = setTimeout(save, 400); return; }
    busy = true;
    dirty = false;
    say(words.saving, "saving");
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: body(), credentials: "same-origin", redirect: "manual",
        headers: { Accept: "application/json", "X-CSRFToken": window.benhan.csrfToken() },
      });
      if (answer.type === "opaqueredirect" || answer.status === 401) { keep(); dirty = true; say(words.sessionOver, "offline"); return; }
      const told = await answer.json().catch(() => ({}));
      if (answer.status === 422 || answer.ok) { forget(); show(told.fields || []); }
      if (answer.ok) { say(told.message || words.saved, "saved"); form.dispatchEvent(new CustomEvent("benhan:kept")); }
      else if (answer.status >= 500) throw new Error(String(answer.status));
      else { dirty = true; keep(); say(told.message || words.failed, "offline"); }  // refused: say why, keep the text
    } catch {
      dirty = true;
      keep();
      say(words.offline, "offline");
      clearTimeout(timer);
      timer = setTimeout(save, RETRY_MS);
    } finally { busy = false; }
  }
  function changed() {
    if (!dirty) say(words.unsaved, "unsaved");
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  }
  let thinking = 0;
  form.addEventListener("input", (event) => {
    if (!event.target.name) return;
    check(event.target, true);
    clearTimeout(thinking);
    thinking = setTimeout(think, 120);
    changed();
  });
  form.addEventListener("change", (event) => { if (event.target.name) { check(event.target); think(); changed(); } });
  // The copy stays until a page after this one shows that the server took it (benhan.js): the session may have ended.
  form.addEventListener("submit", () => { sending = true; clearTimeout(timer); if (dirty || busy) keep(true); else forget(); });
  window.addEventListener("beforeunload", (event) => { if (dirty && !sending) { keep(); event.preventDefault(); } });
  window.addEventListener("pageshow", () => { sending = false; });
  window.addEventListener("online", () => { if (dirty) save(); });

  /* ---------- a copy left from a lost connection or a crash ---------- */
  function fill(data) {
    const values = new Map();
    for (const [name, value] of new URLSearchParams(data)) {
      if (name === "csrfmiddlewaretoken") continue;
      values.set(name, [...(values.get(name) || []), value]);
    }
    for (const name of values.keys()) makeRoomFor(name);
    form.querySelectorAll("[data-diagram]").forEach((box) => {
      box.dispatchEvent(new CustomEvent("benhan:marks", { detail: values.get(box.dataset.name) || [] }));
      values.delete(box.dataset.name);
    });
    for (const [name, given] of values) {
      form.querySelectorAll(`[name="${CSS.escape(name)}"]`).forEach((el) => {
        if (el.type === "radio" || el.type === "checkbox") el.checked = given.includes(el.value);
        else if (el.multiple) [...el.options].forEach((o) => { o.selected = given.includes(o.value); });
        else el.value = given[0];
      });
    }
    form.dispatchEvent(new CustomEvent("benhan:filled"));
    think();
    changed();
  }
  function offerCopy() {
    let left = null;
    try { left = JSON.parse(localStorage.getItem(key) || "null"); } catch { return; }
    if (!left || left.at <= Number(form.dataset.savedAt || 0)) { forget(); return; }
    const note = document.createElement("div");
    note.className = "notice notice-warn";
    note.setAttribute("role", "alert");
    const text = document.createElement("div");
    text.textContent = `${words.restore} ${new Date(left.at).toLocaleTimeString("vi-VN")}. `;
    for (const [label, act] of [[words.restoreYes, () => { fill(left.data); say(words.restored, "unsaved"); }], [words.restoreNo, forget]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-secondary";
      button.textContent = label;
      button.addEventListener("click", () => { act(); note.remove(); });
      text.append(button, " ");
    }
    note.append(text);
    form.prepend(note);
  }

  /* ---------- faults told by the server ---------- */
  function show(fields) {
    for (const { path, message } of fields) {
      const place = form.querySelector(`[id="f-${CSS.escape(path.replace(/\./g, "-"))}-error"]`);
      if (place) { place.textContent = message; place.hidden = false; place.closest(".field, td").classList.add("has-error"); }
    }
  }

  /* ---------- what is typed: numbers, dates ---------- */
  const two = (n) => String(n).padStart(2, "0");
  function tidyDate(text, withTime) {
    const digits = text.replace(/\D/g, "");
    let m = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?:[ T,]+(\d{1,2})[:hg.](\d{1,2})?)?$/.exec(text.trim());
    if (!m && /^\d+$/.test(text.trim()) && (digits.length === 8 || digits.length === 12)) {
      m = [null, digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 8), digits.slice(8, 10), digits.slice(10, 12)];
    }
    if (!m) return null;
    const year = m[3].length === 2 ? `20${m[3]}` : m[3];
    const day = `${two(m[1])}/${two(m[2])}/${year}`;
    return withTime && m[4] ? `${day} ${two(m[4])}:${two(m[5] || "00")}` : day;
  }
  function warn(el, text, wrong = false) {
    let note = el.parentElement.querySelector(":scope > .field-warning");
    if (!text) { if (note) note.remove(); return; }
    if (!note) {
      note = document.createElement("span");
      note.className = "field-warning";
      note.setAttribute("role", "status");
      el.parentElement.append(note);
    }
    note.textContent = text;
    note.classList.toggle("is-wrong", wrong);
  }
  /* `typing`: what is still being typed is not tidied, and only told when no more keys could mend it. */
  function check(el, typing = false) {
    const value = (el.value || "").trim();
    const kind = el.dataset.kind;
    if (kind === "number") checkNumber(el, value, typing);
    else if (kind === "time") {
      const tidy = value ? rules.time(value) : "";
      if (tidy && !typing) el.value = tidy;
      if (!typing || tidy !== null) warn(el, tidy === null ? words.notTime : "");
    } else if (kind === "date" || kind === "datetime") {
      const tidy = value ? tidyDate(value, kind === "datetime") : "";
      if (tidy && !typing) el.value = tidy;
      const wrong = value && tidy === null && !/^(\d{1,2}\/)?\d{4}$/.test(value);
      if (!typing || !wrong) warn(el, wrong ? words.notDate : "");
    } else if (el.dataset.length) {
      const over = el.value.length > Number(el.dataset.length);
      warn(el, over ? `${words.tooLong} ${el.value.length.toLocaleString("vi-VN")} / ${Number(el.dataset.length).toLocaleString("vi-VN")}` : "");
    }
  }
  const spoken = (n) => String(n).replace(".", ",");
  function checkNumber(el, value, typing) {
    const plain = rules.number(value);
    if (value && plain === null) { if (!typing || !/^-?\d*[.,]?$/.test(value)) warn(el, words.notNumber); return; }
    if (!typing && /^-?\d+\.\d+$/.test(value)) el.value = value.replace(".", ",");
    const { min, max, low, high } = el.dataset;
    if (!value) warn(el, "");
    else if (max !== undefined && plain > Number(max)) warn(el, `${words.atMost} ${spoken(max)}`, true);
    else if (min !== undefined && plain < Number(min)) { if (!typing) warn(el, `${words.atLeast} ${spoken(min)}`, true); }
    else if (low !== undefined && (plain > Number(high) || (plain < Number(low) && !typing))) warn(el, el.closest("td") ? `${words.usual} ${spoken(low)}–${spoken(high)}` : `${words.outOfRange} (${spoken(low)}–${spoken(high)})`);
    else warn(el, "");
  }
  /* What a number may be, while its field is typed in. */
  function tellRange(el) {
    const { min, max, low, high, unit } = el.dataset;
    const said = [low !== undefined ? `${words.usual} ${spoken(low)}–${spoken(high)}` : "", max !== undefined ? `${words.taken} ${spoken(min || 0)}–${spoken(max)}` : ""].filter(Boolean);
    if (!said.length) return;
    const note = document.createElement("span");
    note.className = "range-hint";
    note.textContent = `${said.join("; ")}${unit ? ` ${unit}` : ""}`;
    el.parentElement.append(note);
  }
  form.addEventListener("focusin", (event) => { if (event.target.dataset.kind === "number") tellRange(event.target); });
  form.addEventListener("focusout", () => form.querySelectorAll(".range-hint").forEach((note) => note.remove()));
  function putNow(el) {
    const now = new Date();
    const day = `${two(now.getDate())}/${two(now.getMonth() + 1)}/${now.getFullYear()}`;
    const clock = `${two(now.getHours())}:${two(now.getMinutes())}`;
    el.value = { time: clock, date: day, datetime: `${day} ${clock}` }[el.dataset.kind];
    el.dispatchEvent(new Event("change", { bubbles: true }));
    el.focus();
  }

  /* ---------- what hangs on other answers: scores first, because conditions may ask about them ---------- */
  const idOf = (name) => `f-${name.replace(/\./g, "-")}`;
  function valueOf(name) {
    const own = document.getElementById(idOf(name));
    if (own && own.tagName === "OUTPUT") return own.dataset.value ? Number(own.dataset.value) : null;
    const found = form.elements.namedItem(name);
    if (!found) return null;
    const all = found instanceof RadioNodeList ? [...found] : [found];
    if (/radio|checkbox/.test(all[0].type)) {
      const chosen = all.filter((el) => el.checked).map((el) => el.value);
      return !chosen.length ? null : all[0].type === "radio" ? chosen[0] : chosen;
    }
    if (all[0].multiple) return all[0].value ? [...all[0].selectedOptions].map((o) => o.value) : null;
    const text = all[0].value.trim();
    if (!text) return null;
    return all[0].dataset.kind === "number" ? rules.number(text) ?? text : text;
  }
  function pointsOf(name) {
    const own = document.getElementById(idOf(name));
    const found = form.elements.namedItem(name);
    const all = found instanceof RadioNodeList ? [...found] : found ? [found] : [];
    if (!all.length || (own && own.tagName === "OUTPUT") || all[0].dataset.kind === "number") {
      const value = valueOf(name);
      if (typeof value !== "number") return null;
      // A number may count by intervals: the points of the first that reaches it; beyond the last, nothing.
      if (!all.length || !all[0].dataset.intervals) return value;
      const reached = JSON.parse(all[0].dataset.intervals).find(([upto]) => upto === null || value <= upto);
      return reached ? reached[1] : null;
    }
    const chosen = all[0].options ? [...all[0].selectedOptions].filter((o) => o.value) : all.filter((el) => el.checked);
    if (!chosen.length || chosen.some((el) => el.dataset.points === undefined)) return null;
    return chosen.reduce((sum, el) => sum + Number(el.dataset.points), 0);
  }
  const read = new WeakMap();
  function ruleOf(el, text) {
    if (!read.has(el)) read.set(el, JSON.parse(text));
    return read.get(el);
  }
  const beside = (own, name) => `${own.slice(0, own.lastIndexOf("."))}.${name}`;
  function scores() {
    form.querySelectorAll("output[data-score]").forEach((out) => {
      const rule = ruleOf(out, out.dataset.score);
      const value = rules.score(rule, (name) => pointsOf(beside(out.dataset.scoreName, name)));
      const band = rules.band(rule.bands, value);
      out.dataset.value = value === null ? "" : String(value);
      out.querySelector("b").textContent = value === null ? "–" : spoken(value);
      const said = out.querySelector(".score-band");
      said.textContent = band ? band.label : "";
      said.className = `score-band${band ? ` state state-${{ ok: "ok", warning: "warn", danger: "danger" }[band.level]}` : ""}`;
    });
  }
  function conditions() {
    form.querySelectorAll("[data-show-if]").forEach((field) => {
      const own = field.dataset.field;
      const shown = rules.holds(ruleOf(field, field.dataset.showIf), (name) => valueOf(name.includes(".") ? name : beside(own, name)));
      if (field.tagName === "TD") field.classList.toggle("is-off", !shown);
      else field.hidden = !shown;
    });
  }
  function think() {
    scores();
    conditions();
    form.dispatchEvent(new CustomEvent("benhan:thought"));
  }

  /* ---------- rows ---------- */
  function nextNumber(holder) {
    const names = [...holder.querySelectorAll(":scope > [data-rows] [name], :scope > .table-scroll [data-rows] [name]")].map((el) => el.name);
    const sample = holder.querySelector("template").innerHTML.match(/name="([^"]*?)__row__/);
    const start = sample ? sample[1] : "";
    const used = names.filter((n) => n.startsWith(start)).map((n) => parseInt(n.slice(start.length), 10)).filter(Number.isInteger);
    return used.length ? Math.max(...used) + 1 : 0;
  }
  function rowsOf(holder) { return holder.querySelector(":scope > [data-rows], :scope > .table-scroll [data-rows]"); }
  function addRow(holder, number = nextNumber(holder)) {
    // Only the outermost __row__ of each name is ours: a table inside a repeated part keeps its own.
    const html = holder.querySelector(":scope > template").innerHTML
      .replace(/="([^"]*?)__row__/g, (_, before) => `="${before}${number}`);
    const made = document.createElement("template");
    made.innerHTML = html;
    const row = made.content.querySelector("[data-row]");
    rowsOf(holder).append(row);
    form.dispatchEvent(new CustomEvent("benhan:row", { detail: row }));
    return row;
  }
  function makeRoomFor(name) {
    if (form.querySelector(`[name="${CSS.escape(name)}"]`)) return;
    form.querySelectorAll("[data-grows]").forEach((holder) => {
      const sample = holder.querySelector(":scope > template").innerHTML.match(/name="([^"]*?)__row__/);
      const m = sample && name.startsWith(sample[1]) ? /^(\d{1,4})\./.exec(name.slice(sample[1].length)) : null;
      if (m && !form.querySelector(`[name^="${CSS.escape(`${sample[1]}${m[1]}.`)}"]`)) addRow(holder, Number(m[1]));
    });
  }
  function focusIn(row) {
    const first = row && row.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
  }
  function grow(holder) {
    focusIn(addRow(holder));
    window.benhan.toast(words.rowAdded, "info");
  }
  function remove(row) {
    const neighbour = row.nextElementSibling || row.previousElementSibling;
    const holder = row.closest("[data-grows]");
    row.remove();
    focusIn(neighbour || addRow(holder));
    changed();
  }
  form.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    if (add) { event.preventDefault(); focusIn(addRow(add.closest("[data-grows]"))); }
    const gone = event.target.closest("[data-remove-row]");
    if (gone) { event.preventDefault(); remove(gone.closest("[data-row]")); }
    const now = event.target.closest("[data-now]");
    if (now) putNow(now.parentElement.querySelector("input"));
  });
  // A radio button pressed again is taken back: a wrong tick must not stay only because another one would be wrong too.
  form.addEventListener("pointerdown", (event) => {
    const radio = event.target.closest("label") && event.target.closest("label").querySelector("input[type=radio]");
    if (radio) radio.dataset.was = radio.checked ? "1" : "";
  });
  form.addEventListener("click", (event) => {
    if (event.target.type === "radio" && event.target.dataset.was) { event.target.checked = false; event.target.dataset.was = ""; think(); changed(); }
  });

  /* ---------- keys ---------- */
  const filled = (row) => [...row.querySelectorAll("input:not([type=hidden]), select, textarea")].some((el) => (/radio|checkbox/.test(el.type) ? el.checked : el.value));
  function lacks(el) {
    if (el.closest("[hidden], .is-off") || el.type === "hidden") return false;
    if (el.matches("[data-review]")) return !el.checked;
    if (el.tagName === "FIELDSET") return !el.querySelector("input:checked");
    if (el.closest(".has-error")) return true;
    if (el.matches("[data-part-typed]")) return !el.closest("[data-diagram]").querySelector("[data-marks] input[type=hidden]");
    const row = el.closest("tr[data-row]");
    if (row && !row.closest("table").querySelector("tbody th") && !filled(row)) {
      // An empty line lacks nothing; a table that must not be empty lacks its first cell.
      const holder = row.closest("[data-grid], [data-grows]");
      return holder.hasAttribute("data-needed-table") && ![...rowsOf(holder).children].some(filled) && el === row.querySelector("input, select, textarea");
    }
    return el.hasAttribute("data-needed") && !el.value;
  }
  const MAY_LACK = ".has-error input, .has-error select, .has-error textarea, [data-needed], [data-review], [data-needed-table] tr[data-row]:first-child td:first-child > :first-child, [data-needed-table] tr[data-row]:first-child td:first-child input";
  const missing = (root = form) => [...root.querySelectorAll(MAY_LACK)].filter((el) => el.matches("input, select, textarea, fieldset") && lacks(el));
  function jump() {
    const all = missing();
    if (!all.length) { window.benhan.toast(words.noneMissing, "ok"); return; }
    const here = document.activeElement;
    const next = all.find((el) => here.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING && !el.contains(here)) || all[0];
    for (let el = next; el; el = el.parentElement) if (el.tagName === "DETAILS") el.open = true;
    (next.tagName === "FIELDSET" ? next.querySelector("input") : next).focus();
    next.scrollIntoView({ block: "center" });
  }
  form.addEventListener("keydown", (event) => {
    const holder = event.target.closest("[data-grows]");
    if (event.altKey && event.key === "Enter" && holder) { event.preventDefault(); grow(holder); }
    else if (event.altKey && event.key === "Delete" && holder) { event.preventDefault(); remove(event.target.closest("[data-row]")); }
    else if (event.altKey && event.key.toLowerCase() === "n") { event.preventDefault(); event.stopPropagation(); jump(); }
    else if (event.altKey && event.key.toLowerCase() === "t" && /date|time/.test(event.target.dataset.kind)) { event.preventDefault(); putNow(event.target); }
    else if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); form.requestSubmit(form.querySelector("[data-main]")); }
    else if (event.key === "Enter" && event.target.tagName === "INPUT" && !event.altKey) {
      // Enter inside a field must not send a half-written sheet; it goes on to the next field.
      if (event.defaultPrevented) return;
      event.preventDefault();
      if (event.target.type === "checkbox" && event.target.dataset.review !== undefined) { event.target.click(); return; }
      const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((el) => el.offsetParent !== null);
      const next = fields[fields.indexOf(event.target) + 1];
      if (next) next.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (form.contains(event.target) || document.querySelector("dialog[open]")) return;
    if (event.altKey && event.key.toLowerCase() === "n") { event.preventDefault(); jump(); }
    else if (event.ctrlKey && event.key === "Enter" && event.target === document.body) { event.preventDefault(); form.requestSubmit(form.querySelector("[data-main]")); }
  });

  /* ---------- codes: a combobox; the list comes from the server ---------- */
  const asked = new WeakMap();
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  function closeList(input) {
    const list = listOf(input);
    if (list) { list.hidden = true; list.replaceChildren(); }
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function pick(input, option) {
    input.value = option.dataset.code;
    const name = input.parentElement.querySelector(".code-name");
    if (name) name.textContent = option.dataset.name;
    const to = input.dataset.nameTo && form.querySelector(`[name="${CSS.escape(input.dataset.nameTo)}"]`);
    if (to && !to.value) to.value = option.dataset.name;
    closeList(input);
    changed();
  }
  async function ask(input) {
    const text = input.value.trim();
    const name = input.parentElement.querySelector(".code-name");
    if (name) name.textContent = "";
    if (!text || !input.dataset.codes) { closeList(input); return; }
    try {
      const answer = await fetch(`${input.dataset.codes}&q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      const told = answer.ok ? await answer.json() : { codes: [] };
      if (input.value.trim() !== text || document.activeElement !== input) return;
      draw(input, told.codes);
    } catch { closeList(input); }
  }
  function draw(input, codes) {
    const list = listOf(input);
    list.replaceChildren(...codes.map((c, n) => {
      const li = document.createElement("li");
      li.id = `${list.id}-${n}`;
      li.setAttribute("role", "option");
      li.dataset.code = c.code;
      li.dataset.name = c.name;
      const b = document.createElement("b");
      b.textContent = c.code;
      li.append(b, document.createTextNode(c.name));
      return li;
    }));
    list.hidden = !codes.length;
    input.setAttribute("aria-expanded", String(codes.length > 0));
    input.removeAttribute("aria-activedescendant");
    const same = codes.find((c) => c.code === input.value.trim().toUpperCase());
    const name = input.parentElement.querySelector(".code-name");
    if (same && name) name.textContent = same.name;
  }
  form.addEventListener("input", (event) => {
    const input = event.target.closest("input[data-codes]");
    if (!input) return;
    clearTimeout(asked.get(input));
    asked.set(input, setTimeout(() => ask(input), 160));
  });
  form.addEventListener("keydown", (event) => {
    const input = event.target.closest("input[data-codes]");
    const list = input && listOf(input);
    if (!list || list.hidden) return;
    const all = [...list.children];
    const now = all.findIndex((o) => o.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = all[(now + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length];
      all.forEach((o) => o.setAttribute("aria-selected", String(o === next)));
      input.setAttribute("aria-activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      pick(input, all[Math.max(now, 0)]);
    } else if (event.key === "Escape") { event.stopPropagation(); closeList(input); }
  }, true);
  form.addEventListener("pointerdown", (event) => {
    const option = event.target.closest(".code-list li");
    if (!option) return;
    event.preventDefault();
    pick(option.closest(".code-box").querySelector("input"), option);
  });
  form.addEventListener("focusout", (event) => { if (event.target.matches("input[data-codes]")) closeList(event.target); });

  window.benhanEditor = { form, changed, check, think, warn, missing, jump, rowsOf, addRow, focusIn, valueOf };
  dropForeignCopies();
  think();
  offerCopy();
})();
