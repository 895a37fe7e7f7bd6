"""Prometheus' own tool for alert rules; with `--install`, on Debian as root, it is taken out of the package.

Nothing is installed on the system: the package would start a server.

python -m tests.acceptance.promtool [--install]
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BESIDE = Path(sys.executable).parent / "promtool"
HOW = "The test of deploy/prometheus needs promtool and there is none. On Debian: apt-get install prometheus."


def find():
    """The path of promtool; none is a failure that says how to get it."""
    found = shutil.which("promtool") or (str(BESIDE) if BESIDE.is_file() else None)
    assert found, HOW
    return found


def install():
    """Take it out of Debian's package where that is possible without asking."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)  # apt downloads as another account
        for step in (["apt-get", "update"], ["apt-get", "download", "prometheus"]):
            subprocess.run(step, cwd=folder, check=False, stdout=subprocess.DEVNULL)
        for package in Path(folder).glob("prometheus_*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), folder], check=False)
            shutil.copy2(Path(folder) / "usr" / "bin" / "promtool", BESIDE)


if __name__ == "__main__":
    if not (shutil.which("promtool") or BESIDE.is_file()) and "--install" in sys.argv:
        install()
    sys.stdout.write(f"{find()}\n")
