// The page of a run in play: its counts are asked for every other second, more rarely where nothing
// comes, and no more once the run is finished.
"use strict";

{
  const live = document.querySelector("[data-state]");
  const SHORTEST = 2000;
  const LONGEST = 30000;
  let wait = SHORTEST;
  let tag = "";

  const fill = (facts) => {
    for (const place of document.querySelectorAll("[data-count]")) {
      const value = facts[place.dataset.count];
      if (value !== undefined && place.textContent !== value) place.textContent = value;
    }
    const answered = facts.answer === "ready" && live.dataset.answer !== "ready";
    if (answered || facts.finished) live.querySelector(".news").hidden = false;
  };

  const look = async () => {
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(live.dataset.state, { headers });
      if (answer.status === 200) {
        const facts = await answer.json();
        tag = answer.headers.get("ETag") ?? "";
        wait = SHORTEST;
        fill(facts);
        if (facts.finished) return;
      } else {
        wait = Math.min(LONGEST, wait * 1.5);
      }
    } catch {
      wait = LONGEST; // The viewer has ended, or is busy.
    }
    setTimeout(look, wait);
  };

  if (live) setTimeout(look, SHORTEST);
}
