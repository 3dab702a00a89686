/* Tables with one line per time (and any growing table): Enter and Alt+arrows go from line to line, the time of a new line is
   proposed from the lines before. A proposal is only written when something else is put into its line. */
"use strict";

(function () {
  const editor = window.benhanEditor;
  if (!editor) return;
  const { form } = editor;
  const MINUTE = 60000, STEP = 15 * MINUTE, DAY = 24 * 60 * MINUTE;
  const two = (n) => String(n).padStart(2, "0");
  const timeOf = (row) => row.querySelector("[data-kind=time], [data-kind=datetime]");
  const isTime = (row) => { const first = row.querySelector("td input"); return first && first === timeOf(row); };

  function moment(el) {
    const value = el ? el.value.trim() : "";
    if (!value) return null;
    if (el.dataset.kind === "time") {
      const tidy = window.benhanRules.time(value);
      return tidy ? Date.UTC(2000, 0, 1, Number(tidy.slice(0, 2)), Number(tidy.slice(3))) : null;
    }
    const m = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2})$/.exec(value);
    return m ? Date.UTC(m[3], m[2] - 1, m[1], m[4], m[5]) : null;
  }
  function said(at, kind) {
    const d = new Date(at);
    const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
    return kind === "time" ? clock : `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/${d.getUTCFullYear()} ${clock}`;
  }
  function propose(row) {
    if (!isTime(row)) return;
    const own = timeOf(row);
    const before = [];
    for (let r = row.previousElementSibling; r && before.length < 2; r = r.previousElementSibling) {
      const at = moment(timeOf(r));
      if (at !== null) before.push(at);
    }
    if (own.value || !before.length) return;
    const gap = before.length === 2 ? (before[0] - before[1] + DAY) % DAY : 0;
    own.dataset.proposed = said(before[0] + (gap || STEP), own.dataset.kind);
    own.placeholder = own.dataset.proposed;
  }
  function accept(row) {
    const own = row && isTime(row) ? timeOf(row) : null;
    if (!own || own.value || !own.dataset.proposed) return;
    own.value = own.dataset.proposed;
    delete own.dataset.proposed;
  }
  const cellOf = (el) => el.closest("td");
  function go(from, step) {
    const row = from.closest("tr[data-row]");
    const holder = row.closest("[data-grid]");
    const column = [...row.children].indexOf(cellOf(from));
    let next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    if (!next && step > 0 && holder.hasAttribute("data-grows")) {
      next = editor.addRow(holder);
      editor.think();
    }
    const cell = next && next.children[column];
    const into = cell && cell.querySelector("input:not([type=hidden]), select, textarea");
    if (!into) return;
    into.focus();
    if (into.select && into.tagName === "INPUT") into.select();
  }
  form.addEventListener("keydown", (event) => {
    if (!event.target.closest("[data-grid] tr[data-row]")) return;
    const enter = event.key === "Enter" && !event.ctrlKey && !event.altKey && event.target.tagName !== "TEXTAREA";
    const arrow = event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp");
    if (event.defaultPrevented || !(enter || arrow)) return;
    event.preventDefault();
    event.stopPropagation();
    go(event.target, event.key === "ArrowUp" ? -1 : 1);
  }, true);
  form.addEventListener("input", (event) => {
    const row = event.target.closest("[data-grid] tr[data-row]");
    if (row && event.target !== timeOf(row)) accept(row);
  }, true);
  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-grid] tr[data-row]");
    if (row && row.nextElementSibling) propose(row.nextElementSibling);
  });
  form.addEventListener("benhan:row", (event) => propose(event.detail));
  form.querySelectorAll("[data-grid] tr[data-row]").forEach(propose);
})();
