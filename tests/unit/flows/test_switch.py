"""Switching completions on and off."""

from __future__ import annotations

from foretype.config.settings import CompleteSettings, Settings
from foretype.flows.switch import Switch


def test_until_it_is_used_the_settings_are_in_force() -> None:
    settings = Settings()
    assert Switch().over(settings) is settings


def test_everything_goes_off_and_on() -> None:
    switch, settings = Switch(), Settings()
    switch.toggle(settings)
    assert not switch.over(settings).complete.is_on_for("python")
    switch.toggle(settings)
    assert switch.over(settings).complete.is_on_for("python")


def test_one_language_goes_on_where_the_settings_have_it_off() -> None:
    switch, settings = Switch(), Settings()
    switch.toggle(settings, "markdown")
    switch.toggle(settings, "go")
    complete = switch.over(settings).complete
    assert [complete.is_on_for(language) for language in ("markdown", "go", "python")] == [True, False, True]


def test_it_stands_above_settings_that_change_later() -> None:
    switch = Switch()
    switch.toggle(Settings(complete=CompleteSettings(enabled=False)))
    assert switch.over(Settings(complete=CompleteSettings(enabled=False))).complete.enabled
