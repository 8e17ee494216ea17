"""Every dialect by its name in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.backends.dialects.deepseek import DEEPSEEK
from foretype.backends.dialects.llamacpp import LLAMACPP
from foretype.backends.dialects.mistral import MISTRAL
from foretype.backends.dialects.ollama import OLLAMA
from foretype.backends.dialects.openai import OPENAI
from foretype.backends.dialects.tgi import TGI

if TYPE_CHECKING:
    from foretype.backends.dialects.shape import Dialect

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect for dialect in (OPENAI, LLAMACPP, OLLAMA, MISTRAL, DEEPSEEK, TGI)
}
