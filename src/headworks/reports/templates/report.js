(function () {
  "use strict";
  var sections = Array.prototype.slice.call(document.querySelectorAll("main > section"));
  var links = Array.prototype.slice.call(document.querySelectorAll("nav.parts a"));
  function show(id) {
    var known = sections.some(function (s) { return s.id === id; });
    if (!known) { id = sections[0].id; }
    sections.forEach(function (s) { s.hidden = s.id !== id; });
    links.forEach(function (a) {
      if (a.hash === "#" + id) { a.setAttribute("aria-current", "true"); } else { a.removeAttribute("aria-current"); }
    });
  }
  function follow() { show(decodeURIComponent(location.hash.slice(1))); window.scrollTo(0, 0); }
  if (sections.length && links.length) { window.addEventListener("hashchange", follow); window.addEventListener("load", function () { setTimeout(follow, 0); }); follow(); }

  function value(row, at) {
    var text = row.cells[at] ? row.cells[at].textContent.trim() : "";
    var number = parseFloat(text.replace(/,/g, ""));
    return isNaN(number) || !/^[-\u2212]?\d/.test(text) ? text : number;
  }
  function sortBy(th, at) {
    var body = th.closest("table").tBodies[0];
    var up = th.getAttribute("aria-sort") === "descending";
    Array.prototype.forEach.call(th.parentNode.cells, function (other) { other.removeAttribute("aria-sort"); });
    th.setAttribute("aria-sort", up ? "ascending" : "descending");
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (a, b) {
      var x = value(a, at), y = value(b, at), order;
      if (typeof x !== typeof y) { return typeof x === "number" ? -1 : 1; }
      order = typeof x === "number" ? x - y : x.localeCompare(y);
      return up ? order : -order;
    });
    rows.forEach(function (row) { body.appendChild(row); });
  }
  document.querySelectorAll("table.sortable thead th").forEach(function (th) {
    var button = document.createElement("button"), at = th.cellIndex;
    button.type = "button";
    while (th.firstChild) { button.appendChild(th.firstChild); }
    th.appendChild(button);
    button.addEventListener("click", function () { sortBy(th, at); });
  });
}());
