/* The frame: shortcuts, focus, dialogs, toasts, htmx manners. No framework, no eval, nothing inline. */
"use strict";

(function () {
  const words = () => (document.getElementById("words") || { dataset: {} }).dataset;
  const editable = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));

  /* ---------- toasts ---------- */
  function toast(text, kind = "info", node = null) {
    const box = document.getElementById("toasts");
    if (!box) return;
    const note = document.createElement("div");
    note.className = `notice notice-${kind}`;
    const body = document.createElement("div");
    if (node) body.append(node); else body.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-quiet";
    close.textContent = words().close || "×";
    close.addEventListener("click", () => note.remove());
    note.append(body, close);
    box.append(note);
    while (box.children.length > 4) box.firstElementChild.remove();
    // What went wrong stays until somebody has read it.
    if (kind !== "danger") setTimeout(() => note.remove(), 8000);
  }

  /* ---------- htmx ---------- */
  function csrfToken() {
    const meta = document.querySelector('meta[name="csrf-token"]');
    return meta ? meta.content : "";
  }
  function refusalText(html) {
    // The server's own refusal page or fragment: its words are taken as text, never as markup.
    const parsed = new DOMParser().parseFromString(html || "", "text/html");
    const message = parsed.querySelector(".refusal-message");
    if (!message) return "";
    const fields = [...parsed.querySelectorAll(".refusal-fields li")].map((li) => li.textContent.trim());
    return [message.textContent.trim(), ...fields].join(" · ");
  }
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status >= 400 && /data-error-fragment/.test(xhr.responseText)) {
      // A refusal must not take the place of the form somebody is filling in.
      event.detail.shouldSwap = false;
      toast(refusalText(xhr.responseText) || words().failed, "danger");
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (/data-error-fragment/.test(xhr.responseText)) return;
    toast(refusalText(xhr.responseText) || words().failed, "danger");
  });
  document.addEventListener("htmx:sendError", () => toast(words().network, "danger"));
  document.addEventListener("htmx:timeout", () => toast(words().tooSlow, "danger"));
  document.addEventListener("toast", (event) => {
    const { text, kind } = event.detail || {};
    if (text) toast(text, kind || "ok");
  });

  /* ---------- dialogs ---------- */
  function openDialog(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    const first = dialog.querySelector("[autofocus], input:not([type=hidden]), select, textarea, button");
    if (first) first.focus();
  }
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) openDialog(opener.dataset.openDialog);
    const closer = event.target.closest("[data-close-dialog]");
    if (closer) closer.closest("dialog").close();
    if (event.target.closest("[data-back]")) history.back();
    if (event.target.closest("[data-print]")) window.print();
    for (const menu of document.querySelectorAll(".person-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  /* ---------- lists: J and K ---------- */
  function moveRow(step) {
    const rows = [...document.querySelectorAll("table.table-dense tbody tr, table.dense tr")].filter((r) => r.querySelector("a[href]"));
    if (!rows.length) return;
    const here = rows.findIndex((r) => r.contains(document.activeElement));
    const next = rows[Math.min(rows.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
    next.querySelector("a[href]").focus();
    next.scrollIntoView({ block: "nearest" });
  }

  /* ---------- shortcuts ---------- */
  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    const finder = document.querySelector("[data-main-search]") || document.getElementById("quick-search");
    if (event.key === "F2" && finder) { event.preventDefault(); finder.focus(); finder.select(); return; }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      const main = document.querySelector("dialog[open] .btn-primary") || document.querySelector("[data-main]");
      if (main && !main.disabled) { event.preventDefault(); main.click(); }
      return;
    }
    if (event.altKey && /^[1-9]$/.test(event.key)) {
      const link = document.querySelectorAll(".rail a")[Number(event.key) - 1];
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (event.altKey && !event.ctrlKey && !event.metaKey) {
      const hot = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
      if (hot && !hot.disabled) { event.preventDefault(); if (hot.tagName === "INPUT") hot.focus(); else hot.click(); return; }
    }
    const arrows = document.activeElement && document.activeElement.closest("[data-arrows]");
    if (arrows && plain && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const items = [...arrows.querySelectorAll("a[href]")];
      const next = items[items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
      return;
    }
    if (!plain || editable(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/" && finder) { event.preventDefault(); finder.focus(); }
    else if (event.key === "?") { event.preventDefault(); openDialog("keyboard-help"); }
    else if (event.key === "j") moveRow(1);
    else if (event.key === "k") moveRow(-1);
  });

  /* ---------- small manners ---------- */
  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-check-all]");
    if (all) document.querySelectorAll(all.dataset.checkAll).forEach((box) => { box.checked = all.checked; });
  });
  function grow(area) {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 600)}px`;
  }
  document.addEventListener("input", (event) => { if (event.target.matches("textarea[data-grow]")) grow(event.target); });
  // A second press must not send a form twice; what takes longer than a moment shows that it goes on.
  function showWork() {
    const bar = document.createElement("div");
    bar.className = "working";
    bar.setAttribute("role", "status");
    const progress = document.createElement("progress");
    progress.setAttribute("aria-label", words().working || "…");
    bar.append(progress, words().working || "…");
    document.body.append(bar);
  }
  let workTimer = 0;
  function atRest() {
    clearTimeout(workTimer);
    document.querySelectorAll(".working").forEach((bar) => bar.remove());
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const leaves = form.method === "post" && !form.target && !form.hasAttribute("hx-post");
    if (leaves) workTimer = setTimeout(showWork, 600);
    setTimeout(() => { delete form.dataset.sent; }, leaves ? 20000 : 4000);
  });
  window.addEventListener("pageshow", atRest);
  window.addEventListener("keydown", (event) => { if (event.key === "Escape") atRest(); });
  function ready(root) {
    root.querySelectorAll("textarea[data-grow]").forEach((area) => { if (area.value) grow(area); });
    const focus = root.querySelector("[data-focus]");
    if (focus) focus.focus();
  }
  document.addEventListener("htmx:load", (event) => ready(event.detail.elt));
  // A link of the error summary opens the folded section of its field first.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    if (!link) return;
    const target = document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    for (let el = target; el; el = el.parentElement) if (el.tagName === "DETAILS") el.open = true;
    (target.matches("fieldset") ? target.querySelector("input") || target : target).focus();
    target.scrollIntoView({ block: "center" });
  });
  ready(document);

  // A text that was sent is kept in this browser until another page of the same person shows that the server took it:
  // not the log-in, which comes instead when the session had ended, and not a refusal. Ward PCs are shared.
  function dropSentCopies() {
    const account = document.querySelector('meta[name="account"]');
    if (!account || !account.content || document.querySelector("form[data-editor], .refusal")) return;
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(`benhan-draft-${account.content}-`) && JSON.parse(localStorage.getItem(name)).sent) localStorage.removeItem(name);
      }
    } catch { /* a browser without storage has kept nothing */ }
  }
  dropSentCopies();

  window.benhan = { toast, csrfToken, words, openDialog, refusalText };
})();
