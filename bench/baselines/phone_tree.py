"""A phone tree as tutorials show it: Twilio's builder, no signature, no state, no journal."""

from __future__ import annotations

from flask import Flask, request
from twilio.twiml.voice_response import Gather, VoiceResponse

app = Flask(__name__)
SAYS = {
    "1": "To talk to the school, ask for the person who looks after special educational needs.",
    "2": "To make a complaint, write to the head teacher first. Say what you would like to happen.",
    "3": "To meet and agree, ask for mediation. It is free, and you can bring somebody with you.",
}
CHOICES = (
    "To talk to the school, press 1. To make a complaint, press 2. To meet and agree, press 3."
)


@app.post("/voice")
def voice() -> str:
    """Says what was chosen, then the choices again."""
    response = VoiceResponse()
    chosen = request.values.get("Digits")
    if chosen in SAYS:
        response.say(SAYS[chosen])
    elif chosen:
        response.say("Sorry, I did not understand that.")
    gather = Gather(num_digits=1, action="/voice", method="POST")
    gather.say(CHOICES)
    response.append(gather)
    response.redirect("/voice")
    return str(response)
