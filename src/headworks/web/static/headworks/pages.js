// What pages gain from a script: tables that sort, choices that apply at once. Nothing is lost without it.
"use strict";
(() => {
  const number = (cell) => {
    const said = cell.dataset.value ?? cell.textContent.replace(/[^\d.eE-]/g, "");
    return said === "" || said === "–" ? NaN : Number(said);
  };
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const compare = (isNumber, sign) => (one, other) => {
    if (!isNumber) return sign * collator.compare(one.cell.textContent, other.cell.textContent);
    const [a, b] = [number(one.cell), number(other.cell)];
    // What has no number stands last, whichever way one sorts.
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
    return sign * (a - b);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const isNumber = head.classList.contains("number");
        const isDown = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows].map((row) => ({ row, cell: row.cells[place] }));
        rows.sort(compare(isNumber, isDown ? -1 : 1));
        table.tBodies[0].append(...rows.map((one) => one.row));
      });
    });
  }
  // A part that takes a moment to work out comes after the page; without it there is a link to it.
  for (const place of document.querySelectorAll("[data-part]")) {
    fetch(`${place.dataset.part}&part=1`, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status)))))
      .then((text) => {
        place.innerHTML = text;
        place.dataset.ready = "1";
      })
      .catch((problem) => console.error(problem));
  }
  for (const choice of document.querySelectorAll("select[data-submit]")) {
    choice.addEventListener("change", () => choice.form.submit());
  }
})();
