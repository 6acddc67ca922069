"""The one place where every part is chosen and put together.

To swap an adapter is to change one setting: each `Selector` reads it. `infra.builders`, `infra.model_builders`
and `infra.search_builders` make the parts.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from dependency_injector import containers, providers

from application.offered_models import OfferedModels
from infra import builders, model_builders, queue_builders, search_builders, trust_builders, watch_builders
from infra.network import network as network_of
from infra.settings import Settings
from infra.watching import NotWatching

if TYPE_CHECKING:
    from infra.watching import Watching


class Container(containers.DeclarativeContainer):
    """Every part of the agent; a part is made when it is first asked for, and only once.

    `stack` closes what was made: leave it when the container is done with. `watching` looks on at what stands behind
    the ports; what it has not seen yet is called plain.
    """

    settings = providers.Dependency(instance_of=Settings)
    stack = providers.Dependency(instance_of=AsyncExitStack)
    watching: providers.Dependency[Watching] = providers.Dependency(default=NotWatching())

    clock = providers.Singleton(builders.clock)
    policy = providers.Singleton(builders.policy, settings)
    plain_audit_log = providers.Singleton(trust_builders.audit_log, settings)
    audit_log = providers.Singleton(watch_builders.audit_log, watching, plain_audit_log)
    codec = providers.Singleton(builders.task_codec)
    parsing = providers.Singleton(builders.parsing, stack)
    plain_syntax = providers.Singleton(builders.syntax, parsing)
    syntax = providers.Singleton(watch_builders.syntax, watching, plain_syntax)
    plain_structure = providers.Singleton(builders.structure, parsing)
    structure = providers.Singleton(watch_builders.structure, watching, plain_structure)
    network = providers.Singleton(network_of, settings)
    plain_vcs = providers.Singleton(builders.vcs, settings, clock, network)
    vcs = providers.Singleton(watch_builders.vcs, watching, plain_vcs)

    plain_forge = providers.Selector(
        settings.provided.forge,
        local=providers.Singleton(builders.local_forge, settings, clock),
        github=providers.Singleton(builders.github_forge, settings, clock, network, stack, watching),
    )
    forge = providers.Singleton(watch_builders.forge, watching, plain_forge)
    plain_secret_scanner = providers.Singleton(trust_builders.secret_scanner, settings)
    secret_scanner = providers.Singleton(watch_builders.secret_scanner, watching, plain_secret_scanner)
    # What a model has written, or a stranger, leaves through these only.
    publishing_forge = providers.Singleton(trust_builders.publishing_forge, forge, secret_scanner)
    publishing_vcs = providers.Singleton(trust_builders.publishing_vcs, vcs, secret_scanner)
    local_forge_admin = providers.Singleton(builders.local_forge_admin, settings, clock)
    plain_queue = providers.Selector(
        settings.provided.queue,
        sqlite=providers.Singleton(queue_builders.sqlite_queue, settings, codec, clock, stack),
        memory=providers.Singleton(queue_builders.memory_queue, clock, stack),
        rabbitmq=providers.Singleton(queue_builders.rabbitmq_queue, settings, codec, clock, stack),
    )
    queue = providers.Singleton(watch_builders.queue, watching, plain_queue)
    plain_code_search = providers.Selector(
        settings.provided.code_search,
        local=providers.Singleton(search_builders.local_search, settings, structure),
        embeddings=providers.Singleton(search_builders.embedding_search, settings, structure, network, stack),
    )
    code_search = providers.Singleton(watch_builders.code_search, watching, plain_code_search)
    locate = providers.Singleton(search_builders.locate, vcs, code_search)
    plain_model = providers.Selector(
        providers.Callable(model_builders.model_name, settings),
        scripted=providers.Singleton(model_builders.scripted_model, settings, stack),
        ollama=providers.Singleton(model_builders.ollama_model, settings, network, stack),
        claude=providers.Singleton(model_builders.claude_model, settings, network, stack),
        openai=providers.Singleton(model_builders.openai_model, settings, network, stack),
    )
    model = providers.Singleton(watch_builders.model, watching, plain_model)

    accept_event = providers.Singleton(builders.accept_event, settings, policy)
    submit_event = providers.Singleton(builders.submit_event, accept_event, queue)
    reconcile = providers.Singleton(builders.reconcile, settings, forge, accept_event, queue, policy, clock)
    enqueue_issue = providers.Singleton(builders.enqueue_issue, forge, queue, policy, clock)

    plain_named_models = providers.Singleton(model_builders.named_models, settings, network, stack)
    named_models = providers.Singleton(watch_builders.named_models, watching, plain_named_models)
    models = providers.Singleton(OfferedModels, model, named_models)
    write_change = providers.Singleton(builders.write_change, settings, models, code_search, syntax, policy)
    draft_plan = providers.Singleton(builders.draft_plan, settings, models, code_search, policy)
    handlers = providers.Singleton(builders.handlers, settings, write_change, draft_plan, watching)
    run_task = providers.Singleton(
        builders.run_task, settings, publishing_forge, publishing_vcs, clock, policy, audit_log, handlers, watching
    )
    runner = providers.Singleton(watch_builders.runner, watching, run_task, clock)

    solve = providers.Singleton(builders.solve, settings, publishing_vcs, clock, write_change, draft_plan)
