// The practice panel stays folded when somebody folded it, from page to page.
"use strict";

(function () {
  const NAME = "benhan-practice-folded";
  function folded() {
    try { return localStorage.getItem(NAME) === "1"; } catch { return false; }
  }
  function apply() {
    const fold = document.querySelector("[data-practice-fold]");
    if (!fold || fold.dataset.kept) return;
    fold.dataset.kept = "1";
    if (folded() && !fold.querySelector(".practice-done")) fold.open = false;
    fold.addEventListener("toggle", () => {
      try { localStorage.setItem(NAME, fold.open ? "0" : "1"); } catch { /* then it opens again on the next page */ }
    });
  }
  document.addEventListener("htmx:load", apply);
  apply();
})();
