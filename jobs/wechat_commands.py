"""`flask wechat`: what an operator does at WeChat by hand; `flask wechat-sim`: a WeChat to try things out with."""

from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from flows.running import running
from gateways.wechat.errors import WeChatError
from gateways.wechat.settings import CHANNELS
from gateways.wechat.simulator import run

wechat_group = AppGroup("wechat", help="What is done at WeChat by hand.")


@wechat_group.command("new-token")
@click.argument("channel", type=click.Choice(CHANNELS))
def new_token(channel: str) -> None:
    """End an app's access token and take a new one, after it has leaked (20 a day, half a minute apart)."""
    try:
        running().wechat.force_new_token(channel)
    except WeChatError as error:
        raise click.ClickException(f"WeChat refused: {error}") from error
    click.echo(f"wechat: the {channel} has a new access token; the old one ends within five minutes")


@wechat_group.command("listen")
def listen() -> None:
    """Have WeChat announce complaints to this installation."""
    try:
        url = running().wechat.complaints.listen()
    except WeChatError as error:
        raise click.ClickException(f"WeChat refused: {error}") from error
    click.echo(f"wechat: complaints are announced to {url}")


@click.command("wechat-sim")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8600, show_default=True, help="Port to listen on.")
@click.option(
    "--storage",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of its memory; instance/wechat-sim.sqlite3 unless given.",
)
@with_appcontext
def wechat_sim(host: str, port: int, storage: Path | None) -> None:
    """Run a WeChat that answers like the real one, for trying things out; never in production."""
    settings = running().settings
    if settings.production:
        raise click.ClickException("the simulator has no place in production")
    path = storage or settings.instance / "wechat-sim.sqlite3"
    click.echo(f"wechat-sim: http://{host}:{port}, its memory is {path}, its keys {path}.keys.json")
    run(path, host, port)
