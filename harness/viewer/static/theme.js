// Runs before the page is drawn, so that a kept theme does not flash in.
"use strict";
{
  let kept = null;
  try {
    kept = localStorage.getItem("theme");
  } catch {
    // Storage may be switched off; then the system decides.
  }
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
}
