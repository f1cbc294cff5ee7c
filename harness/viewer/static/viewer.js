// The viewer's own script: theme, keys. Every page works without it.
"use strict";

{
  const THEMES = { "": "auto", light: "light", dark: "dark" };
  const button = document.getElementById("theme");
  const root = document.documentElement;

  const show = () => {
    const now = root.dataset.theme ?? "";
    button.textContent = `Theme: ${THEMES[now]}`;
  };

  const next = () => {
    const names = Object.keys(THEMES);
    const chosen = names[(names.indexOf(root.dataset.theme ?? "") + 1) % names.length];
    if (chosen) root.dataset.theme = chosen;
    else delete root.dataset.theme;
    try {
      if (chosen) localStorage.setItem("theme", chosen);
      else localStorage.removeItem("theme");
    } catch {
      // Not kept where storage is switched off.
    }
    show();
  };

  button.hidden = false;
  button.addEventListener("click", next);
  show();
}
