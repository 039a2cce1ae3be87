"""The table of permissions and the routes of officers tell the same story."""

from flask import Flask

from blueprints.officer.guard import guard, table_path
from domain.permissions import CALLS

PREFIX = "/api/v1/officer/"
#: What anybody may call, because it is the door, or the token of a link is the guard.
OPEN = {("POST", "/officer/session"), ("POST", "/officer/invitation")}


def routes(app: Flask) -> dict[tuple[str, str], str]:
    """Every officer's call, and the blueprint it hangs on."""
    return {
        (method, table_path(rule.rule)): rule.endpoint.partition(".")[0]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_stands_in_the_table_and_every_line_has_its_route(app: Flask) -> None:
    assert set(routes(app)) == set(CALLS) | OPEN


def test_every_route_but_the_door_has_the_guard_once(app: Flask) -> None:
    for call, blueprint in routes(app).items():
        guards = app.before_request_funcs.get(blueprint, [])
        assert guards.count(guard) == (0 if call in OPEN else 1), call


def test_a_rule_is_written_as_the_table_writes_it() -> None:
    assert table_path("/api/v1/officer/trees/<string:code>") == "/officer/trees/{code}"
    assert table_path("/api/v1/officer/x/<int(max=9):x_id>/y") == "/officer/x/{x_id}/y"
