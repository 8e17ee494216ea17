"""Whatever an editor sends, nothing goes where the user did not say, and no key leaves its origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from foretype.config.consents import Consents
from foretype.config.model_trust import file_named_by
from foretype.config.trust import RULES
from foretype.keys.key import Key
from foretype.keys.origin import is_loopback, parse_origin

from unit.config.sources import MODEL_FOLDER, resolved
from unit.config.test_trust import HOSTILE_PATHS
from unit.keys.test_origin import HOSTILE as HOSTILE_URLS

if TYPE_CHECKING:
    from foretype.config.resolve import Resolved

LISTED, CONSENTED = "https://lab.example:8443", "https://yes.example"
TOML = {
    "endpoints": {"lab": {"url": f"{LISTED}/v1", "key_env": "LAB_KEY"}},
    "models": {"chat": ["local:/srv/own.gguf"]},
    "bill_to": "own-org",
    "token": "hf_own_token",
}
VARIABLES = {"LAB_KEY": "lab_canary_key", "HF_TOKEN": "hf_canary_token", "OTHER": "other_canary"}
CONSENTS = Consents(frozenset({parse_origin(CONSENTED)}), frozenset({"/srv/yes.gguf"}))
ALLOWED_ORIGINS = {parse_origin(LISTED), parse_origin(CONSENTED)}
ALLOWED_FILES = {"/srv/own.gguf", "/srv/yes.gguf"}

URLS = st.sampled_from(
    [*HOSTILE_URLS, LISTED, CONSENTED, f"{LISTED}/x", "https://lab.example", "http://lab.example:8443",
     "https://huggingface.co", "https://router.huggingface.co/v1", "http://127.0.0.1:1",
     "https://evil.example"]
) | st.from_regex(r"https?://[a-z0-9.@:\[\]%-]{1,20}(/[a-z.]{0,5})?", fullmatch=True)  # fmt: skip
MODELS = (
    st.sampled_from(HOSTILE_PATHS).map("local:{}".format)
    | st.sampled_from(["hf:a/b", "lab:x", "evil:x", "/etc/passwd", "local:/srv/own.gguf",
    "local:/srv/yes.gguf",
                       f"local:{MODEL_FOLDER}/x.gguf", "ollama:x"])
    | st.text(max_size=20)
    | st.text(max_size=20).map("local:{}".format)
)  # fmt: skip
WORDS = st.sampled_from(
    ["token", "models", "complete", "chat", "endpoints", "lab", "evil", "url", "key_env", "dialect",
    "bill_to",
     "enabled", "languages", "local", "privacy", "exclude", "log", "level", "foretype", "proxy", "ca_file",
     "command"]
)  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | URLS | MODELS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
ENDPOINTS = st.dictionaries(
    st.sampled_from(["lab", "evil", "x-1"]) | st.text(max_size=5),
    st.fixed_dictionaries(
        {"url": URLS},
        optional={
            "dialect": st.sampled_from(["openai", "tgi"]) | ANYTHING,
            "key_env": st.sampled_from([*VARIABLES, "PATH", ""]) | ANYTHING,
        },
    )
    | ANYTHING,
    max_size=3,
)


def nested_under(key: str, value: object) -> Any:
    for step in reversed(key.split(".")):
        value = {step: value}
    return value


def plausible_value(key: str) -> st.SearchStrategy[object]:
    if key == "endpoints":
        return ENDPOINTS
    return st.lists(MODELS, max_size=4) if key.startswith("models.") else ANYTHING


EVERY_KEY = st.sampled_from(sorted(RULES)).flatmap(
    lambda key: plausible_value(key).map(lambda value: nested_under(key, value))
)
SENT = EVERY_KEY | ANYTHING | EVERY_KEY.map(lambda value: {"foretype": value})


def assert_nothing_was_taken_over(outcome: Resolved) -> None:
    settings = outcome.settings
    assert (str(settings.hub), str(settings.router)) == (
        "https://huggingface.co",
        "https://router.huggingface.co",
    )
    assert settings.bill_to == "own-org"
    for name, endpoint in settings.endpoints.items():
        origin = endpoint.address.origin
        assert is_loopback(origin) or origin in ALLOWED_ORIGINS
        assert (endpoint.key is not None) == (name == "lab")
    assert settings.endpoints["lab"].address.url == f"{LISTED}/v1"
    own_key = settings.endpoints["lab"].key
    assert own_key is not None
    assert (own_key.origin, own_key.key) == (parse_origin(LISTED), Key("lab_canary_key"))
    for role in ("complete", "edit", "chat", "embed", "next_edit"):
        for model in settings.models.chain(role):
            file = file_named_by(model)
            assert file is None or file in ALLOWED_FILES or file.startswith(f"{MODEL_FOLDER}/")
    assert not {"hf_canary_token", "other_canary"} & {key.reveal() for key in settings.secrets()}


@settings(max_examples=400, deadline=None)
@given(SENT, SENT)
def test_no_untrusted_source_takes_anything_over(initialization: object, configuration: object) -> None:
    outcome = resolved(configuration, TOML, VARIABLES, CONSENTS, initialization)
    assert_nothing_was_taken_over(outcome)
    assert "canary" not in repr(outcome)


@settings(max_examples=200, deadline=None)
@given(SENT)
def test_no_config_toml_is_too_strange_to_resolve(toml: object) -> None:
    settings_in_force = resolved(toml=toml, variables=VARIABLES).settings
    for endpoint in settings_in_force.endpoints.values():
        assert endpoint.key is None or endpoint.key.origin == endpoint.address.origin
        assert endpoint.address.origin.scheme == "https" or is_loopback(endpoint.address.origin)
