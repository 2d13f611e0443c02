// The seat's page: draws what the stream says, sends what the operator enters, notices silence.
"use strict";
(() => {
  const page = document.body.dataset;
  const part = (id) => document.getElementById(id);
  const here = location.pathname.replace(/\/$/, "");
  const QUIET = 12000; // without any sign of life for so long (ms), the connection is lost
  const HIDDEN = 5000; // out of sight for so long (ms), the stream is let go: a browser keeps only six to a host
  let source = null, resting = 0, alive = Date.now(), opened = 0, drawn = performance.now(), chosen = null, last = null;
  const waiting = []; // what could not be sent

  // --- drawing ---
  const editing = (box) => {
    const at = document.activeElement;
    return at && box.contains(at) && at.matches("input") && !at.readOnly ? at : null;
  };
  const replace = (box, html) => {
    const kept = editing(box)?.closest("[data-part]");
    const focus = box.contains(document.activeElement) ? document.activeElement.id : "";
    if (kept && kept.querySelector("input").dataset.of === page.call) {
      const fresh = document.createElement("template");
      fresh.innerHTML = html;
      for (const node of fresh.content.querySelectorAll("[data-part]"))
        if (node.dataset.part !== kept.dataset.part)
          box.querySelector(`[data-part="${CSS.escape(node.dataset.part)}"]`)?.replaceWith(node);
      return;
    }
    box.innerHTML = html;
    if (focus) part(focus)?.focus({ preventScroll: true });
  };
  const draw = ({ state, parts }) => {
    if (state.call !== page.call) chosen = last = null;
    Object.assign(page, state);
    for (const [id, html] of Object.entries(parts)) replace(part(id), html);
    drawn = performance.now();
    document.title = `${page.seat} ${page.title}`;
    choose(chosen);
    if (page.own) requestAnimationFrame(() => setTimeout(() => send("shown", { version: page.version }, true)));
  };
  const choose = (step) => {
    const button = step && part(`step-${step}`);
    chosen = button ? step : null;
    for (const other of document.querySelectorAll("[data-step][id]"))
      other.setAttribute("aria-pressed", String(other === button));
    const target = part("target");
    if (!target) return;
    target.textContent = button ? button.dataset.label : page.label || "—";
    target.classList.toggle("chosen", Boolean(button));
  };
  const clock = () => {
    const time = part("clock");
    if (!time) return;
    const s = Math.floor(Number(page.elapsed) + (performance.now() - drawn) / 1000);
    time.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  };

  // --- what the operator enters ---
  const note = (text) => {
    part("note").textContent = text;
  };
  const send = async (kind, told, quiet = false) => {
    let answer;
    try {
      answer = await fetch(`${here}/${kind}`, {
        method: "POST", body: JSON.stringify(told),
        headers: { "Content-Type": "application/json", "X-Token": page.token },
      });
    } catch {
      if (!quiet && waiting.length < 20) waiting.push([kind, told]);
      if (!quiet) note(page.unsaved);
      return;
    }
    if (!quiet) note(answer.ok ? "" : answer.status === 409 ? page.over : page.refused);
  };
  const mark = (state) => {
    const step = chosen || (state === "" ? last : page.step);
    if (!page.live || !step) return;
    last = state === "" ? null : step;
    send("mark", { call: page.call, step, state });
    choose(null);
  };
  const edit = () => {
    const about = part(`step-${chosen || page.step}`)?.dataset.about;
    const input = (about && part(`field-${about}`)) || document.querySelector("[data-field]");
    if (input && !input.readOnly) { input.focus(); input.select(); }
  };
  const dismiss = (id) => {
    const alert = id || document.querySelector("[data-alert]")?.dataset.alert;
    if (alert && page.live) send("dismiss", { call: page.call, alert });
  };
  const KEYS = { 1: "done", 2: "not_applicable", 3: "wrong", 0: "" };
  document.addEventListener("keydown", (event) => {
    if (!page.own || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const input = event.target.closest?.("input");
    if (input) {
      if (event.key === "Escape") input.value = input.defaultValue;
      if (event.key === "Escape" || event.key === "Enter") input.blur();
      return;
    }
    const key = event.code.replace(/^(Digit|Numpad)/, ""); // by place: no input method is in the way
    if (key in KEYS) mark(KEYS[key]);
    else if (key === "4") edit();
    else if (event.key === "Escape") chosen ? choose(null) : dismiss();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !page.own) return;
    const { mark: state, step, dismiss: alert, edit: field } = button.dataset;
    if (state !== undefined) mark(state);
    else if (step) choose(chosen === step ? null : step);
    else if (alert !== undefined) dismiss(alert);
    else if (field !== undefined) edit();
  });
  document.addEventListener("change", ({ target }) => {
    const { field, of } = target.dataset;
    if (field) send("correct", { call: of, field, value: target.value });
  });

  // --- the stream ---
  const link = (good) => {
    part("lost").hidden = good;
    document.body.classList.toggle("gone", !good);
  };
  const hear = () => {
    alive = Date.now();
    link(true);
    for (const [kind, told] of waiting.splice(0)) send(kind, told);
  };
  const open = () => {
    source?.close();
    opened = Date.now();
    source = new EventSource(`${here}/events`);
    source.addEventListener("seat", (event) => { hear(); draw(JSON.parse(event.data)); });
    source.addEventListener("ping", hear);
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      // The server answered and refused: the login may be over, and the page then says so.
      fetch(here, { redirect: "manual", cache: "no-store" })
        .then((answer) => { if (answer.type === "opaqueredirect" || answer.status === 403) location.reload(); })
        .catch(() => {});
    };
  };
  const watch = () => {
    clock();
    if (!source) return;
    const silent = Date.now() - alive;
    if (silent > QUIET || (source.readyState !== EventSource.OPEN && silent > 2500)) link(false);
    const closed = source.readyState === EventSource.CLOSED;
    if ((closed || silent > QUIET) && Date.now() - opened > 2000) open();
  };
  setInterval(watch, 500);
  const rest = () => {
    source?.close();
    source = null;
  };
  const sight = () => {
    clearTimeout(resting);
    if (document.hidden) resting = setTimeout(rest, HIDDEN);
    else if (source) watch();
    else { alive = Date.now(); open(); }
  };
  addEventListener("online", () => { if (source) open(); });
  document.addEventListener("visibilitychange", sight);
  choose(null);
  open();
  sight();
})();
