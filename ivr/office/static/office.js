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
