"""The table of families, and the search in it: a model that no row covers has no family."""

from __future__ import annotations

from dataclasses import replace

from foretype.prompt.family import Family

_BASE_ONLY = r"instruct|chat"

_QWEN_CONTROL = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>",
    "<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>",
    "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>", "<|fim_prefix|>",
    "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>",
)  # fmt: skip

QWEN_CODER = Family(
    name="qwen2.5-coder",
    models=r"qwen2\.5-coder",
    template="<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
    repository=(
        "<|repo_name|>{repository}\n{files}<|file_sep|>{path}\n"
        "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"
    ),
    each_file="<|file_sep|>{path}\n{text}\n",
    control=_QWEN_CONTROL,
    ends=("<|endoftext|>", "<|im_end|>"),
    stops=("<|endoftext|>", "<|im_end|>", "<|file_sep|>", "<|fim_prefix|>"),
    context_tokens=32_768,
)

QWEN3_CODER = replace(
    QWEN_CODER,
    name="qwen3-coder",
    models=r"qwen3-coder",
    repository="",
    each_file="",
    stops=("<|endoftext|>", "<|im_end|>", "<|fim_prefix|>"),
    context_tokens=262_144,
)

QWEN3_GENERAL = replace(QWEN3_CODER, name="qwen3.5", models=r"qwen-?3\.[5-9]", needs_probe=True)

