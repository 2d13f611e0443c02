"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const table = find("table");
  if (!table) return;
  const PAGE = 200; // rows drawn at a time
  const body = table.tBodies[0];
  const kind = find("kind");
  const seat = find("seat");
  const text = find("text");
  const shown = find("shown");
  const bars = [...document.querySelectorAll("button[data-kind]")];
  const heads = [...table.tHead.rows[0].cells];
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  let rows = [...body.rows].map((row) => ({
    row,
    kinds: row.dataset.kinds ? row.dataset.kinds.split(" ") : [],
    seat: row.dataset.seat,
    words: row.textContent.toLowerCase(),
  }));
  let room = PAGE;
  let sorted = -1;
  let falling = false;

  const draw = () => {
    const wanted = text.value.trim().toLowerCase();
    const hits = rows.filter((item) =>
      (!kind.value || (kind.value === "*" ? item.kinds.length : item.kinds.includes(kind.value)))
      && (seat.value === "*" || seat.value === `=${item.seat}`)
      && item.words.includes(wanted));
    body.replaceChildren(...hits.slice(0, room).map((item) => item.row));
    shown.textContent = shown.dataset.shown
      .replace("{n}", String(Math.min(room, hits.length))).replace("{all}", String(rows.length));
    find("none").hidden = hits.length > 0;
    find("more").hidden = hits.length <= room;
    find("reset").hidden = !kind.value && seat.value === "*" && !wanted;
    bars.forEach((bar) => bar.setAttribute("aria-pressed", String(bar.dataset.kind === kind.value)));
  };

  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
  };

  const sort = (column) => {
    falling = sorted === column ? !falling : false;
    sorted = column;
    const sign = falling ? -1 : 1;
    rows = rows
      .map((item) => ({ item, by: value(item.row, column) }))
      .sort((a, b) => sign * (typeof a.by === "number" ? a.by - b.by : order.compare(a.by, b.by)))
      .map(({ item }) => item);
    heads.forEach((head, i) => {
      if (i === column) head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    draw();
  };

  const afresh = () => { room = PAGE; draw(); };
  heads.forEach((head, i) => head.firstElementChild.addEventListener("click", () => sort(i)));
  kind.addEventListener("change", afresh);
  seat.addEventListener("change", afresh);
  text.addEventListener("input", afresh);
  bars.forEach((bar) => bar.addEventListener("click", () => {
    kind.value = kind.value === bar.dataset.kind ? "" : bar.dataset.kind;
    afresh();
  }));
  find("reset").addEventListener("click", () => {
    kind.value = "";
    seat.value = "*";
    text.value = "";
    afresh();
  });
  find("more").addEventListener("click", () => { room += PAGE; draw(); });
  // On paper nothing is left out of what the filters chose.
  addEventListener("beforeprint", () => { room = rows.length; draw(); });
  draw();
})();
