"""The line's face on the web: Twilio's webhooks, the recordings, health, and the demonstration."""
