// The overview: drawn anew every two seconds while somebody looks at it. No stream stays open.
"use strict";
(() => {
  const EACH = 2000;
  const box = document.getElementById("overview");
  let shown = "", failed = 0;
  const look = async () => {
    if (document.hidden) return;
    const address = new URL(location.href);
    address.searchParams.set("part", "1");
    try {
      const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      failed = 0;
      if (html !== shown) draw(html);
    } catch {
      failed += 1;
    }
    document.getElementById("lost").hidden = failed < 3;
  };
  const draw = (html) => {
    const focus = box.contains(document.activeElement) ? document.activeElement.id : "";
    if (!getSelection().isCollapsed) return; // somebody is copying
    box.innerHTML = shown = html;
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  };
  const again = async () => {
    await look();
    setTimeout(again, EACH);
  };
  setTimeout(again, EACH);
  document.addEventListener("visibilitychange", look);
})();
