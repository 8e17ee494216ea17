"""Which files are never read: secrets, what git ignores, what was built, fetched or generated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from pathlib import PurePath

SECRET_FILES = (
    *(".env*", "*.env", "*.pem", "*.key", "id_*", "*.p12", "*.pfx", "*.kdbx", "*.jks", "*.keystore", "*.asc"),
    *(".npmrc", ".pypirc", ".netrc", "_netrc", ".htpasswd", ".pgpass", ".git-credentials", "credentials*"),
    *(
        "*.tfstate",
        "*.tfstate.*",
        "*.tfvars",
        "kubeconfig*",
        "secrets.json",
        "*.secret",
        "*.secrets",
        "*.ovpn",
    ),
    *("secrets.json", "secrets.yaml", "secrets.yml", "secrets.toml", "secrets.ini"),
)
SECRET_FOLDERS = frozenset({".ssh", ".aws", ".gnupg", ".kube", ".azure", ".docker", ".password-store"})
SKIPPED_FOLDERS = frozenset(
    {
        *(".git", ".hg", ".svn", ".jj", ".bzr", "CVS"),
        *("node_modules", "bower_components", "vendor", "third_party", "Pods"),
        *("venv", ".venv", "env", "virtualenv", "site-packages", "__pycache__", ".tox", ".nox", ".eggs"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".cache", ".gradle", ".idea", ".vs"),
        *("build", "dist", "out", "target", "_build", "coverage", "htmlcov", ".next", ".nuxt", "DerivedData"),
    }
)
GENERATED_FILES = (
    *("*.min.*", "*-min.js", "*.bundle.js", "*.map", "*.lock", "*-lock.json", "*-lock.yaml", "go.sum"),
    *("*_pb2.py", "*_pb2_grpc.py", "*.pb.go", "*.g.dart", "*.designer.cs", "*.snap", "*.egg-info", "*.pyc"),
)
GENERATED_LINE_CHARS = 250
_WORTH_A_LOOK = 20_000


def _any_of(globs: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(translate(glob.lower()) for glob in globs))


_SECRET_FILE = _any_of(SECRET_FILES)
_GENERATED_FILE = _any_of(GENERATED_FILES)
_SOURCE_FILE = re.compile(r"id_\w+\.(py|js|ts|go|rs|java|c|h|cpp|rb|md)")


@lru_cache(maxsize=16)
def _users_own(globs: tuple[str, ...]) -> re.Pattern[str]:
    return _any_of(globs)


def is_secret(path: str, also: tuple[str, ...] = ()) -> bool:
    """Whether a file is one whose text goes nowhere: by its name, its folder, or globs of the user's own."""
    parts = PurePath(path.replace("\\", "/")).parts
    name = parts[-1].lower() if parts else ""
    if _SECRET_FILE.fullmatch(name) and not _SOURCE_FILE.fullmatch(name):
        return True
    if not SECRET_FOLDERS.isdisjoint(part.lower() for part in parts[:-1]):
        return True
    if not also:
        return False
    mine = _users_own(also)
    return any(mine.fullmatch("/".join(parts[at:]).lower()) for at in range(len(parts)))


def is_generated_name(name: str) -> bool:
    """Whether a file was made by a tool, by its name."""
    return _GENERATED_FILE.fullmatch(name.lower()) is not None


def is_generated_text(text: str) -> bool:
    """Whether a text is not one that people write: binary, or in lines no one could read."""
    sample = text[:_WORTH_A_LOOK]
    return "\0" in sample or len(sample) > GENERATED_LINE_CHARS * (sample.count("\n") + 1)


@dataclass(frozen=True)
class _Rule:
    pattern: re.Pattern[str]
    ignores: bool
    only_folders: bool


class IgnoreFile:
    """The rules of one `.gitignore`, for paths below its folder."""

    def __init__(self, text: str) -> None:
        self._rules = [rule for line in text.splitlines() if (rule := _rule(line))]

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Whether a path, relative to the rules' folder, is ignored; None if no rule says."""
        for rule in reversed(self._rules):
            if (is_folder or not rule.only_folders) and rule.pattern.fullmatch(path):
                return rule.ignores
        return None


def _rule(line: str) -> _Rule | None:
    line = line.rstrip()
    ignores = not line.startswith("!")
    glob = line.removeprefix("!").removeprefix("\\")
    if not glob or line.startswith("#"):
        return None
    only_folders = glob.endswith("/")
    anchored = "/" in glob.rstrip("/")
    body = "".join(map(_as_pattern, re.findall(r"\*\*/|/\*\*$|\*+|\?|\[!?[^\]]+\]|.", glob.strip("/"))))
    try:
        return _Rule(re.compile(body if anchored else f"(?:.*/)?{body}"), ignores, only_folders)
    except re.error:
        return None


def _as_pattern(part: str) -> str:
    """One part of a git glob as a regular expression."""
    if part == "**/":
        return "(?:.*/)?"
    if part == "/**":
        return "/.*"
    if part.startswith("*"):
        return "[^/]*"
    if part == "?":
        return "[^/]"
    if part.startswith("[") and len(part) > 1:
        return part.replace("[!", "[^")
    return re.escape(part)
