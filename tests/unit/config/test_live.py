"""The settings in force: replaced whole, whichever source changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from foretype.config.environment import Environment
from foretype.config.files import Folders
from foretype.config.live import LiveSettings
from foretype.config.parser_apart import ParserApart
from foretype.config.resolve import Resolved
from foretype.keys.origin import parse_origin


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def live(tmp_path: Path, file: Path) -> Iterator[LiveSettings]:
    settings = live_settings(tmp_path, file)
    yield settings
    settings.close()


def live_settings(tmp_path: Path, file: Path) -> LiveSettings:
    return LiveSettings(Environment(), Folders(file, tmp_path, tmp_path, tmp_path), ParserApart())


async def test_it_starts_with_the_defaults_and_then_what_is_written(live: LiveSettings, file: Path) -> None:
    assert live.now.complete.max_tokens == 128
    file.write_text("[complete]\nmax_tokens = 5\n", encoding="utf-8")
    await live.start({"complete": {"deadline_ms": 900}})
    assert (live.now.complete.max_tokens, live.now.complete.deadline_ms) == (5, 900)


async def test_each_source_is_replaced_without_the_others(live: LiveSettings, file: Path) -> None:
    await live.start({"complete": {"max_tokens": 1}})
    await live.configure({"complete": {"max_tokens": 2}})
    assert live.now.complete.max_tokens == 2
    await live.configure(None)
    assert live.now.complete.max_tokens == 1
    file.write_text("[complete]\ndeadline_ms = 700\n", encoding="utf-8")
    assert live.has_changed()
    assert await live.reread()
    assert not live.has_changed()
    assert not await live.reread()
    assert (live.now.complete.max_tokens, live.now.complete.deadline_ms) == (1, 700)


async def test_a_broken_file_keeps_the_last_good_one_and_is_a_problem(live: LiveSettings, file: Path) -> None:
    file.write_text("[complete]\nmax_tokens = 5\n", encoding="utf-8")
    await live.start(None)
    file.write_text("[complete\nmax_tokens = 6666\n", encoding="utf-8")
    assert await live.reread()
    assert live.now.complete.max_tokens == 5
    assert any("line 1" in str(problem) for problem in live.resolved.problems)


async def test_observers_see_every_change_whole(live: LiveSettings) -> None:
    seen: list[Resolved] = []
    live.observe(seen.append)
    await live.start(None)
    await live.configure({"complete": {"enabled": False}})
    assert [resolved.settings.complete.enabled for resolved in seen] == [True, False]


async def test_a_yes_is_remembered_by_the_next_server(live: LiveSettings, tmp_path: Path, file: Path) -> None:
    options = {"endpoints": {"far": {"url": "https://models.example.com/v1"}}}
    await live.start(options)
    assert not live.now.endpoints
    assert [question.subject for question in live.resolved.questions] == [
        parse_origin("https://models.example.com")
    ]
    live.allow(parse_origin("https://models.example.com"))
    assert "far" in live.now.endpoints
    next_one = live_settings(tmp_path, file)
    await next_one.start(options)
    assert "far" in next_one.now.endpoints
    next_one.close()
