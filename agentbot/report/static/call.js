"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const track = find("track");
  const strip = find("strip");
  const playhead = find("playhead");
  const now = find("now");
  const play = find("play");
  const audio = find("audio");
  const lines = find("lines");
  const seconds = Number(track.dataset.seconds);
  const findings = [...document.querySelectorAll("li.finding")];
  const talk = [...document.querySelectorAll("li.line")].map((item) => ({
    item,
    start: Number(item.dataset.at),
    end: Number(item.dataset.end),
  }));
  const SEEK = 5;
  const CLOSEST = 30; // pixels a second at the largest zoom
  let place = 0;
  let current = -1;
  let spoken = [];
  let zoom = 1;

  // The sound lies in the page as text; a blob of it seeks in every browser.
  const packed = find("sound");
  if (packed) {
    const raw = atob(packed.textContent);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
    audio.src = URL.createObjectURL(new Blob([bytes], { type: packed.dataset.mime }));
    packed.remove();
  }

  const clock = (time) => {
    const whole = Math.floor(time);
    const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    if (!parts[0]) parts.shift();
    return parts.map((part, i) => (i ? String(part).padStart(2, "0") : part)).join(":");
  };

  // Scroll within the conversation only; the page itself stays where the reader is.
  const intoView = (item) => {
    const box = lines.getBoundingClientRect();
    const own = item.getBoundingClientRect();
    if (lines.scrollHeight <= lines.clientHeight) return;
    if (own.top < box.top + 40 || own.bottom > box.bottom - 40) {
      lines.scrollTop += own.top - box.top - box.height / 3;
    }
  };

  const show = (time) => {
    place = time;
    const share = seconds ? Math.min(1, time / seconds) : 0;
    playhead.style.left = `${share * 100}%`;
    now.textContent = clock(time);
    track.setAttribute("aria-valuenow", time.toFixed(1));
    track.setAttribute("aria-valuetext", clock(time));
    if (zoom > 1) {
      const x = share * strip.clientWidth;
      if (x < track.scrollLeft || x > track.scrollLeft + track.clientWidth - 40) {
        track.scrollLeft = x - track.clientWidth / 4;
      }
    }
    const heard = talk.filter((line) => line.start <= time + 0.01 && time < line.end);
    if (heard.length === spoken.length && heard.every((line, i) => line === spoken[i])) return;
    spoken.forEach((line) => line.item.classList.remove("now"));
    heard.forEach((line) => line.item.classList.add("now"));
    spoken = heard;
    if (heard.length) intoView(heard[0].item);
  };

  const go = (time, listen) => {
    const to = Math.max(0, Math.min(seconds, time));
    show(to);
    if (!audio) return;
    audio.currentTime = to;
    if (listen) audio.play().catch(() => {});
  };

  const toggle = () => {
    if (!audio) return;
    if (audio.paused) audio.play().catch(() => {});
    else audio.pause();
  };

  const choose = (number, listen) => {
    if (!findings.length) return;
    current = Math.max(0, Math.min(findings.length - 1, number));
    findings.forEach((item, i) => item.classList.toggle("chosen", i === current));
    const item = findings[current];
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
    if (item.dataset.at !== undefined) go(Number(item.dataset.at), listen);
  };

  const widen = (factor) => {
    const most = Math.max(1, (seconds * CLOSEST) / track.clientWidth);
    zoom = Math.max(1, Math.min(most, zoom * factor));
    strip.style.width = `${zoom * 100}%`;
    track.scrollLeft = (place / (seconds || 1)) * strip.clientWidth - track.clientWidth / 2;
  };

  if (audio) {
    const frame = () => {
      show(audio.currentTime);
      if (!audio.paused) requestAnimationFrame(frame);
    };
    const state = () => {
      document.body.classList.toggle("playing", !audio.paused);
      play.setAttribute("aria-label", audio.paused ? play.dataset.play : play.dataset.pause);
    };
    audio.addEventListener("play", () => { state(); frame(); });
    audio.addEventListener("pause", state);
    play.addEventListener("click", toggle);
    find("speed").addEventListener("change", (event) => {
      audio.playbackRate = Number(event.target.value);
      event.target.blur();
    });
  }
  find("previous").addEventListener("click", () => choose(current - 1, true));
  find("next").addEventListener("click", () => choose(current + 1, true));
  find("zoom-in").addEventListener("click", () => widen(2));
  find("zoom-out").addEventListener("click", () => widen(0.5));

  const at = (event) => {
    const box = strip.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * seconds;
  };
  let scrubbing = false;
  track.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.offsetY > track.clientHeight) return;
    const pin = event.target.closest("[data-finding]");
    if (pin) {
      choose(Number(pin.dataset.finding) - 1, true);
      return;
    }
    scrubbing = true;
    go(at(event), true);
  });
  track.addEventListener("pointermove", (event) => { if (scrubbing) go(at(event), false); });
  addEventListener("pointerup", () => { scrubbing = false; });
  addEventListener("pointercancel", () => { scrubbing = false; });

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-at]");
    if (!target || track.contains(target) || String(getSelection())) return;
    const finding = target.closest("li.finding");
    if (finding) choose(findings.indexOf(finding), true);
    else go(Number(target.dataset.at), true);
    // A button that keeps the focus after a click would swallow the next space.
    if (event.detail) target.blur();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const active = document.activeElement;
    if (active.matches("select, input")) return;
    const act = {
      " ": () => (active.matches("button") ? false : toggle()),
      ArrowLeft: () => go(place - SEEK, false),
      ArrowRight: () => go(place + SEEK, false),
      j: () => choose(current + 1, true),
      k: () => choose(current - 1, true),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act && act() !== false) event.preventDefault();
  });

  // The conversation fills the window below the player, whatever its height is.
  const player = find("player");
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--player", `${player.offsetHeight}px`);
  }).observe(player);
  show(0);
})();
