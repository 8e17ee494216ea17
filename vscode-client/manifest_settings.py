"""Writes the settings of package.json from the server's options: `python vscode-client/manifest_settings.py`.

The manifest says of each setting what the server says of it, and the scope that the server's own trust
rules ask for. A test holds the manifest to this.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from foretype.config import trust
from foretype.config.describe import Schema, resolved, schema
from foretype.config.endpoint_trust import allowed_endpoints
from foretype.config.model_trust import allowed_chain

MANIFEST = Path(__file__).with_name("package.json")
SECTION = "foretype"

# Of the extension itself; both name programs, so no workspace may say them.
OWN: Mapping[str, Schema] = {
    "server.path": {
        "type": "string",
        "default": "",
        "markdownDescription": "A `foretype` command of your own to start in place of the one that the "
        "extension installs.",
    },
    "server.python": {
        "type": "string",
        "default": "",
        "markdownDescription": "The Python (3.10 or newer) that runs the server. Empty: the interpreter of "
        "the Python extension, then `python3`, `python` and `py -3` on PATH.",
    },
}
# The user's alone: by the server's rules, or because they spend memory or decide what is logged.
USERS_RULES = (allowed_chain, allowed_endpoints, trust.as_in_config_toml)
USERS_KEYS = ("token", "log.level")
USERS_SECTIONS = ("local.",)
KEPT_WORDS = (
    *("type", "enum", "default", "anyOf", "pattern"),
    *("minimum", "maximum", "minLength", "maxLength", "items", "maxItems"),
    *("properties", "required", "additionalProperties", "patternProperties"),
)


def properties() -> dict[str, Any]:
    """contributes.configuration.properties."""
    rows = {f"{SECTION}.{key}": own_property(declared) for key, declared in OWN.items()}
    for key, field in fields(schema(), ""):
        rows[f"{SECTION}.{key}"] = server_property(key, field)
    return rows


def restricted() -> list[str]:
    """What counts only in a trusted workspace: all that the server would not take from just anybody."""
    judged = [key for key, rule in trust.RULES.items() if rule is not trust.harmless or is_the_users(key)]
    return [f"{SECTION}.{key}" for key in (*OWN, *judged)]


def fields(section: Schema, prefix: str) -> Iterator[tuple[str, Schema]]:
    for name, written in section["properties"].items():
        field = resolved(written)
        if "properties" in field:
            yield from fields(field, f"{prefix}{name}.")
        else:
            yield prefix + name, {**field, **written}


def own_property(declared: Schema) -> dict[str, Any]:
    return {**declared, "scope": "machine", "order": 100}


def server_property(key: str, field: Schema) -> dict[str, Any]:
    scope = "machine" if is_the_users(key) else "window"
    return {**plain(field), "markdownDescription": field.get("description", ""), "scope": scope}


def is_the_users(key: str) -> bool:
    rule = trust.RULES[key]
    return rule in USERS_RULES or key in USERS_KEYS or key.startswith(USERS_SECTIONS)


def plain(field: Schema) -> dict[str, Any]:
    """A schema as VS Code reads it: no references, no titles."""
    found: dict[str, Any] = {}
    for word, value in {**resolved(field), **field}.items():
        if word == "const":
            found["enum"] = [value]
        elif word in ("properties", "patternProperties"):
            found[word] = {name: described(each) for name, each in value.items()}
        elif word == "anyOf":
            found[word] = [plain(choice) for choice in value]
        elif word in ("items", "additionalProperties") and isinstance(value, Mapping):
            found[word] = described(value)
        elif word in KEPT_WORDS:
            found[word] = value
    return found


def described(field: Schema) -> dict[str, Any]:
    about = {**resolved(field), **field}.get("description")
    return {**plain(field), **({"description": about} if about else {})}


def with_settings(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest as it should be."""
    manifest["contributes"]["configuration"] = {"title": "Foretype", "properties": properties()}
    manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] = restricted()
    return manifest


def written(manifest: Mapping[str, Any]) -> str:
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    MANIFEST.write_text(
        written(with_settings(json.loads(MANIFEST.read_text(encoding="utf-8")))), encoding="utf-8"
    )
