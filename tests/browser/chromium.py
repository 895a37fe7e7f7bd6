"""Where the Chromium of the browser tests is; with `--install`, on Debian as root, it is installed when there is none.

    python -m tests.browser.chromium [--install]

It is looked for as `$CHROMIUM`, on the path, and where `playwright install chromium` puts it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = (
    "The browser tests need Chromium and there is none. On Debian: apt-get install chromium. "
    "Elsewhere: .venv/bin/playwright install --with-deps chromium. Or set CHROMIUM to the path of one."
)
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoChromiumError(Exception):
    """There is no Chromium; the message says how to get one."""


def find() -> str:
    """The path of a Chromium.

    Raises:
        NoChromiumError: there is none.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise NoChromiumError(f"CHROMIUM is set, but there is no file {named}.")
        return named
    found = next(filter(None, map(shutil.which, NAMES)), None) or _of_playwright()
    if found is None:
        raise NoChromiumError(HOW)
    return found


def flags() -> list[str]:
    """What it is started with; root may not use the sandbox."""
    return [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install() -> None:
    """Install Chromium where that is possible without asking."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update"], check=False, **quiet)
    subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], check=False, **quiet)


def main(arguments: list[str]) -> int:
    """Say where it is, after installing it where that was asked for and is needed."""
    try:
        path = find()
    except NoChromiumError as error:
        if "--install" not in arguments:
            sys.stderr.write(f"{error}\n")
            return 1
        sys.stderr.write("Installing Chromium for the browser tests (once)\n")
        install()
        return main([])
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
