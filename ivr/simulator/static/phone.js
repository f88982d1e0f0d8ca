// The phone in a page: shows what the exchange reports of one call, plays its recordings, sends keys.
// It decides nothing: the exchange performs the call, this is only its handset.
"use strict";

const $ = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const sound = $("#sound");
const captions = $("#captions");
let call = null; // {id, timer, talked}
let tones = null;

async function post(path, body = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.ok ? answer.json() : null;
}

let done = Promise.resolve(); // what was done in a call arrives in its order, one after another

function act(what, body) {
  const path = `/phone/calls/${call.id}/${what}`;
  done = done.then(() => post(path, body)).catch(() => null);
}

function caption(words, kind, language = "") {
  captions.querySelectorAll(".hint").forEach((hint) => hint.remove());
  captions.querySelectorAll(".now").forEach((old) => old.classList.remove("now"));
  const item = document.createElement("p");
  item.className = kind;
  $("#now").textContent = kind === "now" ? words : "";
  item.textContent = words;
  if (language) item.lang = language;
  item.dir = "auto";
  captions.append(item);
  captions.scrollTop = captions.scrollHeight;
}

function quiet() {
  sound.pause();
  sound.removeAttribute("src");
  if (window.speechSynthesis) window.speechSynthesis.cancel();
}

function tone(pitches, seconds) {
  tones = tones || new AudioContext();
  const gain = tones.createGain();
  gain.gain.value = 0.06;
  gain.connect(tones.destination);
  for (const pitch of pitches) {
    const oscillator = tones.createOscillator();
    oscillator.frequency.value = pitch;
    oscillator.connect(gain);
    oscillator.start();
    oscillator.stop(tones.currentTime + seconds);
  }
}

function keyTone(key) {
  const low = [697, 770, 852, 941], high = [1209, 1336, 1477];
  const at = "123456789*0#".indexOf(key);
  tone([low[Math.floor(at / 3)], high[at % 3]], 0.12);
}

function play(path) {
  sound.src = path;
  sound.play().catch((error) => {
    // A recording that a key cuts off is no trouble; one the browser forbids is.
    if (error.name === "NotAllowedError") caption("(Click in the page to hear the sound.)", "event");
  });
}

function say(words, language = "en-GB") {
  if (!window.speechSynthesis) return;
  const speech = new SpeechSynthesisUtterance(words);
  speech.lang = language;
  window.speechSynthesis.speak(speech);
}

function status(words) { $("#status").textContent = words; }

function recording(on) { $(".screen").classList.toggle("recording", on); }

function allQuiet() {
  all(".telephone").forEach((each) => {
    hears(each, "");
    state(each, "quiet");
  });
}

// What an adviser's telephone does now, and what can then be done at it.
const STATES = {
  ringing: ["It rings", ["answer", "busy", "no-answer"]],
  hears: ["The adviser hears:", ["accept", "refuse", "hangup"]],
  talks: ["The adviser talks with the caller", ["hangup"]],
  answer: ["The adviser picks up", []],
  accept: ["The adviser takes the call", []],
  refuse: ["The adviser does not take the call", []],
  busy: ["It is busy", []],
  "no-answer": ["Nobody answers", []],
  hangup: ["The adviser hangs up", []],
  quiet: ["It is quiet again", []],
};

function telephone(number, called) {
  const known = all(".telephone").find((each) => each.dataset.number === number);
  if (known) return known;
  const made = $("#telephone").content.firstElementChild.cloneNode(true);
  made.dataset.number = number;
  made.querySelector("h3").textContent = called;
  made.setAttribute("aria-label", `The adviser's telephone ${called}`);
  made.querySelectorAll("button").forEach((button) =>
    button.addEventListener("click", () => does(made, button.dataset.adviser)));
  $("#nobody").hidden = true;
  $("#telephones").append(made);
  return made;
}

function state(phone, name) {
  const [words, offered] = STATES[name];
  const focused = phone.contains(document.activeElement);
  phone.dataset.state = name;
  phone.querySelector(".state").textContent = words;
  const buttons = [...phone.querySelectorAll("button")];
  buttons.forEach((button) => { button.hidden = !offered.includes(button.dataset.adviser); });
  if (focused) (buttons.find((button) => !button.hidden) || phone).focus();
}

function hears(phone, words) {
  const heard = phone.querySelector(".hears");
  heard.textContent = words;
  heard.hidden = !words;
}

function does(phone, what) {
  if (!call) return;
  state(phone, what);
  act("adviser", { does: what, telephone: phone.dataset.number });
}

// How a dial ends that nobody has talked in.
const ENDINGS = {
  completed: "No adviser takes the call.",
  busy: "The adviser's telephone is busy.",
  "no-answer": "No adviser answers.",
  failed: "The adviser's telephone cannot be reached.",
  canceled: "The adviser's telephone rings no more.",
};

