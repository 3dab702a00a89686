/* Ready-made texts while somebody writes: `/` and some letters, or Alt+M, open a list of what fits; Enter puts the text in at the
   caret, Ctrl+Z takes it out again. Its gaps (___ or {tuổi}) are gone through with Tab. The texts are asked for once, when first needed. */
"use strict";

(function () {
  const form = document.querySelector("form[data-editor][data-phrases]");
  if (!form) return;
  const rules = window.benhanRules;
  const words = window.benhan.words();
  const SHOWN = 12, QUERY_MAX = 40;
  const list = document.createElement("ul");
  list.className = "code-list phrase-list";
  list.id = "phrase-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.snippets);
  list.hidden = true;
  const said = document.createElement("div");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.body.append(list, said);
  let phrases = null, asking = null;
  let open = null;  // {el, from}: where what is typed for the list begins
  let gapsIn = null;  // the field whose gaps Tab goes through

  /* ---------- the texts ---------- */
  function ask() {
    asking = asking || fetch(form.dataset.phrases, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
      .then((told) => { phrases = told.snippets.map((s) => ({ ...s, plain: rules.fold(s.key), heard: ` ${rules.fold(`${s.key} ${s.title}`)}`, rest: rules.fold(s.text) })); })
      .catch(() => { asking = null; phrases = null; });
    return asking;
  }
  /* Best first: the key, a key that begins so, a word of the title (or its first letters: pt for phẫu thuật), the text. */
  function fitting(typed) {
    const wanted = rules.fold(typed);
    if (!wanted) return phrases.slice(0, SHOWN);
    const initials = (s) => s.heard.trim().split(/[\s\-/]+/).map((w) => w[0]).join("");
    const rank = (s) => (s.plain === wanted ? 0 : s.plain.startsWith(wanted) ? 1 : s.heard.includes(` ${wanted}`) ? 2 : initials(s).includes(wanted) ? 3 : wanted.length > 1 && (s.heard.includes(wanted) || s.rest.includes(wanted)) ? 4 : 9);
    return phrases.map((s, n) => ({ s, n, r: rank(s) })).filter((x) => x.r < 9).sort((a, b) => a.r - b.r || a.n - b.n).slice(0, SHOWN).map((x) => x.s);
  }

  /* ---------- the list ---------- */
  const isProse = (el) => el && el.matches && el.matches("[data-prose]") && !el.readOnly && !el.disabled;
  const typedFor = () => open.el.value.slice(open.from, open.el.selectionStart);
  function shut() {
    if (!open) return;
    for (const name of ["aria-controls", "aria-activedescendant", "aria-autocomplete", "aria-haspopup"]) open.el.removeAttribute(name);
    open = null;
    list.hidden = true;
    list.replaceChildren();
    said.textContent = "";
  }
  function begin(el, from, slash) {
    shut();
    open = { el, from, slash };
    el.setAttribute("aria-autocomplete", "list");
    el.setAttribute("aria-haspopup", "listbox");
    el.setAttribute("aria-controls", list.id);
    const mine = open;
    ask().then(() => { if (open === mine) draw(); });
  }
  function line(s, n) {
    const li = document.createElement("li");
    li.id = `phrase-${n}`;
    li.setAttribute("role", "option");
    const [key, title, text] = ["b", "span", "small"].map((tag) => document.createElement(tag));
    key.textContent = `/${s.key}`;
    title.textContent = `${s.title} · ${s.from}`;
    text.textContent = s.text.replace(/\s+/g, " ");
    const body = document.createElement("div");
    body.append(title, text);
    li.append(key, body);
    li.phrase = s;
    return li;
  }
  function draw() {
    const found = phrases ? fitting(typedFor()) : [];
    if (!found.length && open.slash) { shut(); return; }  // a slash that is only a slash
    list.replaceChildren(...found.map(line));
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "phrase-none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = phrases ? words.noSnippet : words.network;
      list.append(none);
    }
    list.hidden = false;
    place();
    mark(open.slash && !typedFor() ? -1 : 0);  // a slash at the end of a line and Enter: still a new line
    said.textContent = found.length ? `${found.length} ${words.snippets.toLowerCase()}` : words.noSnippet;
  }
  function place() {
    const at = open.el.getBoundingClientRect();
    const height = list.offsetHeight;
    const below = at.bottom + height <= window.innerHeight - 4;
    const top = below ? at.bottom + 2 : at.top - height - 2 > 0 ? at.top - height - 2 : window.innerHeight - height - 4;
    list.style.top = `${Math.max(0, top)}px`;
    list.style.left = `${Math.max(4, Math.min(at.left, window.innerWidth - list.offsetWidth - 8))}px`;
  }
  const options = () => [...list.children].filter((o) => o.phrase);
  function mark(n) {
    const all = options();
    all.forEach((o, i) => o.setAttribute("aria-selected", String(i === n)));
    if (!all[n]) { open.el.removeAttribute("aria-activedescendant"); return; }
    open.el.setAttribute("aria-activedescendant", all[n].id);
    all[n].scrollIntoView({ block: "nearest" });
  }
  const marked = () => options().findIndex((o) => o.getAttribute("aria-selected") === "true");

  /* ---------- putting in ---------- */
  /* Through the browser's own typing where it can be, so that Ctrl+Z takes it back. */
  function type(el, from, to, text) {
    el.focus();
    el.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) {
      el.setRangeText(text, from, to, "end");
      el.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
    }
  }
  function put(s) {
    const { el } = open;
    const from = open.slash ? open.from - 1 : open.from;
    const to = el.selectionStart;
    shut();
    const text = el.tagName === "TEXTAREA" ? s.text : s.text.replace(/\s*\n\s*/g, " ");
    type(el, from, to, text);
    window.benhan.toast(`${words.snippetPut}: /${s.key}`, "info");
    gapsIn = el;
    if (!step(el, from, from + text.length)) gapsIn = null;
  }
  /* Select the next gap between two places; false when there is none. */
  function step(el, from, to = el.value.length, last = false) {
    const found = rules.gaps(el.value).filter((g) => g.at >= from && g.at + g.gap.length <= to);
    const next = last ? found[found.length - 1] : found[0];
    if (!next) return false;
    el.setSelectionRange(next.at, next.at + next.gap.length);
    return true;
  }

  /* ---------- what is typed ---------- */
  function typed(el, pasted) {
    const before = el.value.slice(0, el.selectionStart);
    if (open && open.el === el && el.selectionStart >= open.from && (!open.slash || el.value[open.from - 1] === "/")) {
      if (/\n/.test(typedFor()) || (open.slash && /\s/.test(typedFor())) || typedFor().length > QUERY_MAX) shut();
      else if (phrases) draw();
      return;
    }
    shut();
    if (!pasted && /(^|[\s(,;.:–-])\/$/.test(before)) begin(el, el.selectionStart, true);
  }
  form.addEventListener("input", (event) => { if (isProse(event.target) && !event.isComposing) typed(event.target, event.inputType === "insertFromPaste"); });
  form.addEventListener("compositionend", (event) => { if (isProse(event.target)) typed(event.target, false); });
  form.addEventListener("keydown", (event) => {
    const el = event.target;
    if (event.altKey && !event.ctrlKey && !event.metaKey && event.key.toLowerCase() === "m" && isProse(el)) {
      event.preventDefault();
      event.stopPropagation();
      const word = /[\p{L}\p{M}\p{N}_-]*$/u.exec(el.value.slice(0, el.selectionStart))[0];
      const from = el.selectionStart;
      const isKey = () => word && phrases && phrases.some((s) => s.plain.startsWith(rules.fold(word)));
      ask().then(() => { if (document.activeElement === el) begin(el, isKey() ? from - word.length : from, false); });
      return;
    }
    if (open && open.el === el && !list.hidden) {
      if (keyOfList(event)) { event.preventDefault(); event.stopPropagation(); }
      return;
    }
    if (event.key === "Tab" && gapsIn === el && !event.altKey && !event.ctrlKey) {
      const moved = event.shiftKey ? step(el, 0, el.selectionStart, true) : step(el, el.selectionEnd);
      if (moved) event.preventDefault(); else gapsIn = null;
    }
  }, true);
  function keyOfList(event) {
    const count = options().length;
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    if (event.key === "Escape") { shut(); return true; }
    if (event.key === "Tab") { shut(); return false; }
    if (!count) return false;
    if (event.key === "ArrowDown") { mark((marked() + 1) % count); return true; }
    if (event.key === "ArrowUp") { mark((marked() - 1 + count) % count); return true; }
    if (event.key !== "Enter") return false;
    const chosen = options()[marked()];
    if (chosen) put(chosen.phrase); else shut();
    return Boolean(chosen);
  }
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("li");
    if (option && option.phrase) put(option.phrase);
  });
  form.addEventListener("focusout", (event) => { if (open && event.target === open.el) shut(); if (gapsIn === event.target) gapsIn = null; });
  window.addEventListener("scroll", () => { if (open && !list.hidden) place(); }, true);
  window.addEventListener("resize", shut);

  window.benhanPhrases = { type };
})();
