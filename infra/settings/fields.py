"""What can be set: each field is one setting, named in capitals in the environment and as it stands here in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from application.answer_form import SMALL_MODELS
from domain.secret import Secret

_Dollars = Annotated[float, Meta(ge=0)]
_Port = Annotated[int, Meta(ge=0, le=65_535)]
_Temperature = Annotated[float, Meta(ge=0, le=2)]


class ModelPrice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model costs; a cache's tokens cost what others do where nothing is said of them."""

    input_usd_per_million_tokens: _Dollars
    output_usd_per_million_tokens: _Dollars
    cache_read_usd_per_million_tokens: _Dollars | None = None
    cache_write_usd_per_million_tokens: _Dollars | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings; what has no default is "" or empty, and the command that needs it says so."""

    # -- Parts ---------------------------------------------------------------------------------------
    forge: Annotated[Literal["local", "github"], Meta(description="Where issues and pull requests live.")] = "local"
    llm: Annotated[
        Literal["", "scripted", "ollama", "claude", "openai"],
        Meta(
            description="The model. Empty: none is chosen, and nothing is ever spent. `claude` costs money; `openai` "
            "is any server that speaks OpenAI's chat completions, and may."
        ),
    ] = ""
    queue: Annotated[
        Literal["sqlite", "memory", "rabbitmq"],
        Meta(
            description="Where tasks wait: in a file that processes of one machine share, in the process, with which "
            "they are lost, or on a RabbitMQ broker."
        ),
    ] = "sqlite"
    code_search: Annotated[
        Literal["local", "embeddings"],
        Meta(
            description="How the files for an issue are found. `local`: by words, names and structure, no model. "
            "`embeddings`: the same, then the best of them by nearness in meaning, with a model in Ollama."
        ),
    ] = "local"

    # -- Where things lie ----------------------------------------------------------------------------
    local_forge_path: Annotated[Path, Meta(description="The local forge's folder.")] = Path("forge")
    sqlite_path: Annotated[Path, Meta(description="The embedded queue's file.")] = Path("queue.sqlite")
    work_path: Annotated[
        Path | None,
        Meta(description="Folder for temporary clones. Empty: a folder of this user's in the system's own for such."),
    ] = None

    audit_log_path: Annotated[
        Path | None,
        Meta(
            description="A file to which it is appended, as JSON lines, who asked for, approved and cancelled what. "
            "Empty: that stands in the process's log alone. What cannot be appended is not done."
        ),
    ] = None

    embedding_model: Annotated[
        str, Meta(description="The model in Ollama that embeds, with `CODE_SEARCH=embeddings`.", min_length=1)
    ] = "nomic-embed-text"
    rerank: Annotated[
        bool,
        Meta(
            description="Whether the model sees the best files' names and definitions first, and says which to open: "
            "one more question a task, counted like the others."
        ),
    ] = False
    search_cache_path: Annotated[
        Path | None,
        Meta(
            description="Folder where the search keeps what files contain, by blob; workers may share it. Empty: "
            "nothing is kept, and each search reads all files."
        ),
    ] = None
    search_cache_max_megabytes: Annotated[
        int, Meta(description="Megabytes that the search may keep; what was not used for longest goes first.", ge=1)
    ] = 500

    # -- Who may ask for what ------------------------------------------------------------------------
    allowed_repositories: Annotated[
        tuple[str, ...], Meta(description="Owners (`acme`) or repositories (`acme/shop`) that are served. Empty: none.")
    ] = ()
    allowed_bots: Annotated[
        tuple[str, ...],
        Meta(
            description="Bots that may start the agent all the same: each the id of its account, `49699333` or, to "
            "read better, `dependabot[bot]:49699333`; the id alone counts."
        ),
    ] = ()
    minimum_permission: Annotated[
        Literal["write", "maintain", "admin"],
        Meta(description="The least that a person needs in a repository to ask for work, approve or cancel it."),
    ] = "write"
    trigger_label: Annotated[str, Meta(description="The label that asks for the agent.", min_length=1)] = "ai-help"
    assignee: Annotated[
        str,
        Meta(
            description="The machine account whose assignment asks for the agent: an ordinary user account, for a "
            "GitHub App's bot may not be assignable. Empty: assignments start nothing."
        ),
    ] = ""
    default_mode: Annotated[
        Literal["quickfix", "plan"], Meta(description="What is done when no label `quickfix` or `plan` says.")
    ] = "quickfix"
    approval_names_digest: Annotated[
        bool, Meta(description="Whether `/approve` must name the plan's digest, as the plan shows it.")
    ] = False
    approval_by_another_person: Annotated[
        bool, Meta(description="Whether a plan must be approved by another person than the one who asked for it.")
    ] = False
    language: Annotated[
        Literal["auto", "en", "es"],
        Meta(description="Of the agent's own words. `auto`: Spanish where the issue is in Spanish, otherwise English."),
    ] = "auto"
    comments_by_anybody: Annotated[
        bool, Meta(description="Whether the model is shown comments by people without write permission too.")
    ] = False

    # -- What the agent may change -------------------------------------------------------------------
    allowed_protected_paths: Annotated[
        tuple[str, ...],
        Meta(description="Patterns of protected paths that may be changed after all, e.g. `**/pyproject.toml`."),
    ] = ()
    max_files: Annotated[int, Meta(description="Files that one change may touch.", ge=1)] = 50
    max_changed_lines: Annotated[int, Meta(description="Added and removed lines that one change may have.", ge=1)] = (
        2_000
    )
    max_added_bytes: Annotated[
        int, Meta(description="Bytes by which one change may make files larger, all together.", ge=1)
    ] = 1_000_000

    # -- What a task may use -------------------------------------------------------------------------
    max_tokens: Annotated[int, Meta(description="Tokens, read and written, that one task may use.", ge=1)] = 400_000
    max_cost_usd: Annotated[float, Meta(description="US dollars that one task may cost.", ge=0)] = 2.0
    context_tokens: Annotated[int, Meta(description="Tokens of the repository that the model is shown.", ge=500)] = (
        24_000
    )
    whole_file_models: Annotated[
        tuple[str, ...],
        Meta(
            description="Models, by patterns of their names, that are asked for whole files, not for blocks of lines: "
            "small models copy badly. Answers in any known format are read from every model."
        ),
    ] = SMALL_MODELS
    repair_rounds: Annotated[
        int, Meta(description="How often edits that cannot be used go back to the model.", ge=0)
    ] = 2
    max_attempts: Annotated[int, Meta(description="Attempts at one task before it is given up.", ge=1)] = 5
    task_deadline_seconds: Annotated[float, Meta(description="Seconds that one attempt at a task may take.", gt=0)] = (
        1_500.0
    )

    # -- Models --------------------------------------------------------------------------------------
    allowed_models: Annotated[
        tuple[str, ...],
        Meta(description="Names of models, besides the one that is set, that a repository's configuration may choose."),
    ] = ()
    script_path: Annotated[
        Path | None, Meta(description="The `scripted` model's answers: a file, or a folder of numbered files.")
    ] = None
    script_pause_seconds: Annotated[
        float, Meta(description="Seconds before each 60 characters of such an answer, so that work can be seen.", ge=0)
    ] = 0.02
    ollama_url: Annotated[str, Meta(description="Where Ollama answers.")] = "http://127.0.0.1:11434"
    ollama_model: Annotated[str, Meta(description="The model's name in Ollama.", min_length=1)] = "qwen2.5-coder:7b"
    ollama_context_tokens: Annotated[
        int,
        Meta(
            description="Tokens that prompt and answer may have together; bounded by the model and by memory.", ge=2_048
        ),
    ] = 32_768
    ollama_max_answer_tokens: Annotated[int, Meta(description="Tokens that an answer may have.", ge=256)] = 4_096
    ollama_temperature: Annotated[float, Meta(description="How freely the model chooses its words.", ge=0, le=2)] = 0.2
    anthropic_api_key: Annotated[Secret, Meta(description="The key for Claude.")] = Secret("")
    anthropic_base_url: Annotated[str, Meta(description="Where Claude answers. Empty: the vendor's own address.")] = ""
    claude_model: Annotated[str, Meta(description="The model's name at the vendor. Empty: the current Sonnet.")] = ""
    claude_max_answer_tokens: Annotated[
        int, Meta(description="Tokens that an answer may have, the model's thinking included.", ge=256)
    ] = 32_000

    claude_temperature: Annotated[
        _Temperature | None, Meta(description="The same, 0 to 1. Empty sends none: current Claude models refuse it.")
    ] = None
    openai_base_url: Annotated[
        str,
        Meta(
            description="Where a server of OpenAI's chat completions answers (vLLM, llama.cpp, LM Studio, …), "
            "up to and with `/v1`."
        ),
    ] = ""
    openai_api_key: Annotated[Secret, Meta(description="The key for that server, where it asks for one.")] = Secret("")
    openai_model: Annotated[str, Meta(description="The model's name there.")] = ""
    openai_costs_nothing: Annotated[
        bool,
        Meta(
            description="The server is one's own, and its use costs nothing. Otherwise the price of a model that "
            "`MODEL_PRICES` does not name is not known."
        ),
    ] = False
    openai_context_tokens: Annotated[
        int, Meta(description="Tokens that prompt and answer may have together; bounded by the server.", ge=2_048)
    ] = 32_768
    openai_max_answer_tokens: Annotated[int, Meta(description="Tokens that an answer may have.", ge=256)] = 4_096
    openai_temperature: Annotated[
        _Temperature | None, Meta(description="How freely the model chooses its words, 0 to 2.")
    ] = 0.2
    model_attempts: Annotated[
        int,
        Meta(
            description="How often a model that fails for now is asked, before the whole task is tried again later.",
            ge=1,
        ),
    ] = 3
    model_longest_pause_seconds: Annotated[
        float,
        Meta(
            description="The longest pause of our own between two such requests; what the server asks for is kept to "
            "as well, while half of the time that is left allows it.",
            ge=0,
        ),
    ] = 60.0
    model_prices: Annotated[
        dict[str, ModelPrice],
        Meta(
            description="What models cost: by name, `input_usd_per_million_tokens`, `output_usd_per_million_tokens`, "
            "and where they differ `cache_read_usd_per_million_tokens` and `cache_write_usd_per_million_tokens`. "
            "It goes before the published prices of Claude, and before the 0 of a model in Ollama."
        ),
    ] = {}

    # -- RabbitMQ ------------------------------------------------------------------------------------
    rabbitmq_url: Annotated[
        Secret,
        Meta(description="The broker, with user and password: `amqp://user:password@host:5672/`, `amqps://` for TLS."),
    ] = Secret("")
    queue_name: Annotated[
        str,
        Meta(
            description="The queue on the broker; the names of all others begin with it.",
            pattern=r"^[A-Za-z0-9._-]{1,100}$",
        ),
    ] = "agent-tasks"
    rabbitmq_ca_file: Annotated[
        Path | None, Meta(description="The authority (PEM) that the broker's certificate is from. Empty: the system's.")
    ] = None
    rabbitmq_cert_file: Annotated[
        Path | None, Meta(description="The certificate (PEM) by which the broker knows us. Empty: none is shown.")
    ] = None
    rabbitmq_key_file: Annotated[
        Path | None, Meta(description="That certificate's key (PEM). Empty: it lies in the same file.")
    ] = None
    rabbitmq_heartbeat_seconds: Annotated[
        int,
        Meta(description="Seconds of silence after which each side asks; after two, the other is gone.", ge=1, le=600),
    ] = 20

    # -- GitHub --------------------------------------------------------------------------------------
    github_base_url: Annotated[
        str, Meta(description="Where GitHub is, as people open it: `https://github.example.com`. Empty: github.com.")
    ] = ""
    github_token: Annotated[
        Secret, Meta(description="A token: the agent is its account. Leave it empty for an App.")
    ] = Secret("")
    github_app_id: Annotated[str, Meta(description="The GitHub App's id: the agent is its bot.")] = ""
    github_app_private_key: Annotated[Secret, Meta(description="The App's private key, in PEM form.")] = Secret("")
    github_timeout_seconds: Annotated[
        float, Meta(description="Seconds that one try at a request to GitHub may take.", gt=0)
    ] = 30.0

    # -- Network -------------------------------------------------------------------------------------
    ca_bundle_path: Annotated[
        Path | None,
        Meta(
            description="A file of certificates in PEM form, whose authorities are trusted besides the public ones: by "
            "the forge's client, by git and by the models'."
        ),
    ] = None
    https_proxy: Annotated[
        Secret,
        Meta(
            description="The proxy for every `https://` address but this machine's, for example "
            "`http://proxy.example.com:3128`: of the forge, of git and of the models."
        ),
    ] = Secret("")
    no_proxy: Annotated[
        tuple[str, ...],
        Meta(
            description="What is reached without that proxy: domains with all below them, addresses, networks "
            "(`10.0.0.0/8`), or `*`."
        ),
    ] = ()

    # -- Git -----------------------------------------------------------------------------------------
    git_username: Annotated[str, Meta(description="User name that goes with `GIT_TOKEN`.")] = "x-access-token"
    git_token: Annotated[Secret, Meta(description="Token for `solve` on a URL that asks for one.")] = Secret("")
    git_timeout_seconds: Annotated[float, Meta(description="Seconds that a clone, fetch or push may take.", gt=0)] = (
        300.0
    )
    git_max_files: Annotated[int, Meta(description="Files that a repository may have.", ge=1)] = 200_000
    git_max_megabytes: Annotated[int, Meta(description="Megabytes that a clone may bring.", ge=1)] = 2_000
    author_name: Annotated[str, Meta(description="The author of commits.", pattern=r"^[^<>\x00-\x1f]+$")] = (
        "coding-agent[bot]"
    )
    author_email: Annotated[str, Meta(description="The author's address.", pattern=r"^[^<>\s]+@[^<>\s]+$")] = (
        "coding-agent@users.noreply.invalid"
    )

    # -- Processes -----------------------------------------------------------------------------------
    webhook_secret: Annotated[
        Secret, Meta(description="The webhook's secret. The gateway does not start without one.")
    ] = Secret("")
    webhook_secret_previous: Annotated[
        Secret, Meta(description="A second valid secret, while the first is rotated.")
    ] = Secret("")
    gateway_host: Annotated[str, Meta(description="The address that the gateway listens on.")] = "127.0.0.1"
    gateway_port: Annotated[int, Meta(description="The gateway's port; 0 takes a free one.", ge=0, le=65_535)] = 8_080
    reconcile_seconds: Annotated[
        float,
        Meta(
            description="Seconds between a worker's looks at the forge for requests whose webhook was lost. 0: none.",
            ge=0,
        ),
    ] = 900.0
    reconcile_days: Annotated[
        float, Meta(description="Days that the first look goes back; older requests are left alone.", gt=0)
    ] = 7.0
    worker_http_host: Annotated[
        str, Meta(description="The address on which a worker answers /health, /ready and /metrics.")
    ] = "127.0.0.1"
    worker_http_port: Annotated[
        _Port | None,
        Meta(
            description="The port of a worker's /health, /ready and /metrics; 0 takes a free one. Empty: it answers "
            "none."
        ),
    ] = None
    lease_seconds: Annotated[
        float, Meta(description="Seconds after which a dead worker's task is given to another.", gt=0)
    ] = 30.0
    grace_seconds: Annotated[
        float, Meta(description="Seconds that a task in hand has to finish when the worker is told to stop.", ge=0)
    ] = 60.0
    log_format: Annotated[
        Literal["auto", "json", "console"], Meta(description="`auto`: console on a terminal, otherwise JSON lines.")
    ] = "auto"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least that is logged.")
    ] = "info"

    # -- Telemetry -----------------------------------------------------------------------------------
    gateway_metrics_host: Annotated[str, Meta(description="The address on which the gateway answers /metrics.")] = (
        "127.0.0.1"
    )
    gateway_metrics_port: Annotated[
        _Port | None,
        Meta(
            description="The port of the gateway's /metrics, apart from the one for webhooks, for metrics are not for "
            "the internet; 0 takes a free one. Empty: it answers none."
        ),
    ] = None
    otel_exporter_otlp_endpoint: Annotated[
        str,
        Meta(
            description="Where traces and metrics are sent, by OTLP over HTTP: `http://collector:4318`. Empty: nowhere."
        ),
    ] = ""
    otel_exporter_otlp_headers: Annotated[
        Secret,
        Meta(description="Headers that go with them, as `name=value`, separated by commas: a key of the receiver's."),
    ] = Secret("")
    otel_service_name: Annotated[
        str,
        Meta(description="What they say they are from. Empty: `coding-agent-gateway`, `coding-agent-worker`."),
    ] = ""


def overridden(settings: Settings, **values: object) -> Settings:
    """The settings with some of them replaced, as command-line options do; the values must be of the right type."""
    return msgspec.structs.replace(settings, **values)