const SHOW = {
  answered: () => status("Connected"),
  played(event) {
    if (event.words) caption(event.words, "now");
    play(event.path);
  },
  said(event) { caption(event.words, "now", event.language); say(event.words, event.language); },
  listening: () => status("Connected: press a key"),
  keysent(event) {
    quiet();
    recording(false);
    status("Connected");
    caption(`You pressed ${event.key}`, "key");
  },
  dialling(event) {
    status("Ringing an adviser");
    caption(`An adviser's telephone rings: ${event.called}`, "event");
    call.talked = false;
    const phone = telephone(event.telephone, event.called);
    hears(phone, "");
    state(phone, "ringing");
    phone.scrollIntoView({ block: "nearest" });
  },
  adviserhears(event) {
    const phone = telephone(event.telephone, event.called);
    if (phone.dataset.state === "answer") state(phone, "hears");
    if (event.words) hears(phone, `${phone.querySelector(".hears").textContent} ${event.words}`);
    if (event.path) play(event.path);
    else say(event.words);
  },
  bridged(event) {
    quiet();
    call.talked = true;
    status("Talking with the adviser");
    caption("The adviser has taken the call. You can talk.", "event");
    state(telephone(event.telephone, event.called), "talks");
  },
  dialended(event) {
    caption(call.talked ? "The talk is over." : ENDINGS[event.outcome], "event");
    quiet();
    allQuiet();
    status("Connected");
  },
  recording() {
    status("You are recorded. Hang up or press # when you finish.");
    caption("You are recorded. Hang up or press # when you finish. No microphone is used: this page takes it that you speak.", "event");
    recording(true);
    tone([1000], 0.5);
  },
  recorded(event) {
    recording(false);
    status("Connected");
    const seconds = Math.round(event.seconds);
    caption(`Recorded: ${seconds} ${seconds === 1 ? "second" : "seconds"}.`, "event");
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
  $(".choice").open = false;
  all(".telephone").forEach((each) => each.remove());
  $("#nobody").hidden = false;
  const begun = await post("/phone/calls", Object.fromEntries(new FormData($("#from"))));
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
  allQuiet();
  recording(false);
  all("[data-key], #end").forEach((button) => { button.disabled = true; });
  $("#ring").disabled = false;
}

function press(key) {
  if (!call) return;
  keyTone(key);
  quiet();
  const button = $(`[data-key="${CSS.escape(key)}"]`);
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 150);
  act("key", { key });
}

function skip() {
  if (!call) return;
  quiet();
  act("skip");
}

// Show what has come since the last look, each with a heading and its words.
async function news(path, place, heading, words) {
  const answer = await fetch(path).catch(() => null);
  if (!answer || !answer.ok) return;
  const found = await answer.json();
  for (const each of found.slice(place.querySelectorAll("article").length)) {
    place.querySelectorAll(".hint").forEach((hint) => hint.remove());
    const article = document.createElement("article");
    const head = document.createElement("h3");
    const body = document.createElement("p");
    head.textContent = heading(each);
    body.textContent = words(each);
    article.append(head, body);
    place.append(article);
    place.scrollTop = article.offsetTop - place.offsetTop;
  }
}

function look() {
  news("/phone/texts", $("#texts"), (text) => `Text to ${text.to}`, (text) => text.body);
  news("/phone/mails", $("#mails"), (mail) => `Mail to ${mail.to}`, (mail) => mail.body);
}

function choose() {
  const chosen = $("[name=line]:checked");
  $("#staff-hint").hidden = chosen.value !== "staff";
  const names = [chosen, $("[name=from]:checked")].map((each) => each.labels[0].textContent.trim());
  $("#chosen").textContent = `Ring ${names.join(" from ")}`.toLowerCase().replace(/^r/, "R");
  if (!call) status(`Ready to ring ${chosen.dataset.number}`);
}

all("[data-key]").forEach((button) => button.addEventListener("click", () => press(button.dataset.key)));
all("[name=line], [name=from]").forEach((choice) => choice.addEventListener("change", choose));
$("#ring").addEventListener("click", ring);
$("#end").addEventListener("click", () => call && act("hangup"));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowRight" && event.target.type !== "radio") skip();
  if (event.repeat) return;
  if (/^[0-9*#]$/.test(event.key)) { event.preventDefault(); press(event.key); }
  if (event.key === "Escape" && call) act("hangup");
  if (event.key === "Enter" && !call && event.target === document.body) ring();
});
// A page that is closed puts the handset down: its call would keep an adviser's place.
window.addEventListener("pagehide", () => call && navigator.sendBeacon(`/phone/calls/${call.id}/hangup`));
choose();
setInterval(look, 1000);
