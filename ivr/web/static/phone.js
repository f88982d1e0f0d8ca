// The phone in a page: shows what the exchange reports of one call, plays its recordings, sends keys.
// It decides nothing: the exchange performs the call, this is only its handset.
"use strict";

const $ = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const sound = $("#sound");
const captions = $("#captions");
let call = null; // {id, began, timer}
let tones = null;

async function post(path, body = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.ok ? answer.json() : null;
}

function caption(words, kind) {
  captions.querySelectorAll(".hint").forEach((hint) => hint.remove());
  captions.querySelectorAll(".now").forEach((old) => old.classList.remove("now"));
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = words;
  captions.append(item);
  captions.scrollTop = captions.scrollHeight;
}

function quiet() {
  sound.pause();
  sound.removeAttribute("src");
  if (window.speechSynthesis) window.speechSynthesis.cancel();
}

function tone(key) {
  tones = tones || new AudioContext();
  const low = [697, 770, 852, 941], high = [1209, 1336, 1477];
  const at = "123456789*0#".indexOf(key);
  const gain = tones.createGain();
  gain.gain.value = 0.06;
  gain.connect(tones.destination);
  for (const pitch of [low[Math.floor(at / 3)], high[at % 3]]) {
    const oscillator = tones.createOscillator();
    oscillator.frequency.value = pitch;
    oscillator.connect(gain);
    oscillator.start();
    oscillator.stop(tones.currentTime + 0.12);
  }
}

function say(words) {
  if (!window.speechSynthesis) return;
  const speech = new SpeechSynthesisUtterance(words);
  speech.lang = "en-GB";
  window.speechSynthesis.speak(speech);
}

function status(words) { $("#status").textContent = words; }

function adviser(words, buttons) {
  $("#adviser-status").textContent = words;
  $("#adviser").classList.toggle("ringing", buttons.includes("answer"));
  all("[data-adviser]").forEach((button) => { button.disabled = !buttons.includes(button.dataset.adviser); });
}

const SHOW = {
  answered: () => status("Connected"),
  played(event) {
    if (event.words) caption(event.words, "now");
    sound.src = event.path;
    sound.play().catch((error) => {
      // A recording that a key cuts off is no trouble; one the browser forbids is.
      if (error.name === "NotAllowedError") caption("(Click in the page to hear the sound.)", "event");
    });
  },
  said(event) { caption(event.words, "now"); say(event.words); },
  listening: () => status("Connected: press a key"),
  key(event) { quiet(); status("Connected"); caption(`You pressed ${event.key}`, "key"); },
  dialling() {
    status("Ringing the adviser");
    caption("The adviser's telephone rings.", "event");
    adviser("Ringing", ["answer", "busy", "no-answer"]);
  },
  bridged() {
    status("Talking with the adviser");
    caption("The adviser has answered. You can talk.", "event");
    adviser("Talking with the caller", ["hangup"]);
  },
  dialended(event) {
    adviser("Not ringing", []);
    caption(`The adviser's telephone: ${event.outcome}.`, "event");
    status("Connected");
  },
  failed(event) { caption(`Something failed: ${event.words}`, "event"); },
  ended(event) { caption(`The call has ended (${event.by}).`, "event"); finish(); },
};

async function listen(id) {
  let after = 0;
  while (call && call.id === id) {
    let answer;
    try {
      answer = await fetch(`/phone/calls/${id}/events?after=${after}`);
    } catch {
      caption("The line cannot be reached.", "event");
      return finish();
    }
    if (!answer.ok) return finish();
    for (const event of await answer.json()) {
      after = event.number;
      (SHOW[event.type] || (() => {}))(event);
    }
  }
}

async function ring() {
  if (call) return;
  captions.replaceChildren();
  quiet();
  status("Ringing");
  const kind = new FormData($("#from")).get("from");
  const begun = await post("/phone/calls", { from: kind });
  if (!begun) return status("The line does not answer");
  const began = Date.now();
  call = { id: begun.id, timer: setInterval(() => clock(began), 500) };
  all("[data-key], #end").forEach((button) => { button.disabled = false; });
  $("#ring").disabled = true;
  listen(call.id);
}

function clock(began) {
  const seconds = Math.floor((Date.now() - began) / 1000);
  const two = (count) => String(count).padStart(2, "0");
  $("#clock").textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

function finish() {
  if (!call) return;
  clearInterval(call.timer);
  call = null;
  quiet();
  status("The call has ended");
  adviser("Not ringing", []);
  all("[data-key], #end").forEach((button) => { button.disabled = true; });
  $("#ring").disabled = false;
}

function press(key) {
  if (!call) return;
  tone(key);
  quiet();
  const button = $(`[data-key="${CSS.escape(key)}"]`);
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 150);
  post(`/phone/calls/${call.id}/key`, { key });
}

async function texts() {
  const answer = await fetch("/phone/texts").catch(() => null);
  if (!answer || !answer.ok) return;
  const shown = $("#texts");
  const found = await answer.json();
  for (const text of found.slice(shown.childElementCount)) {
    const article = document.createElement("article");
    const from = document.createElement("h3");
    const body = document.createElement("p");
    from.textContent = `Text to ${text.to}`;
    body.textContent = text.body;
    article.append(from, body);
    shown.append(article);
    article.scrollIntoView({ block: "nearest" });
  }
}

all("[data-key]").forEach((button) => button.addEventListener("click", () => press(button.dataset.key)));
all("[data-adviser]").forEach((button) =>
  button.addEventListener("click", () => post(`/phone/calls/${call.id}/adviser`, { does: button.dataset.adviser })));
$("#ring").addEventListener("click", ring);
$("#end").addEventListener("click", () => call && post(`/phone/calls/${call.id}/hangup`));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (/^[0-9*#]$/.test(event.key)) { event.preventDefault(); press(event.key); }
  if (event.key === "Escape" && call) post(`/phone/calls/${call.id}/hangup`);
  if (event.key === "Enter" && !call && event.target === document.body) ring();
});
setInterval(texts, 1000);
