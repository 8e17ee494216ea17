"""The settings as a user writes them: section `foretype`, the same shape in every source.

This is the one place that says which settings exist, what they mean and what they may be. Every key
may be left out; `null` is the same as leaving it out.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from foretype.config.settings import Dialect, LogLevel, Role

RESERVED_NAMES = ("hf", "huggingface", "local", "builtin")


def not_reserved(name: str) -> str:
    if name in RESERVED_NAMES:
        raise ValueError(f"{name} has a meaning of its own in model ids")
    return name


ModelId = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
ModelChain = Annotated[list[ModelId], Field(max_length=32)]
Glob = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
EndpointName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$"), AfterValidator(not_reserved)
]
ActionName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
LanguageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+#._-]{1,64}$")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
Auto = Literal["auto"]
DialectName = Annotated[Dialect, Field()]
LevelName = Annotated[LogLevel, Field()]
RoleName = Annotated[Role, Field()]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class ModelOptions(Section):
    complete: ModelChain = Field(
        default=[], description="Models that complete code while you type; the first healthy one answers."
    )
    edit: ModelChain = Field(default=[], description="Models that rewrite a selection as you ask.")
    chat: ModelChain = Field(default=[], description="Models that answer questions.")
    embed: ModelChain = Field(default=[], description="Models that find related code by meaning.")
    next_edit: ModelChain = Field(default=[], description="Models that predict your next edit.")


class EndpointOptions(Section):
    url: Annotated[str, StringConstraints(min_length=1, max_length=2048)] = Field(
        description="Base URL; https, or http on this machine. From an editor only this machine, "
        "unless config.toml lists the same server or you said yes to it."
    )
    dialect: DialectName = Field(default="openai", description="How the server wants to be asked.")
    key_env: VariableName | Literal[""] = Field(
        default="",
        description="Environment variable that holds the server's key; read from config.toml only.",
    )


class CompleteOptions(Section):
    enabled: bool = Field(default=True, description="Complete code while you type.")
    languages: Annotated[dict[LanguageId, bool], Field(max_length=256)] = Field(
        default={"markdown": False}, description="Turn completions on or off by language id."
    )
    debounce_ms: Annotated[int, Field(ge=0, le=5000)] | Auto = Field(
        default="auto", description="How long to wait after a key before asking a model."
    )
    multiline: bool | Auto = Field(
        default="auto", description="Offer several lines at once: always, never, or where they fit."
    )
    instant: bool = Field(
        default=True, description="Offer what your own code suggests while a model still thinks."
    )
    max_tokens: int = Field(default=128, ge=1, le=4096, description="The longest completion, in tokens.")
    deadline_ms: int = Field(
        default=4000, ge=100, le=60_000, description="After this a completion comes too late."
    )


class ContextOptions(Section):
    enabled: bool = Field(default=True, description="Send related code from other files along.")
    max_tokens: int = Field(
        default=2048, ge=0, le=131_072, description="The most related code to send, in tokens."
    )


class PrivacyOptions(Section):
    exclude: Annotated[list[Glob], Field(max_length=1024)] = Field(
        default=[], description="Files that no model ever sees, as globs, on top of the built-in list."
    )


class LocalOptions(Section):
    threads: int = Field(default=0, ge=0, le=1024, description="Processor threads of a local model; 0 picks.")
    gpu_layers: Annotated[int, Field(ge=-1, le=10_000)] | Auto = Field(
        default="auto", description="Layers of a local model on the GPU; -1 is all of them."
    )
    batch: int = Field(default=512, ge=1, le=16_384, description="Prompt tokens a local model reads at once.")
    context: int = Field(default=8192, ge=256, le=1_048_576, description="Tokens a local model can hold.")
    idle_minutes: int = Field(
        default=10, ge=0, le=10_080, description="Unload an unused local model after this; 0 keeps it."
    )
    memory_mb: int = Field(
        default=0,
        ge=0,
        le=16_777_216,
        description="The most memory that local models may take; 0 decides by what is free.",
    )
    max_models: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Local models loaded at once; one more takes the longest unused one's place.",
    )


class RoleBudgetOptions(Section):
    usd_per_day: float = Field(
        default=0.0,
        ge=0,
        le=1_000_000,
        description="The most that this role may cost in a day; 0 is no limit.",
    )
    tokens_per_day: int = Field(
        default=0,
        ge=0,
        le=1_000_000_000,
        description="The most tokens that it may read and write in a day; 0 is no limit.",
    )


class BudgetOptions(Section):
    usd_per_month: float = Field(
        default=0.1,
        ge=0,
        le=1_000_000,
        description="The most that Hugging Face's models may cost in a month; 0 is no limit. "
        "The default is what a free account has.",
    )
    usd_per_day: float = Field(
        default=0.0, ge=0, le=1_000_000, description="The most that they may cost in a day; 0 is no limit."
    )
    tokens_per_day: int = Field(
        default=0,
        ge=0,
        le=1_000_000_000,
        description="The most tokens that they may read and write in a day; 0 is no limit.",
    )
    roles: Annotated[dict[RoleName, RoleBudgetOptions], Field(max_length=8)] = Field(
        default={},
        description="Limits of single roles beside these, such as "
        '`{"chat": {"usd_per_day": 0.02, "tokens_per_day": 50000}}`.',
    )
    soft_percent: int = Field(
        default=80, ge=1, le=100, description="You are told once when this much of a limit is used."
    )


class ActionOptions(Section):
    title: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(
        description="What the editor's menu calls it."
    )
    prompt: Annotated[str, StringConstraints(min_length=1, max_length=8000)] = Field(
        description="What is asked of the model about the selected code."
    )
    kind: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,79}$")] | Literal[""] = Field(
        default="",
        description="The kind of code action; under `source` the answer is shown and nothing edited.",
    )


class LogOptions(Section):
    level: LevelName = Field(
        default="info", description="How much is logged; only trace logs prompts and code."
    )


class Options(Section):
    token: Annotated[str, StringConstraints(max_length=8192)] = Field(
        default="", description="Hugging Face token; better kept by `foretype login` than in a settings file."
    )
    models: ModelOptions = Field(default=ModelOptions(), description="Which models answer, by role.")
    endpoints: Annotated[dict[EndpointName, EndpointOptions], Field(max_length=64)] = Field(
        default={}, description="Model servers of your own, by a name that model ids can use."
    )
    complete: CompleteOptions = Field(default=CompleteOptions(), description="Completions.")
    context: ContextOptions = Field(default=ContextOptions(), description="Related code.")
    privacy: PrivacyOptions = Field(default=PrivacyOptions(), description="What is never sent.")
    local: LocalOptions = Field(default=LocalOptions(), description="Models on this machine.")
    actions: Annotated[dict[ActionName, ActionOptions], Field(max_length=64)] = Field(
        default={}, description="Code actions of your own, by name; from config.toml only."
    )
    bill_to: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,96}$")] = Field(
        default="",
        description="Hugging Face organisation that pays; from an editor only if config.toml agrees.",
    )
    budget: BudgetOptions = Field(default=BudgetOptions(), description="What Hugging Face's models may cost.")
    log: LogOptions = Field(default=LogOptions(), description="The log.")
