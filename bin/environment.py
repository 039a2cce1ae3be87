"""Makes the virtual environment .venv and installs the pinned requirements; only what changed since the last time.

Uses nothing but the standard library, because it runs before anything is installed.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"


class SetUpError(Exception):
    """The environment cannot be made; the message says what to do."""


def ensure(requirements: str) -> None:
    """Bring .venv to what `requirements` pins; raises SetUpError with what to do where that is impossible."""
    with (ROOT / RUNTIME).open() as lock:
        # Two starts at the same moment take turns.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _stamp(requirements).exists() and PYTHON.exists():
            return
        if not _usable():
            _make()
        say(f"Installing {requirements} into .venv ...")
        _install(requirements)


def _stamp(requirements: str) -> Path:
    """A file that exists once exactly these pins are installed for this Python."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for name in sorted({requirements, RUNTIME, "constraints.txt"}):
        digest.update((ROOT / name).read_bytes())
    return VENV / f"installed-{Path(requirements).stem}-{digest.hexdigest()[:16]}"


def _usable() -> bool:
    return PYTHON.exists() and _quietly(str(PYTHON), "-m", "pip", "--version")


def _make() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        _bring_venv()
    say("Making the virtual environment .venv ...")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode:
        raise SetUpError("The virtual environment could not be made; the lines above say why.")


def _bring_venv() -> None:
    """Debian and Ubuntu ship Python without the part that fills a virtual environment: fetch it, or say how."""
    package = f"python3.{sys.version_info[1]}-venv"
    if not shutil.which("apt-get"):
        raise SetUpError(
            "This Python has no ensurepip, so it cannot make a virtual environment; install it first."
        )
    if os.geteuid() != 0:
        raise SetUpError(
            f"This Python cannot make a virtual environment yet. Run: sudo apt-get install {package}"
        )
    say(f"Installing {package}, which this Python needs for virtual environments ...")
    if not apt_install(package, "python3-venv"):
        raise SetUpError(f"{package} could not be installed; the lines above say why.")


def apt_install(*names: str) -> bool:
    """Install the first of these Debian packages that can be had; whether one could. Only for root."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = partial(subprocess.run, env=quiet, check=False, stdout=subprocess.DEVNULL)
    apt(["apt-get", "update", "-qq"])
    wanted = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    return any(apt([*wanted, name]).returncode == 0 for name in names)


def _install(requirements: str) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--requirement", str(ROOT / requirements), "--constraint", str(ROOT / "constraints.txt")]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SetUpError(f"{requirements} could not be installed; the lines above say why.")
    for old in VENV.glob(f"installed-{Path(requirements).stem}-{'?' * 16}"):
        old.unlink()
    _stamp(requirements).touch()


def _quietly(*command: str) -> bool:
    return not subprocess.run(command, capture_output=True, check=False).returncode


def say(line: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(line, flush=True)


def main() -> int:
    """`python -m bin.environment [requirements file]`."""
    try:
        ensure(sys.argv[1] if len(sys.argv) > 1 else RUNTIME)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
