/* A hand scanner types the QR of a citizen card into the field like a very fast keyboard and ends with Enter. The field
   knows a card by its bars ("|"), sends it, and tells the person; slow typing of an ordinary number is sent by Enter too. */
"use strict";

(function () {
  const words = (document.getElementById("words") || { dataset: {} }).dataset;
  const BURST_MS = 60;       // between two characters a scanner needs less, a person more
  const SETTLE_MS = 250;     // a scanner set up without Enter is done when nothing comes any more

  function prepare(box) {
    const input = box.querySelector("input[name]");
    const state = box.querySelector(".scan-state");
    let last = 0, fast = 0, timer = null, sent = false;

    const isCard = (text) => (text.match(/\|/g) || []).length >= 5 && /^(\d{9,12}|[a-z]{2}\d{13})\|/i.test(text.trim());
    function send() {
      const form = input.closest("form");
      if (sent || !form) return;
      sent = true;
      box.classList.remove("is-bad");
      box.classList.add("is-good");
      if (state) state.textContent = words.cardRead || "";
      form.requestSubmit();
    }
    function bad() {
      box.classList.remove("is-good");
      box.classList.add("is-bad");
      if (state) state.textContent = words.cardBad || "";
      input.select();
    }
    input.addEventListener("input", (event) => {
      const now = event.timeStamp;
      fast = now - last < BURST_MS ? fast + 1 : 0;
      last = now;
      clearTimeout(timer);
      timer = setTimeout(() => { if (fast > 10 && isCard(input.value)) send(); }, SETTLE_MS);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      clearTimeout(timer);
      if (isCard(input.value)) send(); else bad();
    });
  }
  document.querySelectorAll("[data-scan-box]").forEach(prepare);
})();
