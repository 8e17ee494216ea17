"""From what a setting says to a file on this machine, wherever a program has put it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from foretype.config.environment import read_environment
from foretype.errors import ModelFileError, ModelMissingError
from foretype.models.local_catalogue import Catalogue, models_of, read_catalogue
from foretype.models.local_files import LocalFiles, LocalModel
from foretype.models.stores import Stores, stores_of

from unit.models.gguf_files import gguf, model_file

QWEN = "ggml-org/Qwen2.5-Coder-1.5B-Q8_0-GGUF/qwen2.5-coder-1.5b-q8_0.gguf"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def files(home: Path, own: Path) -> LocalFiles:
    stores = stores_of(read_environment({"HOME": str(home)}), own)
    # What another user of this machine has of Ollama is no part of the test.
    return LocalFiles(replace(stores, ollama=stores.ollama[:1]), read_catalogue())


def in_hub_cache(home: Path, name: str, commit: str = COMMIT) -> Path:
    owner, repository, file = name.split("/", 2)
    folder = home / ".cache" / "huggingface" / "hub" / f"models--{owner}--{repository}"
    blob = model_file(folder / "blobs" / ("ab" * 32))
    link = folder / "snapshots" / commit / file
    link.parent.mkdir(parents=True)
    link.symlink_to(Path("../../blobs") / blob.name)
    return link


def in_ollama(home: Path, name: str, tag: str) -> Path:
    root = home / ".ollama" / "models"
    digest = "cd" * 32
    manifest = root / "manifests" / "registry.ollama.ai" / "library" / name / tag
    manifest.parent.mkdir(parents=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:00"},
        {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}", "size": 1},
    ]
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": layers}))
    return model_file(root / "blobs" / f"sha256-{digest}")


def found(files: LocalFiles) -> dict[str, LocalModel]:
    return {model.id: model for model in files.all() if isinstance(model, LocalModel)}


def test_a_downloaded_model_is_found_by_each_of_its_names(files: LocalFiles, own: Path) -> None:
    path = model_file(own / QWEN)
    for name in ("qwen2.5-coder-1.5b", "Qwen2.5-Coder-1.5B", QWEN, str(path)):
        assert files.find(name).path == path
    model = files.find("qwen2.5-coder-1.5b")
    assert (model.store, model.licence, model.size_bytes) == ("Foretype", "apache-2.0", path.stat().st_size)


def test_a_model_that_is_not_here_says_how_to_get_it(files: LocalFiles) -> None:
    with pytest.raises(ModelMissingError, match=r"`foretype models pull local:qwen2\.5-coder-7b`"):
        files.find("qwen2.5-coder-7b")
    with pytest.raises(ModelMissingError, match=r"`foretype models pull local:a/b/c\.gguf`"):
        files.find("a/b/c.gguf")


def test_a_name_that_is_none_is_answered_with_the_nearest(files: LocalFiles) -> None:
    with pytest.raises(ModelFileError, match=r"did you mean local:qwen2\.5-coder-1\.5b\?"):
        files.find("qwen2.5-coder-1.5")
    with pytest.raises(ModelFileError, match="names no model file"):
        files.find("a/../b.gguf")


def test_what_hugging_face_keeps_is_used_where_it_is(files: LocalFiles, home: Path) -> None:
    link = in_hub_cache(home, QWEN)
    model = files.find("qwen2.5-coder-1.5b")
    assert (model.path, model.store) == (link, "Hugging Face's cache")
    assert files.find(QWEN).path == link


def test_of_several_commits_the_one_that_main_names_is_used(files: LocalFiles, home: Path) -> None:
    old, new = in_hub_cache(home, QWEN, "0" * 40), in_hub_cache(home, QWEN, "1" * 40)
    refs = old.parents[2] / "refs"
    refs.mkdir()
    (refs / "main").write_text("0" * 40)
    assert files.find(QWEN).path == old
    (refs / "main").write_text("1" * 40)
    assert files.find(QWEN).path == new


def test_what_lm_studio_keeps_is_used_where_it_is(files: LocalFiles, home: Path) -> None:
    path = model_file(home / ".lmstudio" / "models" / "a" / "b" / "c.gguf")
    assert files.find("a/b/c.gguf").path == path
    assert found(files)["local:a/b/c.gguf"].store == "LM Studio"


def test_lm_studio_says_where_its_folder_is(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / ".lmstudio-home-pointer").write_text(f"{tmp_path / 'elsewhere'}\n")
    path = model_file(tmp_path / "elsewhere" / "models" / "a" / "b" / "c.gguf")
    stores = stores_of(read_environment({"HOME": str(home)}), None)
    assert path in [each.path for each in stores.files()]


def test_what_ollama_keeps_is_used_where_it_is(files: LocalFiles, home: Path) -> None:
    blob = in_ollama(home, "qwen2.5-coder", "1.5b-base")
    model = files.find("qwen2.5-coder-1.5b")
    assert (model.path, model.store) == (blob, "Ollama")


def test_a_model_of_ollama_that_we_do_not_know_is_named_by_its_file(files: LocalFiles, home: Path) -> None:
    blob = in_ollama(home, "mine", "latest")
    assert found(files)[f"local:{blob}"].path == blob
    assert files.find(str(blob)).path == blob


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"layers": [{}]}', b"[" * 100_000, b"\xff"])
def test_a_broken_manifest_names_nothing(files: LocalFiles, home: Path, manifest: bytes) -> None:
    in_ollama(home, "mine", "latest")
    (home / ".ollama/models/manifests/registry.ollama.ai/library/mine/latest").write_bytes(manifest)
    assert not found(files)


def test_a_link_that_leads_out_of_the_model_folder_is_refused(
    files: LocalFiles, own: Path, home: Path
) -> None:
    outside = model_file(home / "secret.gguf")
    link = own / "a" / "b" / "c.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    with pytest.raises(ModelFileError, match="leads out of"):
        files.find("a/b/c.gguf")
    assert [type(each) for each in files.all()] == [ModelFileError]


def test_a_folder_behind_a_link_is_not_entered(files: LocalFiles, own: Path, home: Path) -> None:
    model_file(home / "elsewhere" / "b" / "c.gguf")
    own.mkdir(parents=True)
    (own / "a").symlink_to(home / "elsewhere")
    (own / "loop").symlink_to(own)
    assert not list(files.all())
    with pytest.raises(ModelFileError, match="leads out of"):
        files.find("a/b/c.gguf")


def test_half_a_download_is_no_model(files: LocalFiles, own: Path) -> None:
    model_file(own / ".partial" / "x" / "c.gguf")
    assert not list(files.all())


def test_a_broken_file_among_others_is_named(files: LocalFiles, own: Path) -> None:
    model_file(own / QWEN)
    (own / "a.gguf").write_bytes(b"<html>")
    told = list(files.all())
    assert [type(each) for each in told] == [ModelFileError, LocalModel]
    assert "a.gguf" in str(told[0])


def test_a_model_in_parts_needs_all_of_them(files: LocalFiles, own: Path) -> None:
    first = model_file(own / "a/b/c-00001-of-00002.gguf", split__count=2)
    with pytest.raises(ModelFileError, match=r"00002-of-00002\.gguf is missing"):
        files.find(str(first))
    with pytest.raises(ModelMissingError, match=r"pull local:a/b/c-00001-of-00002\.gguf` goes on"):
        files.find("a/b/c-00001-of-00002.gguf")
    second = own / "a/b/c-00002-of-00002.gguf"
    second.write_bytes(gguf({"split.no": 1, "split.count": 2}))
    whole = files.find(str(first))
    assert whole.size_bytes == first.stat().st_size + second.stat().st_size == whole.header.weights_bytes
    assert whole.paths == (first, second)
    assert len(found(files)) == 1
    with pytest.raises(ModelFileError, match="name the first"):
        files.find(str(second))


def test_nothing_anywhere_is_nothing(files: LocalFiles) -> None:
    assert not list(files.all())
    assert not list(LocalFiles(Stores(None), read_catalogue()).all())


def test_the_catalogue_says_everything_of_each_model() -> None:
    catalogue = read_catalogue()
    assert len({model.name for model in catalogue}) == len(catalogue.models)
    assert sum(model.is_usual for model in catalogue) == 18
    assert catalogue.named(catalogue.default).fills_holes
    for model in catalogue:
        assert model.licence
        assert model.notes
        assert 0 < model.size_gb < model.ram_gb
        assert model.context_tokens >= 8192
        assert len(model.repository.split("/")) == 2
        if model.file:
            assert model.is_meant_by(model.repository, model.file)
        assert model.is_meant_by(model.repository, f"x-{model.quantisation}.gguf") is not bool(model.file)


def test_a_checksum_says_who_published_it_and_of_which_file() -> None:
    pinned = [model for model in read_catalogue() if model.sha256]
    assert sum(model.is_usual for model in pinned) >= 12
    assert len({model.sha256 for model in pinned}) == len(pinned)
    for model in read_catalogue():
        assert bool(model.sha256) == bool(model.sha256_from), model.name
        assert not model.revision or model.sha256, model.name
        assert re.fullmatch("([0-9a-f]{64})?", model.sha256), model.name
        assert re.fullmatch("([0-9a-f]{40})?", model.revision), model.name
        assert model.file or not model.sha256, model.name


def test_a_model_in_another_file_has_a_name_of_its_own(files: LocalFiles, own: Path) -> None:
    usual, other = (read_catalogue().named(f"Qwen2.5-Coder-7B{end}") for end in ("", ":Q8_0"))
    assert (usual.is_usual, other.is_usual) == (True, False)
    assert (other.id, other.title) == ("local:qwen2.5-coder-7b:q8_0", "Qwen2.5-Coder 7B Q8_0")
    assert (other.licence, other.context_tokens) == (usual.licence, usual.context_tokens)
    assert other.size_gb > usual.size_gb
    assert other.sha256
    assert read_catalogue().named("qwen2.5-coder-7b:q4_k_m") == usual
    with pytest.raises(ModelFileError, match=r"did you mean local:qwen2\.5-coder-7b"):
        files.find("qwen2.5-coder-7b:q9")
    path = model_file(own / other.repository / other.file)
    assert files.find("qwen2.5-coder-7b:q8_0").path == path
    assert list(found(files)) == [other.id]
    with pytest.raises(ModelMissingError, match=r"`foretype models pull local:qwen2\.5-coder-7b`"):
        files.find("qwen2.5-coder-7b")


def test_another_file_that_says_nothing_of_its_checksum_has_none() -> None:
    row = {
        "name": "tiny",
        "title": "Tiny",
        "repository": "a/tiny-GGUF",
        "file": "tiny-q8_0.gguf",
        "quantisation": "Q8_0",
        "licence": "mit",
        "size_gb": 1.0,
        "ram_gb": 2.0,
        "context_tokens": 8192,
        "fills_holes": True,
        "ollama": ["tiny:1b"],
        "notes": "Small.",
        "revision": "0" * 40,
        "sha256": "0" * 64,
        "sha256_from": "its maker",
        "also": [{"file": "tiny-q4_0.gguf", "quantisation": "Q4_0", "size_gb": 0.5, "ram_gb": 1.5}],
    }
    usual, other = models_of(row)
    assert (usual.name, usual.sha256, usual.ollama) == ("tiny", "0" * 64, ("tiny:1b",))
    assert (other.name, other.revision, other.sha256, other.ollama) == ("tiny:q4_0", "", "", ())
    with pytest.raises(TypeError, match="colour"):
        list(models_of({**row, "colour": "red"}))


def test_the_catalogue_finds_names_whatever_their_case() -> None:
    catalogue: Catalogue = read_catalogue()
    assert catalogue.find("SmolLM2-135M") is not None
    assert catalogue.find("gpt-9") is None
