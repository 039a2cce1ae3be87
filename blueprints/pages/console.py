"""The officers' console: one page that everybody may load, and that shows nothing before somebody has signed in."""

from flask import Blueprint, render_template, request

from blueprints import limits
from blueprints.failures import language
from blueprints.officer.cookie import kept_token
from flows.running import running
from services.demo_officers import DEMO_OFFICERS

blueprint = Blueprint("console", __name__, template_folder="templates")

#: What the sign-in imports, so that a slow line fetches it in one round instead of one after the other.
PRELOAD = (
    "shared/api.js",
    "shared/calls.js",
    "shared/format.js",
    "shared/kept.js",
    "shared/parts.js",
    "shared/router.js",
    "shared/view.js",
    "shared/words.js",
    "words/shared.js",
    "words/console.js",
    "console/forms.js",
    "console/nav.js",
    "console/officer.js",
    "console/region.js",
    "console/shell.js",
    "console/sign-in.js",
    "vendor/preact-htm/standalone.module.js",
)


@blueprint.get("/console")
@limits.look_up
def console() -> str:
    """The console's shell; in demo mode with the user names that there are, never with a password."""
    return render_template(
        "console.html",
        demo=running().settings.demo,
        english=language() == "en",
        officers=[{"username": name, "role": role} for name, (_, role) in DEMO_OFFICERS.items()],
        preload=PRELOAD,
        signed_in=_perhaps_signed_in(),
    )


def _perhaps_signed_in() -> bool:
    """Whether asking who is signed in may find somebody; who comes by another site's link shows no cookie yet."""
    by_itself = request.headers.get("Sec-Fetch-Site") in ("none", "same-origin")
    return not by_itself or kept_token() is not None
