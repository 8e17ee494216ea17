"""The settings in force: replaced whole, whichever source changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.config.environment import Environment
from foretype.config.files import Folders
from foretype.config.live import LiveSettings
from foretype.config.resolve import Resolved
from foretype.keys.origin import parse_origin


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def live(tmp_path: Path, file: Path) -> LiveSettings:
    return LiveSettings(Environment(), Folders(file, tmp_path, tmp_path, tmp_path))


def test_it_starts_with_the_defaults_and_then_what_is_written(live: LiveSettings, file: Path) -> None:
    assert live.now.complete.max_tokens == 128
    file.write_text("[complete]\nmax_tokens = 5\n", encoding="utf-8")
    live.start({"complete": {"deadline_ms": 900}})
    assert (live.now.complete.max_tokens, live.now.complete.deadline_ms) == (5, 900)


def test_each_source_is_replaced_without_the_others(live: LiveSettings, file: Path) -> None:
    live.start({"complete": {"max_tokens": 1}})
    live.configure({"complete": {"max_tokens": 2}})
    assert live.now.complete.max_tokens == 2
    live.configure(None)
    assert live.now.complete.max_tokens == 1
    file.write_text("[complete]\ndeadline_ms = 700\n", encoding="utf-8")
    assert live.has_changed()
    assert live.reread()
    assert not live.has_changed()
    assert not live.reread()
    assert (live.now.complete.max_tokens, live.now.complete.deadline_ms) == (1, 700)


def test_a_broken_file_keeps_the_last_good_one_and_is_a_problem(live: LiveSettings, file: Path) -> None:
    file.write_text("[complete]\nmax_tokens = 5\n", encoding="utf-8")
    live.start(None)
    file.write_text("[complete\nmax_tokens = 6666\n", encoding="utf-8")
    assert live.reread()
    assert live.now.complete.max_tokens == 5
    assert any("line 1" in str(problem) for problem in live.resolved.problems)


def test_observers_see_every_change_whole(live: LiveSettings) -> None:
    seen: list[Resolved] = []
    live.observe(seen.append)
    live.start(None)
    live.configure({"complete": {"enabled": False}})
    assert [resolved.settings.complete.enabled for resolved in seen] == [True, False]


def test_a_yes_is_remembered_by_the_next_server(live: LiveSettings, tmp_path: Path, file: Path) -> None:
    options = {"endpoints": {"far": {"url": "https://models.example.com/v1"}}}
    live.start(options)
    assert not live.now.endpoints
    assert [question.subject for question in live.resolved.questions] == [
        parse_origin("https://models.example.com")
    ]
    live.allow(parse_origin("https://models.example.com"))
    assert "far" in live.now.endpoints
    next_one = LiveSettings(Environment(), Folders(file, tmp_path, tmp_path, tmp_path))
    next_one.start(options)
    assert "far" in next_one.now.endpoints
