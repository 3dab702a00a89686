// A mark drawn by mouse, finger or pen, kept as strokes (an SVG path), not as a picture of a signature.
(function () {
  "use strict";
  var canvas = document.querySelector("canvas[data-mark]");
  if (!canvas) return;
  var out = document.getElementById(canvas.dataset.mark), pen = canvas.getContext("2d"), path = "", down = false;
  canvas.width = 400; canvas.height = 140; pen.lineWidth = 3; pen.lineCap = "round"; pen.strokeStyle = "#123f80";
  function at(e) { var r = canvas.getBoundingClientRect(); return [Math.round((e.clientX - r.left) * 400 / r.width), Math.round((e.clientY - r.top) * 140 / r.height)]; }
  canvas.addEventListener("pointerdown", function (e) { down = true; canvas.setPointerCapture(e.pointerId); var p = at(e); pen.beginPath(); pen.moveTo(p[0], p[1]); path += "M" + p[0] + " " + p[1]; });
  canvas.addEventListener("pointermove", function (e) { if (!down) return; var p = at(e); pen.lineTo(p[0], p[1]); pen.stroke(); path += "L" + p[0] + " " + p[1]; out.value = path; });
  canvas.addEventListener("pointerup", function () { down = false; });
  canvas.addEventListener("keydown", function (e) {
    if (e.key !== "Enter" && e.key !== " ") return; // without a pointer: a cross, as the law of custom knows it
    e.preventDefault(); path = "M150 40L250 100M250 40L150 100"; out.value = path;
    pen.beginPath(); pen.moveTo(150, 40); pen.lineTo(250, 100); pen.moveTo(250, 40); pen.lineTo(150, 100); pen.stroke();
  });
  document.querySelector("[data-mark-clear]").addEventListener("click", function () { path = ""; out.value = ""; pen.clearRect(0, 0, 400, 140); });
})();
