"""Key 8: change how you hear this. Slower, normal, wait for me, another language.

Owns the places ``hearing``, ``hold`` and ``languages`` (R38, R39, R50). What is chosen lasts for
the whole call.
"""

from __future__ import annotations

from ivr.flow.context import WAIT_FOR_ME, Go, Room, Scene, listed
from ivr.line.call import Call, InLanguage, Listen, Turn, Unit
from ivr.line.phrases import LANGUAGE_KEY, OWN_CHOICES


class HearingRoom(Room):
    """The choices of key 8. Each leads back to what was being heard."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        count = scene.how_many(len(OWN_CHOICES["hearing"]) + (len(scene.line.languages) > 1))
        return scene.turn(before, scene.say("hearing"), count, self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed([*scene.own_choices("hearing"), *_language_choice(scene)])

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        match key:
            case "1":
                return _changed(scene, scene.call.stay(speed="slow"), "slower_on")
            case "2":
                normal = scene.call.stay(speed="normal", wait=False)
                return _changed(scene, normal, "normal_on")
            case "3":
                return Go(scene.back().stay(wait=True).go("hold"))
            case key if key == LANGUAGE_KEY and len(scene.line.languages) > 1:
                return Go(scene.back().go("languages"))
        return None


class HoldRoom(Room):
    """The line waits, at once and for five minutes; then the silence ladder."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, scene.say("wait_on"), then=Listen(WAIT_FOR_ME))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("press_to_go_on")

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        return Go(scene.back())


class LanguagesRoom(Room):
    """The languages that are switched on, each offered in its own words."""

    def missing(self, scene: Scene) -> Call | None:
        return scene.back() if len(scene.line.languages) == 1 else None

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, scene.how_many(len(scene.line.languages)), self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(languages(scene))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        chosen = language_of(scene, key)
        return _changed(scene, scene.call.stay(lang=chosen), "language_on") if chosen else None


def languages(scene: Scene) -> list[Unit]:
    """Each language that is switched on, offered in its own words, from key 1."""
    return [
        InLanguage(lang, scene.line.words(lang).this_language(str(key)))
        for key, lang in enumerate(scene.line.languages, 1)
    ]


def language_of(scene: Scene, key: str) -> str | None:
    """The language that a key of this list means."""
    return {str(n): lang for n, lang in enumerate(scene.line.languages, 1)}.get(key)


def _changed(scene: Scene, call: Call, phrase: str) -> Go:
    """Back to what was being heard, heard in the new way; what has changed is said first."""
    changed = scene.on(call)
    return Go(changed.back().stay(news=phrase), changed.say(phrase))


def _language_choice(scene: Scene) -> list[Unit]:
    """The choice of a language: in the caller's, then in each other language (R50)."""
    languages = scene.line.languages
    if len(languages) == 1:
        return []
    ordered = sorted(languages, key=lambda lang: lang != scene.call.lang)
    words = {lang: scene.line.words(lang) for lang in ordered}
    return [
        InLanguage(lang, said.choice(said.says["language_label"], LANGUAGE_KEY))
        for lang, said in words.items()
    ]
