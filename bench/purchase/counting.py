"""What an order and a notice send to PostgreSQL: the same code as served, run in this process."""

from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from bench.checks import Told
from bench.purchase.orders import ORDERS, WISH, Buyers, ask_and_pay
from bench.stage import Stage
from bench.statements import Traffic, count
from bench.wechat import PATH
from models import database

#: The last of so many is counted: by then every statement is prepared and every cache is warm.
TIMES = 6


class CountError(Exception):
    """A request was refused; the message shows how."""


def traffic(stage: Stage) -> tuple[dict[str, Traffic], Told]:
    """What each of the two sends, and how many orders this has added; raises CountError."""
    client = stage.app.test_client()
    # The last buyer: the measured orders begin with the first, so no key is used twice.
    buyers, numbers = Buyers(stage.tokens[-1:]), list[str]()
    with stage.app.app_context():
        engine = database().get_bind()
    assert isinstance(engine, sa.Engine)

    def order() -> None:
        numbers.append(str(_post(client, ORDERS, 201, headers=buyers.headers(), json=WISH)["number"]))

    ordered = count(engine, order, TIMES)[-1]
    notices = iter([stage.merchant.notice(paid) for paid in ask_and_pay(stage, numbers)])

    def settle() -> None:
        body, headers = next(notices)
        _post(client, PATH, 204, headers=headers, data=body)

    settled = count(engine, settle, TIMES)[-1]
    return {"an order": ordered, "a notice": settled}, Told(TIMES, TIMES)


def _post(client: FlaskClient, path: str, expected: int, **sent: Any) -> dict[str, object]:
    answer = client.post(path, **sent)
    if answer.status_code != expected:
        raise CountError(f"{path} answered {answer.status}: {answer.get_data(as_text=True)}")
    return dict(answer.get_json(silent=True) or {})
