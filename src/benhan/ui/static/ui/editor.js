// The editor: saves the draft by itself, keeps a copy in the browser while the server is away, grows tables, finds codes.
(function () {
  "use strict";
  var form = document.querySelector("form[data-editor]");
  if (!form) return;
  var state = form.querySelector("[data-save-state]"), key = "benhan-draft-" + form.dataset.editor, timer = null, dirty = false, busy = false;
  function say(text, bad) { if (state) { state.textContent = text; state.classList.toggle("bad", !!bad); } }
  function body() { return new URLSearchParams(new FormData(form)); }
  function keep() { try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), data: body().toString() })); } catch (e) { say(form.dataset.noLocal, true); } }
  function save() {
    if (busy) { timer = setTimeout(save, 500); return; }
    busy = true; dirty = false;
    fetch(form.dataset.autosave, { method: "POST", body: body(), headers: { "Accept": "application/json" }, credentials: "same-origin" })
      .then(function (r) { if (!r.ok) throw new Error(r.status); return r.json(); })
      .then(function (answer) { say(answer.message); if (!dirty) localStorage.removeItem(key); })
      .catch(function () { keep(); say(form.dataset.offline, true); dirty = true; timer = setTimeout(save, 5000); })
      .finally(function () { busy = false; });
  }
  function changed() { dirty = true; keep(); clearTimeout(timer); timer = setTimeout(save, 1200); }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", function () { dirty = false; clearTimeout(timer); localStorage.removeItem(key); });
  window.addEventListener("beforeunload", function (e) { if (dirty) { keep(); e.preventDefault(); } });
  // A copy from a crashed tab is put back by itself when it is newer than the server's draft.
  try {
    var left = JSON.parse(localStorage.getItem(key) || "null");
    if (left && left.at > Number(form.dataset.savedAt || 0)) {
      new URLSearchParams(left.data).forEach(function (value, name) {
        if (name === "csrfmiddlewaretoken") return;
        form.querySelectorAll('[name="' + CSS.escape(name) + '"]').forEach(function (el) {
          if (el.type === "radio" || el.type === "checkbox") { if (el.value === value) el.checked = true; } else el.value = value;
        });
      });
      say(form.dataset.restored); changed();
    }
  } catch (e) { say(form.dataset.noLocal, true); }
  // Tables and repeated parts grow by a button or Alt+Enter inside them.
  function addRow(holder) {
    var template = holder.querySelector("template"), count = holder.querySelectorAll("[data-row]").length;
    var html = template.innerHTML.replace(/__row__/g, String(count));
    var target = holder.querySelector("[data-rows]");
    target.insertAdjacentHTML("beforeend", html);
    var first = target.lastElementChild.querySelector("input, select, textarea");
    if (first) first.focus();
  }
  form.addEventListener("click", function (e) {
    var add = e.target.closest("[data-add-row]");
    if (add) { e.preventDefault(); addRow(add.closest("[data-grows]")); }
  });
  form.addEventListener("keydown", function (e) {
    if (e.altKey && e.key === "Enter") { var holder = e.target.closest("[data-grows]"); if (holder) { e.preventDefault(); addRow(holder); } }
    if (e.altKey && e.key.toLowerCase() === "n") {
      e.preventDefault();
      var empty = Array.prototype.slice.call(form.querySelectorAll(".has-error input, .has-error select, .has-error textarea, [data-needed]"))
        .filter(function (el) { return !el.value && el.offsetParent !== null; });
      var here = empty.indexOf(document.activeElement);
      if (empty.length) { var next = empty[(here + 1) % empty.length]; var fold = next.closest("details"); if (fold) fold.open = true; next.focus(); }
    }
    if (e.ctrlKey && e.key === "Enter") { e.preventDefault(); form.requestSubmit(form.querySelector("[data-main]")); }
  });
  // Codes: type a code or words, pick from the list.
  var list = null;
  function closeList() { if (list) { list.remove(); list = null; } }
  form.addEventListener("input", function (e) {
    var input = e.target.closest("[data-codes]");
    if (!input) return;
    clearTimeout(input._t);
    input._t = setTimeout(function () {
      fetch(input.dataset.codes + "&q=" + encodeURIComponent(input.value), { headers: { "Accept": "application/json" } })
        .then(function (r) { return r.ok ? r.json() : { codes: [] }; })
        .then(function (answer) {
          closeList();
          if (!answer.codes.length || document.activeElement !== input) return;
          list = document.createElement("div"); list.className = "suggest"; list.setAttribute("role", "listbox");
          answer.codes.forEach(function (c) {
            var b = document.createElement("button"); b.type = "button"; b.setAttribute("role", "option"); b.textContent = c.code + " – " + c.name;
            b.addEventListener("click", function () {
              input.value = c.code; closeList(); input.focus(); changed();
              var name = input.dataset.nameTo && form.querySelector('[name="' + CSS.escape(input.dataset.nameTo) + '"]');
              if (name && !name.value) name.value = c.name;
            });
            list.appendChild(b);
          });
          input.parentElement.appendChild(list);
        });
    }, 180);
  });
  form.addEventListener("keydown", function (e) {
    if (!list) return;
    var options = Array.prototype.slice.call(list.children), at = options.indexOf(document.activeElement);
    if (e.key === "ArrowDown") { e.preventDefault(); (options[at + 1] || options[0]).focus(); }
    if (e.key === "ArrowUp" && at >= 0) { e.preventDefault(); (options[at - 1] || options[options.length - 1]).focus(); }
    if (e.key === "Escape") closeList();
  });
  document.addEventListener("click", function (e) { if (list && !e.target.closest(".suggest")) closeList(); });
})();
