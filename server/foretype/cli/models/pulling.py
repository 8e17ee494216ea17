"""`foretype models pull`: a model from Hugging Face onto this disk."""

from __future__ import annotations

import argparse
import json
import sys
import time

from foretype.cli.models.shelf import Shelf, shelf
from foretype.errors import ForetypeError, ModelMissingError
from foretype.flows.fitting_models import room_in
from foretype.flows.pulling import Plan
from foretype.models.download import Watch
from foretype.models.ids import Runs, parse_model_id
from foretype.models.local_files import LocalModel
from foretype.models.memory_fit import gigabytes, memory
from foretype.models.smaller import smaller_than, too_large

REDRAWN_EVERY_S = 0.2
BAR_CELLS = 28


def run(options: argparse.Namespace) -> int:
    found = shelf()
    model = parse_model_id(id_meant(options.model, found))
    if model.runs is not Runs.LOCAL:
        raise ForetypeError(
            f"{model} runs elsewhere: local models are pulled, such as local:qwen2.5-coder-1.5b."
        )
    here = None if options.changed else already_here(found, model.name)
    here = here or pulled(found, model.name, may_have_changed=options.changed)
    if options.json:
        print(json.dumps({"model": here.id, "file": str(here.path), "size_bytes": here.size_bytes}))
    else:
        print(f"{here.id} is ready: {here.path} ({here.store})")
    return 0


def id_meant(written: str, found: Shelf) -> str:
    """An id as it is; a name of the catalogue may stand alone, with a quantisation behind it too."""
    name, colon, _ = written.partition(":")
    is_id = bool(colon) and found.pulling.files.catalogue.find(name) is None
    return written if is_id else f"local:{written}"


def already_here(found: Shelf, name: str) -> LocalModel | None:
    try:
        return found.pulling.files.find(name)
    except ModelMissingError:
        return None


def pulled(found: Shelf, name: str, *, may_have_changed: bool) -> LocalModel:
    plan = found.pulling.plan(name, may_have_changed=may_have_changed)
    parts = f" in {len(plan.files)} parts" if len(plan.files) > 1 else ""
    tell(f"{plan.id}: {gigabytes(plan.size_bytes)}{parts}, licence {plan.licence}, from {plan.page}")
    tell_of_memory(plan)
    model = found.pulling.fetch(plan, Watch(Bar().draw))
    tell_what_fits(found, model)
    return model


def tell_what_fits(found: Shelf, model: LocalModel) -> None:
    """Where the model does not fit now: how much is missing, and the command for one that does."""
    context = found.settings.local.context
    too_much = too_large(model, context, room_in(found.settings, memory()))
    if too_much is not None:
        smaller = smaller_than(too_much, found.pulling.files, context)
        tell(f"{too_much}; {smaller.advice}" if smaller else f"{too_much}, and no model fits")


def tell_of_memory(plan: Plan) -> None:
    """Before the download: what does not fit need not be fetched."""
    here = memory()
    if here and plan.size_bytes > here.total:
        tell(
            f"it does not fit into this machine's {gigabytes(here.total)} of memory; Ctrl-C ends the download"
        )


class Bar:
    """Progress on stderr, where it is a terminal; elsewhere a line each ten percent."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._began = time.monotonic()
        self._drawn_at = -1.0
        self._first = -1
        self._tenth = -1

    def draw(self, there: int, whole: int) -> None:
        now = time.monotonic()
        if self._first < 0:
            self._first, self._began = there, now
        if self._is_terminal and (now - self._drawn_at >= REDRAWN_EVERY_S or there == whole):
            self._drawn_at = now
            speed = (there - self._first) / max(now - self._began, 0.001)
            full = there * BAR_CELLS // whole
            bar = "█" * full + "░" * (BAR_CELLS - full)
            end = "\n" if there == whole else ""
            left = f"{gigabytes(there)} of {gigabytes(whole)}, {gigabytes(speed)}/s"
            print(f"\r{bar} {there * 100 // whole:3} %  {left}\x1b[K", end=end, file=sys.stderr, flush=True)
        elif not self._is_terminal and there * 10 // whole > self._tenth:
            self._tenth = there * 10 // whole
            tell(f"{there * 100 // whole} % of {gigabytes(whole)}")


def tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