STARCODER = Family(
    name="starcoder",
    models=r"(?:^|[-:])starcoder(?:base|plus)?(?![2\w])",
    not_models=_BASE_ONLY,
    template="<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
    control=(
        "<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>", "<filename>",
        "<gh_stars>", "<issue_start>", "<issue_comment>", "<issue_closed>", "<jupyter_start>",
        "<jupyter_text>", "<jupyter_code>", "<jupyter_output>", "<empty_output>", "<commit_before>",
        "<commit_msg>", "<commit_after>", "<reponame>",
    ),
    ends=("<|endoftext|>",),
    stops=("<|endoftext|>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
    context_tokens=8_192,
)  # fmt: skip

CODEQWEN = replace(
    STARCODER,
    name="codeqwen1.5",
    models=r"codeqwen-?1\.5",
    control=("<|endoftext|>", "<|im_start|>", "<|im_end|>", *STARCODER.control[1:]),
    context_tokens=65_536,
)
STABLE_CODE = replace(STARCODER, name="stable-code", models=r"stable-code-3b", context_tokens=16_384)
GRANITE_CODE = replace(STARCODER, name="granite-code", models=r"granite-\d+b-code-base", context_tokens=2_048)
GRANITE_3 = replace(STARCODER, name="granite-3", models=r"granite-3\.\d-\d+b-base", context_tokens=131_072)
REFACT = replace(STARCODER, name="refact", models=r"refact-1", context_tokens=4_096)

SANTACODER = Family(
    name="santacoder",
    models=r"santacoder",
    template="<fim-prefix>{prefix}<fim-suffix>{suffix}<fim-middle>",
    control=("<|endoftext|>", "<fim-prefix>", "<fim-middle>", "<fim-suffix>", "<fim-pad>"),
    ends=("<|endoftext|>",),
    stops=("<|endoftext|>", "<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
    context_tokens=2_048,
)

STARCODER2 = replace(
    STARCODER,
    name="starcoder2",
    models=r"starcoder2",
    repository="<repo_name>{repository}{files}<file_sep><fim_prefix>{path}\n{prefix}<fim_suffix>{suffix}<fim_middle>",
    each_file="<file_sep>{path}\n{text}",
    control=(
        "<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>", "<repo_name>",
        "<file_sep>", "<issue_start>", "<issue_comment>", "<issue_closed>", "<jupyter_start>",
        "<jupyter_text>", "<jupyter_code>", "<jupyter_output>", "<jupyter_script>", "<empty_output>",
        "<code_to_intermediate>", "<intermediate_to_code>", "<pr>", "<pr_status>", "<pr_is_merged>",
        "<pr_base>", "<pr_file>", "<pr_base_code>", "<pr_diff>", "<pr_diff_hunk>", "<pr_comment>",
        "<pr_event_id>", "<pr_review>", "<pr_review_state>", "<pr_review_comment>",
        "<pr_in_reply_to_review_id>", "<pr_in_reply_to_comment_id>", "<pr_diff_hunk_comment_line>",
    ),
    stops=("<|endoftext|>", "<file_sep>", "<fim_prefix>", "<repo_name>"),
    context_tokens=16_384,
)  # fmt: skip

# The bars of these words are U+FF5C and the blocks U+2581, neither of which is on a keyboard.
_DS_BEGIN, _DS_HOLE, _DS_END = (
    "<\uff5cfim\u2581begin\uff5c>",
    "<\uff5cfim\u2581hole\uff5c>",
    "<\uff5cfim\u2581end\uff5c>",
)
_DS_EOS = "<\uff5cend\u2581of\u2581sentence\uff5c>"

DEEPSEEK_CODER = Family(
    name="deepseek-coder",
    models=r"deepseek-coder[-:]\d+(?:\.\d+)?b-base",
    not_models=r"v1\.5",
    template=_DS_BEGIN + "{prefix}" + _DS_HOLE + "{suffix}" + _DS_END,
    repository="{files}" + _DS_BEGIN + "{comment}{path}\n{prefix}" + _DS_HOLE + "{suffix}" + _DS_END,
    each_file="{comment}{path}\n{text}\n",
    control=(
        _DS_BEGIN, _DS_HOLE, _DS_END, _DS_EOS, "<\uff5cbegin\u2581of\u2581sentence\uff5c>",
        "<\uff5cUser\uff5c>", "<\uff5cAssistant\uff5c>", "<|EOT|>",
    ),
    ends=(_DS_EOS, "<|EOT|>"),
    stops=(_DS_EOS, "<|EOT|>", _DS_BEGIN, _DS_HOLE),
    context_tokens=16_384,
    begins_with_bos=True,
)  # fmt: skip

DEEPSEEK_CODER_V2 = replace(
    DEEPSEEK_CODER,
    name="deepseek-coder-v2-lite",
    models=r"deepseek-coder-v2[-:](?:\w+-)?lite-base",
    context_tokens=131_072,
)

CODE_LLAMA = Family(
    name="codellama",
    models=r"code-?llama[-:](?:7|13)b",
    not_models=r"python",
    template="<PRE> {prefix} <SUF>{suffix} <MID>",
    control=("<PRE>", "<SUF>", "<MID>", "<EOT>", "<s>", "</s>"),
    ends=("<EOT>",),
    stops=("<EOT>", "<PRE>", "<SUF>", "<MID>"),
    context_tokens=16_384,
    begins_with_bos=True,
    drops_leading_space_of_suffix=True,
)

CODE_GEMMA = Family(
    name="codegemma",
    models=r"codegemma",
    not_models=r"-it\b|[-:]instruct",
    template="<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
    control=(
        "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|file_separator|>", "<start_of_turn>",
        "<end_of_turn>", "<bos>", "<eos>", "<pad>",
    ),
    ends=("<|file_separator|>", "<end_of_turn>", "<eos>"),
    stops=("<|file_separator|>", "<end_of_turn>", "<eos>", "<|fim_prefix|>"),
    context_tokens=8_192,
    begins_with_bos=True,
)  # fmt: skip

CODESTRAL = Family(
    name="codestral",
    models=r"codestral-(?:22b|\d{4}|latest)|codestral(?::|$)",
    not_models=r"mamba",
    template="[SUFFIX]{suffix}[PREFIX]{prefix}",
    repository="[SUFFIX]{suffix}[PREFIX]{files}+++++ {path}\n{prefix}",
    each_file="+++++ {path}\n{text}\n\n",
    control=("[PREFIX]", "[SUFFIX]", "[MIDDLE]", "[INST]", "[/INST]", "<s>", "</s>"),
    ends=("</s>",),
    stops=("</s>", "[PREFIX]", "[SUFFIX]", "\n+++++ "),
    context_tokens=32_768,
    begins_with_bos=True,
)

GRANITE_4 = Family(
    name="granite-4",
    models=r"granite-?4",
    template="<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
    control=(
        "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|end_of_text|>",
        "<|start_of_role|>", "<|end_of_role|>", "<|filename|>", "<|reponame|>", "<|pad|>", "<|unk|>",
    ),
    ends=("<|end_of_text|>", "<|fim_pad|>"),
    stops=("<|end_of_text|>", "<|fim_pad|>", "<|fim_prefix|>"),
    context_tokens=131_072,
)  # fmt: skip

SEED_CODER = Family(
    name="seed-coder",
    models=r"seed-coder-8b-base",
    template="<[fim-suffix]>{suffix}<[fim-prefix]>{prefix}<[fim-middle]>",
    control=(
        "<[fim-suffix]>", "<[fim-prefix]>", "<[fim-middle]>", "<[end\u2581of\u2581sentence]>",
        "<[begin\u2581of\u2581sentence]>", "<[PAD\u2581TOKEN]>",
    ),
    ends=("<[end\u2581of\u2581sentence]>",),
    stops=("<[end\u2581of\u2581sentence]>", "<[fim-suffix]>", "<[fim-prefix]>"),
    context_tokens=32_768,
    begins_with_bos=True,
)  # fmt: skip

MELLUM = Family(
    name="mellum",
    models=r"mellum-4b",
    template="<filename>{path}\n<fim_suffix>{suffix}<fim_prefix>{prefix}<fim_middle>",
    repository=(
        "<reponame>{repository}\n{files}<filename>{path}\n"
        "<fim_suffix>{suffix}<fim_prefix>{prefix}<fim_middle>"
    ),
    each_file="<filename>{path}\n{text}\n",
    control=STARCODER.control,
    ends=("<|endoftext|>",),
    stops=("<|endoftext|>", "<filename>", "<fim_suffix>", "<reponame>"),
    context_tokens=8_192,
)

AIXCODER = Family(
    name="aixcoder",
    models=r"aixcoder-7b",
    template=(
        "<s>\u2581<AIX-SPAN-PRE>\u2581<AIX-SPAN-POST>{suffix}\u2581<AIX-SPAN-MIDDLE>"
        "# the file path is: {path}\n# the code file is written by {language}\n{prefix}"
    ),
    control=("<s>", "</s>", "<AIX-SPAN-PRE>", "<AIX-SPAN-POST>", "<AIX-SPAN-MIDDLE>"),
    ends=("</s>",),
    stops=("</s>", "<AIX-SPAN-PRE>", "<AIX-SPAN-POST>", "<AIX-SPAN-MIDDLE>"),
    context_tokens=32_768,
)

GLM = Family(
    name="glm-code",
    models=r"codegeex4|glm-4\.5",
    template="<|code_prefix|>{prefix}<|code_suffix|>{suffix}<|code_middle|>",
    control=(
        "<|code_prefix|>", "<|code_middle|>", "<|code_suffix|>", "<|endoftext|>", "<|system|>",
        "<|user|>", "<|assistant|>", "<|observation|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>",
    ),
    ends=("<|endoftext|>", "<|user|>"),
    stops=("<|endoftext|>", "<|user|>", "<|code_prefix|>", "<|code_suffix|>"),
    context_tokens=131_072,
    needs_probe=True,
)  # fmt: skip

LFM2 = Family(
    name="lfm2",
    models=r"lfm2",
    template="<|fim_pre|>{prefix}<|fim_suf|>{suffix}<|fim_mid|>",
    control=(
        "<|fim_pre|>", "<|fim_mid|>", "<|fim_suf|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>",
        "<|startoftext|>", "<|pad|>",
    ),
    ends=("<|endoftext|>", "<|im_end|>"),
    stops=("<|endoftext|>", "<|im_end|>", "<|fim_pre|>"),
    context_tokens=32_768,
    needs_probe=True,
)  # fmt: skip

FALCON_CODER = Family(
    name="falcon-h1-coder",
    models=r"falcon-h1-tiny.*coder",
    template="<|prefix|>{prefix}<|suffix|>{suffix}<|middle|>",
    control=("<|prefix|>", "<|middle|>", "<|suffix|>", "<|end_of_text|>", "<|im_start|>", "<|im_end|>"),
    ends=("<|end_of_text|>", "<|im_end|>"),
    stops=("<|end_of_text|>", "<|im_end|>", "<|prefix|>"),
    context_tokens=32_768,
    needs_probe=True,
)

FAMILIES: tuple[Family, ...] = (
    QWEN_CODER, QWEN3_CODER, QWEN3_GENERAL, STARCODER2, STARCODER, CODEQWEN, STABLE_CODE, GRANITE_CODE,
    GRANITE_3, GRANITE_4, REFACT, SANTACODER, DEEPSEEK_CODER, DEEPSEEK_CODER_V2, CODE_LLAMA, CODE_GEMMA,
    CODESTRAL, SEED_CODER, MELLUM, AIXCODER, GLM, LFM2, FALCON_CODER,
)  # fmt: skip


def family_of(model: str) -> Family | None:
    """The family of a model by its id or file name; None where no row covers it."""
    name = model.replace("\\", "/").rstrip("/").rpartition("/")[2].lower().replace("_", "-")
    return next((family for family in FAMILIES if family.covers(name)), None)
