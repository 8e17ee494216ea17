"""Settings are resolved from their layers; a wrong key costs that key alone."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

from foretype.config.config_file import ConfigFile
from foretype.config.consents import Consents
from foretype.config.environment import read_environment
from foretype.config.files import locate
from foretype.config.options import Options
from foretype.config.problems import Problem
from foretype.config.resolve import Sources, resolve
from foretype.config.settings import Settings
from foretype.keys.token_search import find_token

from unit.config.sources import problem_keys, resolved


def test_nothing_from_anywhere_is_the_defaults() -> None:
    assert resolved().settings == Settings()
    assert resolved().problems == ()


def test_the_documented_defaults_are_the_defaults() -> None:
    everything = Options().model_dump()
    outcome = resolved(toml=everything)
    assert outcome.settings == Settings()
    assert outcome.problems == ()


def test_the_editor_stands_over_config_toml_and_config_toml_over_the_defaults() -> None:
    toml = {"complete": {"max_tokens": 64, "deadline_ms": 900}, "models": {"chat": ["hf:a/b"]}}
    initialization = {"complete": {"max_tokens": 32, "debounce_ms": 10}}
    settings = resolved({"complete": {"max_tokens": 16}}, toml, initialization=initialization).settings
    assert settings.complete.max_tokens == 16
    assert settings.complete.debounce_ms == 10
    assert settings.complete.deadline_ms == 900
    assert settings.complete.instant is True
    assert settings.models.chain("chat") == ("hf:a/b",)


@pytest.mark.parametrize(
    "sent",
    [{"foretype": {"bill_to": "", "log": {"level": "debug"}}}, {"log": {"level": "debug"}},
     {"foretype": {"log": {"level": "debug"}}, "python": {"x": 1}}],
)  # fmt: skip
def test_client_settings_come_wrapped_or_bare(sent: object) -> None:
    outcome = resolved(sent)
    assert outcome.settings.log.level == "debug"
    assert outcome.problems == ()


@pytest.mark.parametrize(
    "sent",
    [None, {}, {"foretype": None}, {"foretype": {}}, {"complete": None}, {"token": ""}, [], {"foretype": []}],
)
def test_client_settings_may_say_nothing(sent: object) -> None:
    assert resolved(sent).settings == Settings()
    assert resolved(sent).problems == ()


@pytest.mark.parametrize("sent", [7, "x", [{"token": "x"}], True, {"foretype": "x"}, {"foretype": [1]}])
def test_what_is_no_settings_object_is_one_problem(sent: object) -> None:
    outcome = resolved(sent)
    assert outcome.settings == Settings()
    assert len(outcome.problems) == 1


@pytest.mark.parametrize(
    ("written", "auto"),
    [({"debounce_ms": "auto", "multiline": "auto"}, None), ({}, None), ({"multiline": False}, False)],
)
def test_auto_is_none(written: object, auto: bool | None) -> None:
    complete = resolved({"complete": written, "local": {"gpu_layers": "auto"}}).settings
    assert complete.complete.multiline is auto
    assert complete.complete.debounce_ms is None
    assert complete.local.gpu_layers is None


TOKENS = "expected a whole number from 1 to 4096"
NO_NAME = "is not a name that can be used here"
WRONG = [
    ({"complete": {"max_tokens": "many"}}, "complete.max_tokens", TOKENS),
    ({"complete": {"max_tokens": 0}}, "complete.max_tokens", TOKENS),
    ({"complete": {"max_tokens": 10**400}}, "complete.max_tokens", TOKENS),
    ({"complete": {"max_tokens": math.nan}}, "complete.max_tokens", TOKENS),
    ({"complete": {"max_tokens": math.inf}}, "complete.max_tokens", TOKENS),
    ({"complete": {"max_tokens": 1.5}}, "complete.max_tokens", TOKENS),
    ({"complete": {"max_tokens": True}}, "complete.max_tokens", TOKENS),
    ({"complete": {"debounce_ms": -1}}, "complete.debounce_ms", 'from 0 to 5000, or "auto"'),
    ({"complete": {"enabled": "yes"}}, "complete.enabled", "expected true or false"),
    ({"complete": {"languages": {"go": 1}}}, "complete.languages.go", "expected true or false"),
    ({"complete": {"languages": {"a b": True}}}, "complete.languages.a b", NO_NAME),
    ({"complete": 5}, "complete", "expected an object"),
    ({"log": {"level": "loud"}}, "log.level", '"trace"'),
    ({"models": {"complete": [5]}}, "models.complete[0]", "expected text"),
    ({"models": {"complete": "hf:a/b"}}, "models.complete", "expected a list"),
    ({"endpoints": {"lab": {}}}, "endpoints.lab", "needs url"),
    ({"endpoints": {"hf": {"url": "http://127.0.0.1"}}}, "endpoints.hf", NO_NAME),
    ({"endpoints": {"lab": {"url": "127.0.0.1"}}}, "endpoints.lab.url", "must be a plain URL"),
    ({"endpoints": {"lab": {"url": "http://lab.example"}}}, "endpoints.lab.url", "must be https"),
    ({"privacy": {"exclude": [""]}}, "privacy.exclude[0]", "expected text"),
    ({"bill_to": "a b\n"}, "bill_to", "expected a plain name"),
    ({"token": 5}, "token", "expected text"),
    ({"token": ["hf_x"]}, "token", "expected text"),
    ({"complete": {"debouce_ms": 1}}, "complete.debouce_ms", "did you mean complete.debounce_ms?"),
    ({"Token": "x"}, "Token", "did you mean token?"),
    ({"debounce_ms": 1}, "debounce_ms", "did you mean complete.debounce_ms?"),
    ({"qwertz": 1}, "qwertz", "there is no such setting"),
    ({"a\nb\u202e": 1}, "a?b?", "there is no such setting"),
    ({"hf_pastedTokenPasted": 1}, "hf_***", "there is no such setting"),
    ({"log": {"level": "\ud800"}}, "log.level", "is not a value"),
    ({"log": {"level": b"info"}}, "log.level", "is not a value"),
    ({5: 1}, "", "has a key that is not text"),
    ({"\ud800": 1}, "", "has a key that is not text"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "key", "told"), WRONG, ids=[key for _, key, _ in WRONG])
def test_a_wrong_key_is_named_and_costs_that_key_alone(written: dict[Any, Any], key: str, told: str) -> None:
    for toml, editor in ((written, {"local": {"batch": 77}}), ({"local": {"batch": 77}}, written)):
        outcome = resolved(editor, toml)
        source = "config.toml" if toml is written else "workspace/configuration"
        assert outcome.settings == dataclasses.replace(
            Settings(), local=dataclasses.replace(Settings().local, batch=77)
        )
        assert [(p.key, p.source) for p in outcome.problems] == [(key, source)]
        assert told in outcome.problems[0].sentence


def test_what_stands_below_a_wrong_key_stays_in_force() -> None:
    toml = {"complete": {"max_tokens": 64}, "log": {"level": "debug"}}
    outcome = resolved({"complete": {"max_tokens": -1, "instant": False}}, toml)
    assert outcome.settings.complete.max_tokens == 64
    assert outcome.settings.complete.instant is False
    assert problem_keys(outcome) == ["complete.max_tokens"]


def test_one_wrong_entry_leaves_the_rest_of_a_list() -> None:
    outcome = resolved(toml={"models": {"chat": ["hf:a/b", 7, None, {}, "hf:c/d"]}})
    assert outcome.settings.models.chat == ("hf:a/b", "hf:c/d")
    assert problem_keys(outcome) == ["models.chat[1]", "models.chat[2]", "models.chat[3]"]


def test_a_whole_number_may_be_written_as_a_float() -> None:
    assert resolved({"complete": {"max_tokens": 64.0}}).settings.complete.max_tokens == 64


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = {"complete": value} if depth % 2 else [value]
    return value


HOSTILE: list[object] = [
    nested(10_000), nested(10_001), {"models": nested(10_000)}, {"token": nested(10_001)},
    {"models": {"complete": [5] * 1_000_000}}, {"models": {"complete": ["x" * 1_000_000] * 100}},
    {str(number): number for number in range(100_000)},
    {"complete": {"languages": dict.fromkeys(map(str, range(99_999)), True)}},
    {"endpoints": {f"e{n}": {"url": f"https://e{n}.example"} for n in range(5000)}},
    {"token": "x" * 10_000_000}, {"complete": {"max_tokens": -math.inf}}, {"x" * 1_000_000: 1},
    {"complete": object()}, {"complete": {1, 2}}, {"log": {"level": Path("/")}},
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_settings_are_problems_and_never_an_error(number: int) -> None:
    outcome = resolved(HOSTILE[number], HOSTILE[number], initialization=HOSTILE[number])
    assert 0 < len(outcome.problems) < 100
    assert all(len(str(problem)) < 300 for problem in outcome.problems)


def test_no_more_is_read_than_any_settings_could_hold() -> None:
    languages = dict.fromkeys(map(str, range(2000)), 1)
    outcome = resolved({"complete": {"languages": languages}, "models": {"chat": ["x"] * 2000}})
    told = [(problem.key, problem.sentence) for problem in outcome.problems]
    limit = "has more than 1024 entries; the rest was not read"
    assert {("complete.languages", limit), ("models.chat", limit)} <= set(told)


SECRET = "hf_canary_in_a_wrong_place"


@pytest.mark.parametrize(
    "written",
    [
        {"token": SECRET + " x"}, {"token": [SECRET]}, {"token": {"x": SECRET}}, {"tokne": SECRET},
        {SECRET: 1},
        {"endpoints": {"lab": {"url": f"https://me:{SECRET}@host"}}}, {"log": {"level": SECRET}},
        {"endpoints": {"lab": {"url": "http://127.0.0.1", "key": SECRET}}}, {"bill_to": SECRET + "/"},
        {"endpoints": {"lab": {"url": "http://127.0.0.1", "key_env": SECRET + "/"}}},
        {"foretype": {"token": SECRET + "\n" + SECRET}}, {"complete": {SECRET: {SECRET: SECRET}}},
    ],
)  # fmt: skip
def test_no_problem_repeats_a_secret(written: object) -> None:
    outcome = resolved(written, written)
    assert outcome.problems
    assert SECRET not in repr(outcome)
    assert SECRET not in "".join(map(str, outcome.problems))


def test_many_problems_are_summed_up() -> None:
    outcome = resolved({f"unknown{number}": 1 for number in range(50)})
    assert len(outcome.problems) == 21
    assert outcome.problems[-1] == Problem("", "workspace/configuration", "30 more settings were not used")


def test_what_an_editor_or_config_toml_excludes_is_excluded() -> None:
    editor, toml = {"privacy": {"exclude": ["b", "a"]}}, {"privacy": {"exclude": ["a", "c"]}}
    assert resolved(editor, toml).settings.privacy.exclude == ("a", "c", "b")
    assert resolved({"privacy": {"exclude": []}}, toml).settings.privacy.exclude == ("a", "c")


def test_languages_are_laid_over_one_another() -> None:
    complete = resolved(
        {"complete": {"languages": {"markdown": True}}}, {"complete": {"languages": {"go": False}}}
    )
    settings = complete.settings.complete
    assert settings.languages == {"markdown": True, "go": False}
    assert not settings.is_on_for("go")
    assert settings.is_on_for("markdown")
    assert settings.is_on_for("python")
    assert not resolved({"complete": {"enabled": False}}).settings.complete.is_on_for("python")


def test_settings_never_change() -> None:
    settings = resolved(toml={"endpoints": {"lab": {"url": "http://127.0.0.1:1"}}}).settings
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.complete.max_tokens = 5  # type: ignore[misc]  # this is what is tried
    for mapping in (settings.endpoints, settings.complete.languages):
        with pytest.raises(TypeError):
            mapping["x"] = True  # type: ignore[index]  # as above


def test_a_hostile_working_folder_is_never_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_home: Path
) -> None:
    """Whatever lies in a repository, under whatever name, the settings are the same."""
    text = 'token = "hf_evil"\n[endpoints.evil]\nurl = "https://evil.example"\n'
    for name in (
        "config.toml",
        "foretype.toml",
        ".foretype.toml",
        ".foretype/config.toml",
        ".config/foretype/config.toml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / ".env").write_text("HF_TOKEN=hf_evil\nHF_ENDPOINT=https://evil.example\n", encoding="utf-8")
    (tmp_path / "token").write_text("hf_evil", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    variants: list[dict[str, str]] = [
        {"HOME": "."}, {"FORETYPE_HOME": "."}, {"FORETYPE_CONFIG": "config.toml"}, {"HF_HOME": "."},
        {"HF_TOKEN_PATH": "token"}, {"XDG_CACHE_HOME": "."}, {},
    ]  # fmt: skip
    for variables in variants:
        environment = read_environment({"HOME": "/nobody/home", **variables})
        reading = ConfigFile(locate(environment).config_file).read_if_changed()
        assert reading is not None
        outcome = resolve(Sources(config_toml=reading.values), environment, Consents(), None)
        assert outcome.settings == Settings()
        assert find_token(None, environment.tokens, None, environment.token_file).found is None
