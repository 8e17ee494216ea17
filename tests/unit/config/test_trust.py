"""Settings from an editor may come from a hostile repository: what they may do, and what they may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foretype.config.consents import Consents
from foretype.config.describe import option_rows
from foretype.config.environment import read_environment
from foretype.config.model_trust import file_named_by
from foretype.config.resolve import Sources, resolve
from foretype.config.settings import RoleBudget
from foretype.config.trust import RULES
from foretype.keys.key import Key
from foretype.keys.origin import is_loopback, parse_origin

from unit.config.sources import MODEL_FOLDER, problem_keys, resolved
from unit.keys.test_origin import HOSTILE as HOSTILE_URLS

EVIL = "https://evil.example"
EVIL_ORIGIN = parse_origin(EVIL)
TOKEN = Key("hf_canary_token")


def endpoint(url: str, **more: object) -> dict[str, Any]:
    return {"endpoints": {"lab": {"url": url, **more}}}


def test_every_setting_has_a_rule() -> None:
    assert set(RULES) == {row.key for row in option_rows()}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8012", "http://localhost:11434/v1", "http://[::1]:1", "https://localhost"]
)
def test_an_editor_may_name_a_server_on_this_machine(url: str) -> None:
    outcome = resolved(endpoint(url))
    assert is_loopback(outcome.settings.endpoints["lab"].address.origin)
    assert outcome.settings.endpoints["lab"].key is None
    assert outcome.problems == ()


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_nothing_that_only_looks_like_it(url: str) -> None:
    outcome = resolved(endpoint(url))
    assert outcome.settings.endpoints == {}
    assert problem_keys(outcome)[0].startswith("endpoints.lab")


def test_any_other_server_is_asked_about_and_used_after_a_yes() -> None:
    asked = resolved(endpoint(f"{EVIL}/v1"))
    assert asked.settings.endpoints == {}
    assert [question.subject for question in asked.questions] == [EVIL_ORIGIN]
    assert EVIL in asked.questions[0].sentence
    answered = resolved(endpoint(f"{EVIL}/v1"), consents=Consents().and_also(EVIL_ORIGIN))
    assert answered.settings.endpoints["lab"].address.url == f"{EVIL}/v1"
    assert answered.questions == ()


@pytest.mark.parametrize(
    "url", ["https://evil.example:8443", "https://sub.evil.example", "http://evil.example"]
)
def test_a_yes_holds_for_exactly_one_origin(url: str) -> None:
    assert resolved(endpoint(url), consents=Consents().and_also(EVIL_ORIGIN)).settings.endpoints == {}


def test_the_question_names_the_host_as_it_is_spelt_in_ascii() -> None:
    """A name in look-alike letters shows itself as the foreign name it is."""
    question = resolved(endpoint("https://huggingfасe.co")).questions[0]
    assert question.sentence.isascii()
    assert "https://xn--" in question.sentence


def test_an_origin_in_config_toml_may_be_named_by_an_editor_too_but_without_its_key() -> None:
    toml = {"endpoints": {"mine": {"url": "https://lab.example/a", "key_env": "LAB_KEY"}}}
    outcome = resolved(endpoint("https://lab.example/b"), toml, {"LAB_KEY": "lab_canary_key"})
    assert outcome.settings.endpoints["lab"].address.url == "https://lab.example/b"
    assert outcome.settings.endpoints["lab"].key is None
    key = outcome.settings.endpoints["mine"].key
    assert key is not None
    assert key.header_for("https://lab.example/a") == {"Authorization": "Bearer lab_canary_key"}
    assert key.header_for("https://lab.example:8443/a") == {}
    assert list(outcome.settings.secrets()) == [Key("lab_canary_key")]


@pytest.mark.parametrize("url", [EVIL, "http://127.0.0.1:6666", "https://lab.example/b"])
def test_a_name_in_config_toml_is_not_taken_over(url: str) -> None:
    toml = endpoint("https://lab.example/a", key_env="LAB_KEY")
    outcome = resolved(endpoint(url), toml, {"LAB_KEY": "lab_canary_key"})
    assert outcome.settings.endpoints["lab"].address.url == "https://lab.example/a"
    assert problem_keys(outcome) == ["endpoints.lab"]


def test_saying_the_same_as_config_toml_is_no_problem() -> None:
    toml = endpoint("https://lab.example/a", dialect="tgi", key_env="LAB_KEY")
    outcome = resolved(endpoint("https://LAB.example:443/a/", dialect="tgi"), toml, {"LAB_KEY": "lab_key"})
    assert outcome.problems == ()
    assert outcome.settings.endpoints["lab"].key is not None


@pytest.mark.parametrize("variable", ["HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "PATH"])
def test_an_editor_may_not_name_a_variable(variable: str) -> None:
    outcome = resolved(endpoint("http://127.0.0.1:1", key_env=variable), variables={variable: "canary_value"})
    assert outcome.settings.endpoints["lab"].key is None
    assert problem_keys(outcome) == ["endpoints.lab.key_env"]


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("HF_TOKEN", "hf_canary_token", "which goes nowhere else"),
        ("FORETYPE_TOKEN", "hf_canary_token", "which goes nowhere else"),
        ("LAB_KEY", "", "is empty"),
        ("LAB_KEY", "two words", "has a space"),
    ],
)
def test_a_key_that_cannot_be_used_is_told(variable: str, value: str, told: str) -> None:
    outcome = resolved(toml=endpoint("https://lab.example", key_env=variable), variables={variable: value})
    assert outcome.settings.endpoints["lab"].key is None
    assert problem_keys(outcome) == ["endpoints.lab.key_env"]
    assert told in outcome.problems[0].sentence


def test_an_editor_may_hand_over_a_token_which_goes_to_hugging_face_only() -> None:
    settings = resolved({"token": "hf_canary_token"}, {"token": "hf_other"}).settings
    assert settings.token == TOKEN
    hub, router = settings.hub_key(settings.token), settings.router_key(settings.token)
    assert hub is not None
    assert router is not None
    assert hub.header_for("https://huggingface.co/api") == {"Authorization": "Bearer hf_canary_token"}
    assert router.header_for("https://router.huggingface.co/v1") != {}
    assert (
        hub.header_for(EVIL) == router.header_for(EVIL) == hub.header_for("https://cdn.huggingface.co") == {}
    )
    assert "hf_canary" not in repr(settings)


def test_a_token_that_could_not_be_sent_gives_way_to_the_one_below() -> None:
    outcome = resolved({"token": "hf with space"}, {"token": "hf_from_config"})
    assert outcome.settings.token == Key("hf_from_config")
    assert [(p.key, p.source) for p in outcome.problems] == [("token", "workspace/configuration")]


@pytest.mark.parametrize(
    ("variables", "hub", "router"),
    [
        ({}, "https://huggingface.co", "https://router.huggingface.co"),
        (
            {"HF_ENDPOINT": "https://mirror.example/hf/"},
            "https://mirror.example/hf",
            "https://router.huggingface.co",
        ),
        ({"FORETYPE_ROUTER_URL": "http://127.0.0.1:9"}, "https://huggingface.co", "http://127.0.0.1:9"),
        ({"HF_ENDPOINT": "http://mirror.example"}, None, "https://router.huggingface.co"),
        ({"FORETYPE_ROUTER_URL": "ftp://x"}, "https://huggingface.co", None),
        ({"FORETYPE_ROUTER_URL": "http://0.0.0.0:9"}, "https://huggingface.co", None),
    ],
)
def test_only_the_environment_redirects_the_hub_and_the_router(
    variables: dict[str, str], hub: str | None, router: str | None
) -> None:
    """An address that must not be used is replaced by none, not by the one it was to replace."""
    outcome = resolved(variables=variables)
    settings = outcome.settings
    assert (settings.hub and settings.hub.url, settings.router and settings.router.url) == (hub, router)
    assert bool(outcome.problems) == (hub is None or router is None)
    assert (settings.hub_key(TOKEN) is None) == (hub is None)
    assert (settings.router_key(TOKEN) is None) == (router is None)


@pytest.mark.parametrize(
    ("own", "editor", "paid"),
    [("", "org", ""), ("mine", "org", "mine"), ("org", "org", "org"), ("mine", "", "mine")],
)
def test_who_pays_is_the_users_to_say(own: str, editor: str, paid: str) -> None:
    outcome = resolved({"bill_to": editor}, {"bill_to": own})
    assert outcome.settings.bill_to == paid
    assert problem_keys(outcome) == (["bill_to"] if editor and editor != own else [])


@pytest.mark.parametrize("section", ["complete", "context"])
def test_what_config_toml_turns_off_stays_off(section: str) -> None:
    outcome = resolved({section: {"enabled": True}}, {section: {"enabled": False}})
    assert getattr(outcome.settings, section).enabled is False
    assert problem_keys(outcome) == [f"{section}.enabled"]
    assert getattr(resolved({section: {"enabled": False}}).settings, section).enabled is False


def test_a_language_that_config_toml_turns_off_stays_off() -> None:
    toml = {"complete": {"languages": {"org.md": False, "go": True}}}
    outcome = resolved({"complete": {"languages": {"org.md": True, "go": False, "markdown": True}}}, toml)
    assert outcome.settings.complete.languages == {"org.md": False, "go": False, "markdown": True}
    assert problem_keys(outcome) == ["complete.languages.org.md"]


def chain(*models: str) -> dict[str, Any]:
    return {"models": {"complete": list(models)}}


@pytest.mark.parametrize(
    "model",
    [
        "hf:Qwen/Qwen2.5-Coder-32B-Instruct", "hf:a/b:fastest", "huggingface/a/b:auto",
        "local:qwen2.5-coder-1.5b",
        "local:qwen2.5-coder:1.5b", "local:bartowski/Qwen-GGUF/qwen-Q4_K_M.gguf", "local:a/b/sub/c.gguf",
        "ollama:qwen2.5-coder:7b", "lab:model", "builtin:workspace", f"local:{MODEL_FOLDER}/x.gguf",
        f"local:{MODEL_FOLDER}/a/./b//x.gguf",
    ],
)  # fmt: skip
def test_models_that_an_editor_may_choose(model: str) -> None:
    outcome = resolved(chain(model))
    assert outcome.settings.models.complete == (model,)
    assert outcome.problems == ()


HOSTILE_PATHS = [
    "/etc/passwd", "/home/me/repo/evil.gguf", f"{MODEL_FOLDER}/../evil.gguf",
    f"{MODEL_FOLDER}/../../x/evil.gguf",
    f"{MODEL_FOLDER}", f"{MODEL_FOLDER}/link/../x.gguf", f"{MODEL_FOLDER}x/evil.gguf",
    f"{MODEL_FOLDER}/a/../../models-evil/x.gguf",
    "evil.gguf", "./evil.gguf", "../evil.gguf", "a/evil.gguf", "a/../evil.gguf", "../../a/b/c.gguf",
    "a/b/../c.gguf",
    "~/evil.gguf", "~root/evil.gguf", "$HOME/evil.gguf", "%USERPROFILE%/evil.gguf", "file:///evil.gguf",
    "//server/share/evil.gguf", "\\\\server\\share\\evil.gguf", "C:\\evil.gguf", "C:evil.gguf",
    "C:/evil.gguf",
    "\\\\?\\C:\\evil.gguf", "/proc/self/fd/0", "/dev/zero", "/dev/tcp/evil/1", "a/b/c.gguf\0", "/x\0.gguf",
    "/x\n.gguf", "/\u202egguf.x", " /etc/passwd", "", ".", "..", "/", "a//b.gguf", "a/b/c.bin", "-x/b/c.gguf",
    "a/b/.c.gguf", "a/b/c.gguf/", "https://evil.example/a.gguf", "a/b/c.gguf?x", "a/b/c.gguf#x",
    "a b/c/d.gguf",
]  # fmt: skip


@pytest.mark.parametrize("prefix", ["local:", " LOCAL:", "Local:"])
@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_no_model_file_elsewhere(prefix: str, path: str) -> None:
    outcome = resolved(chain(prefix + path, "builtin:workspace"))
    assert outcome.settings.models.complete == ("builtin:workspace",)
    assert problem_keys(outcome) == ["models.complete"]


@pytest.mark.parametrize(
    "model", ["/etc/passwd", "./x.gguf", "~/x.gguf", "\\\\server\\x", "C:\\x.gguf", "file:///x"]
)
def test_a_bare_path_is_a_path(model: str) -> None:
    assert file_named_by(model) == model
    assert resolved(chain(model)).settings.models.complete == ()


def test_a_model_file_elsewhere_is_asked_about_and_used_after_a_yes() -> None:
    asked = resolved(chain("local:/srv/./x.gguf"))
    assert [question.subject for question in asked.questions] == ["/srv/x.gguf"]
    answered = resolved(chain("local:/srv/./x.gguf"), consents=Consents().and_also("/srv/x.gguf"))
    assert answered.settings.models.complete == ("local:/srv/./x.gguf",)


def test_a_model_file_in_config_toml_may_be_chosen_by_an_editor_too() -> None:
    toml = {"models": {"chat": ["local:/srv/x.gguf"]}}
    assert resolved(chain("local:/srv/x.gguf"), toml).settings.models.complete == ("local:/srv/x.gguf",)
    assert resolved(toml=chain("local:/srv/y.gguf")).settings.models.complete == ("local:/srv/y.gguf",)


def test_a_link_out_of_the_model_folder_is_seen_through(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    (tmp_path / "evil.gguf").touch()
    (folder / "good.gguf").touch()
    (folder / "link.gguf").symlink_to(tmp_path / "evil.gguf")
    (folder / "way_out").symlink_to(tmp_path)
    models = [
        f"local:{folder}/{name}"
        for name in ("good.gguf", "link.gguf", "way_out/evil.gguf", "way_out/../x.gguf")
    ]
    outcome = resolve(Sources(configuration=chain(*models)), read_environment({}), Consents(), folder)
    assert outcome.settings.models.complete == (f"local:{folder}/good.gguf",)
    assert len(outcome.questions) == 2


def test_a_path_elsewhere_is_never_touched() -> None:
    """Looking at a path on a network would already have spoken to its server."""

    def touched(path: Path) -> Path:
        raise AssertionError(path)

    sources = Sources(configuration=chain("local://server/share/x.gguf", "local:/srv/x.gguf"))
    assert (
        resolve(sources, read_environment({}), Consents(), MODEL_FOLDER, touched).settings.models.complete
        == ()
    )


def test_without_a_model_folder_no_file_is_inside_it() -> None:
    assert resolved(chain(f"local:{MODEL_FOLDER}/x.gguf"), model_folder=None).settings.models.complete == ()


def test_a_role_that_config_toml_keeps_on_the_machine_stays_there() -> None:
    own, editor = chain("local:qwen", "builtin:workspace"), chain("hf:a/b", "ollama:x")
    outcome = resolved(editor, own)
    assert outcome.settings.models.complete == ("ollama:x",)
    assert [str(question.subject) for question in outcome.questions] == ["https://router.huggingface.co"]
    yes = Consents().and_also(parse_origin("https://router.huggingface.co"))
    assert resolved(editor, own, consents=yes).settings.models.complete == ("hf:a/b", "ollama:x")
    assert resolved(editor, chain("hf:c/d", "local:qwen")).settings.models.complete == ("hf:a/b", "ollama:x")


def test_a_chain_that_nothing_is_left_of_leaves_config_tomls_in_force() -> None:
    outcome = resolved(chain("local:/etc/passwd"), chain("local:qwen"))
    assert outcome.settings.models.complete == ("local:qwen",)


def test_initialization_options_are_no_more_trusted() -> None:
    outcome = resolved(initialization={**endpoint(EVIL), **chain("local:/etc/passwd"), "bill_to": "org"})
    assert outcome.settings == resolved().settings
    assert {problem.source for problem in outcome.problems} == {"initializationOptions"}
    assert len(outcome.questions) == 2


@pytest.mark.parametrize(
    ("own", "editor", "in_force"),
    [
        ({}, {"usd_per_month": 0.05}, 0.05),
        ({}, {"usd_per_month": 5}, 0.1),
        ({}, {"usd_per_month": 0}, 0.1),
        ({"usd_per_month": 2.5}, {"usd_per_month": 5}, 2.5),
        ({"usd_per_month": 0}, {"usd_per_month": 5}, 5),
    ],
)
def test_an_editor_can_only_lower_what_may_be_spent(
    own: dict[str, float], editor: dict[str, float], in_force: float
) -> None:
    outcome = resolved({"budget": editor}, {"budget": own})
    assert outcome.settings.budget.usd_per_month == in_force
    refused = editor["usd_per_month"] != in_force
    assert problem_keys(outcome) == (["budget.usd_per_month"] if refused else [])


def test_an_editor_can_only_lower_what_a_role_may_spend() -> None:
    own = {"chat": {"usd_per_day": 0.5, "tokens_per_day": 100}}
    sent = {"chat": {"usd_per_day": 0.2, "tokens_per_day": 200}, "edit": {"tokens_per_day": 7}}
    outcome = resolved({"budget": {"roles": sent}}, {"budget": {"roles": own}})
    assert outcome.settings.budget.roles == {"chat": RoleBudget(0.2, 100), "edit": RoleBudget(0.0, 7)}
    assert problem_keys(outcome) == ["budget.roles.chat.tokens_per_day"]
    none = resolved({"budget": {"roles": {"chat": {"usd_per_day": 0}}}}, {"budget": {"roles": own}})
    assert none.settings.budget.roles == {"chat": RoleBudget(0.5, 100)}
    roles = {"cook": {}, "chat": {"usd": 1}, "edit": {"tokens_per_day": "many"}}
    wrong = resolved(toml={"budget": {"roles": roles}})
    assert wrong.settings.budget.roles == {"chat": RoleBudget(), "edit": RoleBudget()}
    assert len(wrong.problems) == 3
