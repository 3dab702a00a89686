/* Diagrams marked by mouse, finger or keys (or by words beside the picture), and drawings with the finger, with undo. */
"use strict";

(function () {
  const editor = window.benhanEditor;
  if (!editor) return;
  const { form } = editor;

  /* ---------- diagrams ---------- */
  function prepare(box) {
    const list = box.querySelector("[data-marks]");
    const svg = box.querySelector("svg");
    if (!svg) return;
    const shapes = [...svg.querySelectorAll("[data-part]")];
    const legend = new Map([...svg.querySelectorAll("[data-mark]")].map((g) => [g.dataset.mark, g.dataset]));
    const nameOf = new Map([...box.querySelectorAll("datalist option")].map((o) => [o.value, o.textContent]));
    const labelOf = new Map([...box.querySelectorAll("[data-mark-typed] option")].map((o) => [o.value, o.textContent]));
    const typed = { part: box.querySelector("[data-part-typed]"), mark: box.querySelector("[data-mark-typed]"), note: box.querySelector("[data-note-typed]") };
    let marks = [...list.querySelectorAll("input[type=hidden]")].map((el) => read(el.value));

    function read(text) {
      const [part, mark, ...note] = text.split("|");
      return { part, mark: mark || "", note: note.join("|") };
    }
    const text = (m) => `${m.part}|${m.mark}${m.note ? `|${m.note}` : ""}`;
    const chosen = () => (box.querySelector("[data-mark-choice]:checked") || { value: "" }).value;
    const at = (part, mark) => marks.findIndex((m) => m.part === part && m.mark === mark);

    function paint() {
      for (const shape of shapes) {
        const on = marks.filter((m) => m.part === shape.dataset.part && legend.has(m.mark)).map((m) => m.mark);
        shape.setAttribute("fill", on.length ? legend.get(on[0]).fill : "#ffffff");
        shape.setAttribute("aria-pressed", String(on.length > 0));
        const name = nameOf.get(shape.dataset.part) || shape.dataset.part;
        shape.setAttribute("aria-label", on.length ? `${name}: ${on.map((m) => labelOf.get(m)).join(", ")}` : name);
        const letter = svg.querySelector(`[data-letter="${CSS.escape(shape.dataset.part)}"]`);
        if (letter) {
          letter.textContent = on.map((m) => legend.get(m).letter).join("+");
          letter.setAttribute("font-size", on.length < 2 ? "10" : "7.5");
        }
      }
    }
    function line(mark) {
      const li = document.createElement("li");
      const kept = document.createElement("input");
      kept.type = "hidden";
      kept.name = box.dataset.name;
      kept.value = text(mark);
      const said = document.createElement("span");
      said.textContent = `${nameOf.get(mark.part) || mark.part}: ${labelOf.get(mark.mark) || mark.mark}`;
      const note = document.createElement("input");
      note.className = "form-control";
      note.value = mark.note;
      note.maxLength = 300;
      note.placeholder = list.dataset.note;
      note.setAttribute("aria-label", `${list.dataset.note}: ${said.textContent}`);
      note.addEventListener("input", () => { mark.note = note.value; kept.value = text(mark); editor.changed(); });
      const gone = document.createElement("button");
      gone.type = "button";
      gone.className = "icon-x";
      gone.textContent = "×";
      gone.setAttribute("aria-label", `${list.dataset.remove}: ${said.textContent}`);
      gone.addEventListener("click", () => { marks = marks.filter((m) => m !== mark); draw(); typed.part.focus(); });
      li.append(kept, said, note, gone);
      return li;
    }
    function draw(quiet) {
      list.replaceChildren(...marks.map(line));
      if (!marks.length) {
        const none = document.createElement("li");
        none.className = "hint";
        none.textContent = list.dataset.empty;
        list.append(none);
      }
      paint();
      if (quiet) return;
      typed.part.dispatchEvent(new Event("change", { bubbles: true }));
      editor.think();
      editor.changed();
    }
    function toggle(part, mark) {
      if (!mark) return;
      const place = at(part, mark);
      if (place < 0) marks.push({ part, mark, note: "" }); else marks.splice(place, 1);
      draw();
    }
    function put() {
      const part = typed.part.value.trim();
      if (!nameOf.has(part)) { editor.warn(typed.part, part ? list.dataset.unknown : ""); typed.part.focus(); return; }
      editor.warn(typed.part, "");
      const place = at(part, typed.mark.value);
      if (place < 0) marks.push({ part, mark: typed.mark.value, note: typed.note.value.trim() });
      else marks[place].note = typed.note.value.trim();
      typed.part.value = "";
      typed.note.value = "";
      draw();
      typed.part.focus();
    }
    /* One stop of Tab for the whole picture; arrows go to the nearest part that way. */
    function centre(shape) { const b = shape.getBBox(); return [b.x + b.width / 2, b.y + b.height / 2]; }
    function here(shape) { shapes.forEach((s) => s.setAttribute("tabindex", s === shape ? "0" : "-1")); }
    function neighbour(from, key) {
      const [x, y] = centre(from);
      const along = key === "ArrowRight" ? [1, 0] : key === "ArrowLeft" ? [-1, 0] : key === "ArrowDown" ? [0, 1] : [0, -1];
      let best = null, least = Infinity;
      for (const shape of shapes) {
        const [a, b] = centre(shape);
        const ahead = (a - x) * along[0] + (b - y) * along[1];
        const aside = Math.abs((a - x) * along[1]) + Math.abs((b - y) * along[0]);
        if (shape !== from && ahead > 0.5 && ahead + 3 * aside < least) { best = shape; least = ahead + 3 * aside; }
      }
      return best;
    }
    here(shapes[0]);
    svg.addEventListener("click", (event) => {
      const shape = event.target.closest("[data-part]");
      if (!shape) return;
      here(shape);
      toggle(shape.dataset.part, chosen());
    });
    svg.addEventListener("keydown", (event) => {
      const shape = event.target.closest("[data-part]");
      if (!shape || event.ctrlKey || event.altKey) return;
      const letter = [...legend].find(([, d]) => d.letter.toUpperCase() === event.key.toUpperCase());
      if (event.key.startsWith("Arrow")) { const next = neighbour(shape, event.key); if (next) { here(next); next.focus(); } }
      else if (event.key === "Enter" || event.key === " ") toggle(shape.dataset.part, chosen());
      else if (event.key === "Delete" || event.key === "Backspace") { marks = marks.filter((m) => m.part !== shape.dataset.part); draw(); }
      else if (letter) toggle(shape.dataset.part, letter[0]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    box.querySelector("[data-put]").addEventListener("click", put);
    box.querySelector(".diagram-words").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.altKey || event.target.tagName === "BUTTON") return;
      if (!Object.values(typed).includes(event.target)) return;
      event.preventDefault();
      event.stopPropagation();
      put();
    });
    box.addEventListener("benhan:marks", (event) => { marks = event.detail.map(read); draw(true); });
    draw(true);
  }

  /* ---------- drawings ---------- */
  const WIDTH = 400, HEIGHT = 300, CHARACTERS_MAX = 200000;
  function prepareDrawing(box) {
    const svg = box.querySelector("svg"), strokes = svg.querySelector(".strokes"), out = box.querySelector("input[type=hidden]");
    let path = out.value, drawing = null;
    const show = () => strokes.setAttribute("d", path);
    function keep() { out.value = path; show(); out.dispatchEvent(new Event("change", { bubbles: true })); }
    function point(event) {
      const r = svg.getBoundingClientRect();
      const x = Math.round(((event.clientX - r.left) * WIDTH) / r.width), y = Math.round(((event.clientY - r.top) * HEIGHT) / r.height);
      return `${Math.min(WIDTH, Math.max(0, x))} ${Math.min(HEIGHT, Math.max(0, y))}`;
    }
    svg.addEventListener("pointerdown", (event) => {
      if (event.button || path.length > CHARACTERS_MAX - 2000) return;
      event.preventDefault();
      svg.focus({ preventScroll: true });
      svg.setPointerCapture(event.pointerId);
      drawing = event.pointerId;
      path += `M${point(event)}L${point(event)}`;
      show();
    });
    svg.addEventListener("pointermove", (event) => {
      if (event.pointerId !== drawing || path.length > CHARACTERS_MAX - 200) return;
      const points = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      for (const p of points.length ? points : [event]) path += `L${point(p)}`;
      show();
    });
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, (event) => { if (event.pointerId === drawing) { drawing = null; keep(); } });
    const undo = () => { const last = path.lastIndexOf("M"); if (last >= 0) { path = path.slice(0, last); keep(); } };
    box.querySelector("[data-undo]").addEventListener("click", undo);
    box.querySelector("[data-clear]").addEventListener("click", () => { path = ""; keep(); });
    box.addEventListener("keydown", (event) => { if (event.ctrlKey && event.key.toLowerCase() === "z") { event.preventDefault(); undo(); } });
    form.addEventListener("benhan:filled", () => { path = out.value; show(); });
  }

  form.querySelectorAll("[data-diagram]").forEach(prepare);
  form.querySelectorAll("[data-drawing]").forEach(prepareDrawing);
})();
