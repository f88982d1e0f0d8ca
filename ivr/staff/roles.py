"""What staff may do: permissions, and the roles that have them.

Owns both lists. Pure. Whatever is not named here may nobody do.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """What a page or an action needs. ``ANYONE``: no sign-in; ``OWN``: one's own account."""

    ANYONE = "anyone"
    OWN = "own"
    SEE = "see"
    WAITING = "waiting"
    SWITCH = "switch"
    TRANSLATE = "translate"
    EDIT = "edit"
    PUBLISH = "publish"
    MANAGE = "manage"


class Role(StrEnum):
    """What somebody is here for."""

    VIEWER = "viewer"
    ADVISER = "adviser"
    TRANSLATOR = "translator"
    EDITOR = "editor"
    MANAGER = "manager"


EVERYONE = frozenset({Permission.ANYONE, Permission.OWN, Permission.SEE})
ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: EVERYONE,
    Role.ADVISER: EVERYONE | {Permission.WAITING, Permission.SWITCH},
    Role.TRANSLATOR: EVERYONE | {Permission.TRANSLATE},
    Role.EDITOR: EVERYONE | {Permission.TRANSLATE, Permission.EDIT, Permission.PUBLISH},
    Role.MANAGER: frozenset(Permission),
}
MAY: Mapping[Role, str] = {
    Role.VIEWER: "sees how the line is and what callers do",
    Role.ADVISER: "also rings callers back, and opens and closes the line",
    Role.TRANSLATOR: "also translates what the line says, and signs what others have translated",
    Role.EDITOR: "also changes words, hours and contacts",
    Role.MANAGER: "may do everything, and invites others",
}
PERSONAL = frozenset({Permission.WAITING, Permission.MANAGE})
"""These need the second factor: what callers left, and who may see it."""


def may(role: str, permission: Permission) -> bool:
    """Whether somebody with this role may do this; a role that is none may do nothing."""
    return role in set(Role) and permission in ROLES[Role(role)]


def needs_factor(role: str) -> bool:
    """Whether this role may do anything personal."""
    return any(may(role, each) for each in PERSONAL)
