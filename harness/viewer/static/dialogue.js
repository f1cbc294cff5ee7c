// Keys and highlights on the pages of a dialogue. Every page reads well without it.
"use strict";

{
  const turns = [...document.querySelectorAll(".turn")];
  const find = (id) => document.getElementById(id);

  // --- moving from turn to turn -----------------------------------------------------------------

  const BAR = 80; // pixels that the bar at the top hides, and a little more

  // Two dialogues side by side have two turns in a row: what is next lies further down.
  const rows = () => {
    const found = [];
    for (const turn of turns) {
      const top = Math.round(turn.getBoundingClientRect().top + window.scrollY);
      found.push({ turn, top });
    }
    return found;
  };

  let current = null; // the turn that a key chose last

  // The event that tells of a new address comes later than the next key may.
  const aim = () => {
    if (current && location.hash === `#${current.id}`) return current;
    return document.querySelector(".turn:target") ?? current;
  };

  const place = (all) => {
    const aimed = aim();
    const chosen = all.findIndex((one) => one.turn === aimed);
    if (chosen >= 0) return chosen;
    const line = window.scrollY + BAR;
    return all.findLastIndex((one) => one.top <= line);
  };

  const move = (by) => {
    const all = rows();
    const to = Math.min(Math.max(place(all) + by, 0), all.length - 1);
    if (!all[to]) return;
    current = all[to].turn;
    location.replace(`#${current.id}`);
    current.focus({ preventScroll: true });
  };

  // Who scrolls on reads on from there.
  for (const event of ["wheel", "touchmove"]) {
    addEventListener(event, () => { current = null; }, { passive: true });
  }
  addEventListener("hashchange", () => { current = document.querySelector(".turn:target") ?? current; });

  // --- links that keys follow -------------------------------------------------------------------

  const follow = (selector) => document.querySelector(selector)?.click();

  // The place on the page is kept while what was private appears or goes.
  const toggle = find("private");
  toggle?.addEventListener("click", () => {
    if (location.hash) toggle.hash = location.hash;
  });

  const keys = find("keys");
  const help = () => {
    if (keys && !keys.open) keys.showModal();
  };
  const button = find("show-keys");
  if (button && keys) {
    button.hidden = false;
    button.addEventListener("click", help);
  }

  const ACTIONS = {
    j: () => move(1),
    k: () => move(-1),
    n: () => follow("a[rel=next]"),
    p: () => follow("a[rel=prev]"),
    s: () => follow("#beside"),
    x: () => follow("#private"),
    "?": help,
  };

  // A window that is closed may keep the focus for a moment, and what is typed then is for the page.
  const typing = (target) =>
    target instanceof Element && target.closest("input, textarea, select, dialog[open], [contenteditable]");

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing(event.target) || keys?.open) return;
    const action = Object.hasOwn(ACTIONS, event.key) ? ACTIONS[event.key] : null;
    if (!action) return;
    event.preventDefault();
    action();
  });

  // --- what belongs together is lit together ----------------------------------------------------

  const toggled = (selector, name, on) => {
    for (const found of document.querySelectorAll(selector)) found.classList.toggle(name, on);
  };

  // The marks of a turn in the pictures, and its lines of the ledger.
  const light = (id, on) => {
    toggled(`[data-marks="${CSS.escape(id)}"]`, "now", on);
    toggled(`[data-gives="${CSS.escape(id)}"]`, "lit", on);
  };

  const both = (element, starts, ends, act) => {
    for (const event of starts) element.addEventListener(event, () => act(true));
    for (const event of ends) element.addEventListener(event, () => act(false));
  };

  // What leads to a turn lights its words too.
  for (const element of document.querySelectorAll("[data-gives], [data-marks]")) {
    const id = element.dataset.gives ?? element.dataset.marks;
    both(element, ["mouseenter", "focusin"], ["mouseleave", "focusout"], (on) => {
      light(id, on);
      find(id)?.classList.toggle("lit", on);
    });
  }
  for (const turn of turns) {
    both(turn, ["mouseenter", "focusin"], ["mouseleave", "focusout"], (on) => light(turn.id, on));
  }
}
