"use strict";
// A little help where there is a script. Every page works without it.

// After something was sent, the message about it is read out and seen first.
document.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A file that is too large is told before it is sent.
for (const chosen of document.querySelectorAll("input[data-most]")) {
  chosen.addEventListener("change", () => {
    const large = chosen.files[0]?.size > chosen.dataset.most;
    chosen.setCustomValidity(large ? chosen.dataset.large : "");
    chosen.reportValidity();
  });
}

// Two buttons stand for the players of a sentence; one sound plays at a time.
let playing = null;
for (const sound of document.querySelectorAll("audio[data-hear]")) {
  const button = document.createElement("button");
  const shows = (mark, says) => { button.textContent = `${mark} ${says}`; };
  button.type = "button";
  button.className = "quiet";
  button.setAttribute("aria-label", `${sound.dataset.hear}: ${sound.getAttribute("aria-label")}`);
  shows("▶", sound.dataset.hear);
  button.addEventListener("click", () => {
    const other = playing !== sound;
    playing?.pause();
    if (!other) return;
    playing = sound;
    sound.currentTime = 0;
    sound.play();
  });
  sound.addEventListener("play", () => shows("■", "Stop"));
  for (const end of ["pause", "ended"]) {
    sound.addEventListener(end, () => {
      shows("▶", sound.dataset.hear);
      if (playing === sound) playing = null;
    });
  }
  sound.parentElement.replaceChildren(sound, button);
  sound.hidden = true;
}

// Part of a page, made anew by the server.
async function part(address, name, options = {}) {
  const answer = await fetch(address, { ...options, headers: { "X-Part": name } }).catch(() => null);
  return answer?.ok ? answer.text() : null;
}

// Words are checked while they are written, once the writer pauses.
for (const written of document.querySelectorAll("form[data-check]")) {
  let pausing;
  written.querySelector("textarea")?.addEventListener("input", () => {
    clearTimeout(pausing);
    pausing = setTimeout(async () => {
      const html = await part(written.dataset.check, "check", {
        method: "POST",
        body: new FormData(written),
      });
      if (html !== null) written.querySelector(".check").innerHTML = html;
    }, 400);
  });
}

// How far a publish is, until it is done.
const progress = document.querySelector("[data-progress]");
async function follow() {
  const html = await part(progress.dataset.progress, "progress");
  if (html !== null && html !== progress.innerHTML) progress.innerHTML = html;
  if (html === null || progress.querySelector(".hint")) setTimeout(follow, 2000);
}
if (progress?.dataset.progress) setTimeout(follow, 2000);
