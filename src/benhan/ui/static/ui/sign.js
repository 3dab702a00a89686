/* A mark drawn by mouse, finger or pen, kept as strokes (an SVG path), not as a picture of a signature. */
"use strict";

(function () {
  const WIDTH = 400, HEIGHT = 140;
  const CROSS = "M150 40L250 100M250 40L150 100";
  const words = (document.getElementById("words") || { dataset: {} }).dataset;

  function prepare(canvas) {
    const out = document.getElementById(canvas.dataset.mark);
    const box = canvas.closest(".mark-box, .field") || canvas.parentElement;
    const pen = canvas.getContext("2d");
    const scale = Math.max(1, Math.min(3, window.devicePixelRatio || 1)) * 2;
    canvas.width = WIDTH * scale;
    canvas.height = HEIGHT * scale;
    let path = out.value || "", drawing = null;

    function draw() {
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      pen.clearRect(0, 0, WIDTH, HEIGHT);
      pen.lineWidth = 2.4; pen.lineCap = "round"; pen.lineJoin = "round"; pen.strokeStyle = "#10314f";
      pen.stroke(new Path2D(path));
      canvas.classList.toggle("is-drawn", path !== "");
    }
    function keep() {
      out.value = path;
      out.dispatchEvent(new Event("change", { bubbles: true }));
      draw();
    }
    function at(event) {
      const r = canvas.getBoundingClientRect();
      const x = Math.round(((event.clientX - r.left) * WIDTH) / r.width), y = Math.round(((event.clientY - r.top) * HEIGHT) / r.height);
      return `${Math.min(WIDTH, Math.max(0, x))} ${Math.min(HEIGHT, Math.max(0, y))}`;
    }
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      canvas.setPointerCapture(event.pointerId);
      drawing = event.pointerId;
      const p = at(event);
      path += `M${p}L${p}`;
      draw();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== drawing) return;  // a palm resting beside the pen does not draw
      const points = event.getCoalescedEvents ? event.getCoalescedEvents() : [event];
      for (const point of points.length ? points : [event]) path += `L${at(point)}`;
      draw();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => { if (event.pointerId === drawing) { drawing = null; keep(); } });
    }
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); path = CROSS; keep(); }
      if (event.key === "Delete" || event.key === "Backspace") { path = ""; keep(); }
    });
    const clear = box.querySelector("[data-mark-clear]");
    if (clear) clear.addEventListener("click", () => { path = ""; keep(); canvas.focus(); });
    const form = canvas.closest("form");
    if (form && canvas.closest("[data-required]")) {
      form.addEventListener("submit", (event) => {
        const note = box.querySelector("[data-mark-error]");
        if (out.value) return;
        event.preventDefault();
        if (note) { note.textContent = words.noMark || ""; note.hidden = false; }
        canvas.focus();
      }, true);
    }
    draw();
  }
  document.querySelectorAll("canvas[data-mark]").forEach(prepare);
})();
