"""Having words looked at before they stand anywhere: by our own list first, then by WeChat, else by a person.

Nothing that WeChat does not let pass is shown, and nothing WeChat does not answer keeps anybody from paying. See
docs/decisions/0009-words-before-payment.md.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import Conflict, Invalid
from domain.orders import OrderState
from domain.words import WordsState, check_words
from flows.running import Running
from gateways.wechat.errors import ApiError
from gateways.wechat.mp.mini_program import Scene, Suggestion
from gateways.wechat.settings import MINIPROGRAM
from models import User, database, end_reading, transaction
from services import gifts, orders, users, words

log = logging.getLogger("danzhu.words")

_STATES = {
    Suggestion.PASS: WordsState.PASSED,
    Suggestion.REVIEW: WordsState.REVIEW,
    Suggestion.RISKY: WordsState.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Writer:
    """Whose words they are, and the sign-in they come through."""

    user_id: int
    identity_id: int


def look_at(
    parts: Running, writer: Writer, texts: Sequence[str], scene: Scene, *, for_others: bool
) -> WordsState:
    """What comes of looking at these texts; raises Invalid for a word of our own list.

    WeChat looks at words of mini-program users. Of others our list has to do: words that somebody else would see
    (`for_others`) go to a person then.
    """
    for text in texts:
        check_words(text)
    alone = WordsState.REVIEW if for_others else WordsState.PASSED
    app = parts.wechat.settings.apps.get(MINIPROGRAM)
    if app is None:
        return alone
    openid, through_it = words.writer(database(), writer.user_id, writer.identity_id, app.appid)
    end_reading()
    if openid is None:
        return alone
    try:
        verdict = parts.wechat.mini_program().check_text(openid, "\n".join(texts), scene)
    except ApiError as error:
        log.warning("words not looked at", extra={"reason": error.word})
        if error.word == "user_not_active" and not through_it:
            return alone
        return WordsState.REFUSED if error.word == "text_risky" else WordsState.REVIEW
    return _STATES[verdict.suggestion]


def look_at_order(parts: Running, number: str, writer: Writer) -> None:
    """Have an order's words looked at before its payment is asked for, once; raises Conflict("words_refused")."""
    order = orders.find(database(), number, writer.user_id)
    state = order.words_state
    if order.state is OrderState.PENDING and state is WordsState.UNCHECKED:
        texts = [order.holder_name, *([order.message] if order.message else [])]
        scene = Scene.SOCIAL if order.message else Scene.PROFILE
        shown = order.holder_public or order.message is not None
        state = look_at(parts, writer, texts, scene, for_others=shown)
        with transaction() as session:
            words.note(session, order.id, state)
    if order.state is OrderState.PENDING and state is WordsState.REFUSED:
        raise Conflict("words_refused")


def look_at_claim(
    parts: Running, writer: Writer, code: str, *, holder_name: str, holder_public: bool
) -> WordsState:
    """What comes of looking at the name of whoever claims a gift, before it is.

    Raises Invalid("words_refused"), and what services.gifts.claim raises.
    """
    gifts.find_offered(database(), code, user_id=writer.user_id, now=parts.clock())
    state = look_at(parts, writer, [holder_name], Scene.PROFILE, for_others=holder_public)
    if state is WordsState.REFUSED:
        raise Invalid("words_refused")
    return state


def change_profile(
    parts: Running,
    writer: Writer,
    *,
    nickname: str | None = None,
    language: str | None = None,
    name_public: bool | None = None,
) -> User:
    """Change a profile; a nickname that does not pass is not taken.

    Raises Invalid("words_refused"), or Conflict("words_unchecked") where nobody could look at it now.
    """
    if nickname is not None:
        state = look_at(parts, writer, [nickname], Scene.PROFILE, for_others=False)
        if state is WordsState.REFUSED:
            raise Invalid("words_refused")
        if state is not WordsState.PASSED:
            raise Conflict("words_unchecked")
    with transaction() as session:
        return users.change(
            session, writer.user_id, nickname=nickname, language=language, name_public=name_public
        )
