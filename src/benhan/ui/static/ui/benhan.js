// Small things every page needs: htmx with our CSRF token, keyboard shortcuts, row navigation. No inline code anywhere.
(function () {
  "use strict";
  var token = document.querySelector('meta[name="csrf-token"]');
  document.body.addEventListener("htmx:configRequest", function (e) { if (token) e.detail.headers["X-CSRFToken"] = token.content; });
  document.body.addEventListener("htmx:beforeSwap", function (e) {
    if ([403, 404, 409, 422, 503].indexOf(e.detail.xhr.status) >= 0) { e.detail.shouldSwap = true; e.detail.isError = false; }
  });
  function typing(el) { return el && /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName); }
  document.addEventListener("keydown", function (e) {
    if (e.key === "F2" || (e.key === "/" && !typing(document.activeElement))) {
      var box = document.querySelector("[data-main-search]");
      if (box) { e.preventDefault(); box.focus(); box.select(); }
    }
    if (e.altKey && !e.ctrlKey) {
      var hot = document.querySelector('[data-key="' + e.key.toLowerCase() + '"]');
      if (hot) { e.preventDefault(); hot.click(); }
    }
    if ((e.key === "ArrowDown" || e.key === "ArrowUp") && document.activeElement && document.activeElement.closest("[data-arrows]")) {
      var area = document.activeElement.closest("[data-arrows]");
      var items = Array.prototype.slice.call(area.querySelectorAll("[data-main-search], a[href]"));
      var at = items.indexOf(document.activeElement) + (e.key === "ArrowDown" ? 1 : -1);
      if (items[at]) { e.preventDefault(); items[at].focus(); }
    }
  });
  document.addEventListener("click", function (e) {
    var all = e.target.closest("[data-check-all]");
    if (all) document.querySelectorAll(all.dataset.checkAll).forEach(function (box) { box.checked = all.checked; });
  });
  // A form that was sent once is not sent twice by a second click.
  document.addEventListener("submit", function (e) {
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    e.target.dataset.sent = "1";
    setTimeout(function () { delete e.target.dataset.sent; }, 4000);
  });
})();
