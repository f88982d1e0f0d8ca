// A phone tree as tutorials show it: Twilio's builder, no signature, no state, no journal.
const cluster = require("node:cluster");
const express = require("express");
const { VoiceResponse } = require("twilio").twiml;

const SAYS = {
  1: "To talk to the school, ask for the person who looks after special educational needs.",
  2: "To make a complaint, write to the head teacher first. Say what you would like to happen.",
  3: "To meet and agree, ask for mediation. It is free, and you can bring somebody with you.",
};
const CHOICES =
  "To talk to the school, press 1. To make a complaint, press 2. To meet and agree, press 3.";

function answer(request, response) {
  const twiml = new VoiceResponse();
  const chosen = request.body.Digits;
  if (SAYS[chosen]) twiml.say(SAYS[chosen]);
  else if (chosen) twiml.say("Sorry, I did not understand that.");
  const gather = twiml.gather({ numDigits: 1, action: "/voice", method: "POST" });
  gather.say(CHOICES);
  twiml.redirect("/voice");
  response.type("text/xml").send(twiml.toString());
}

const [port, processes] = process.argv.slice(2).map(Number);
if (cluster.isPrimary) {
  for (let each = 0; each < processes; each++) cluster.fork();
  process.on("SIGTERM", () => {
    for (const each of Object.values(cluster.workers)) each.process.kill();
    process.exit(0);
  });
} else {
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.post("/voice", answer);
  app.listen(port, "127.0.0.1");
}
