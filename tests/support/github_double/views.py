"""Answers: the description's own examples, with the facts of the world put over them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.support.github_double.world import BOT

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.github_double.access import Grant
    from tests.support.github_double.world import Comment, Event, Repository, Review, Thread

Json = dict[str, Any]


def over(example: Json, facts: Json) -> Json:
    """The example with the facts put over it, at any depth; lists are replaced."""
    result = copy.copy(example)
    for name, value in facts.items():
        below = example.get(name)
        result[name] = over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def moment(at: datetime | None) -> str | None:
    """GitHub counts in whole seconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def account(login: str) -> Json:
    """A person or a bot, as short as the description allows."""
    kind = "Bot" if login.endswith(BOT) else "User"
    url = f"https://api.github.com/users/{login}"
    links = (
        "avatar_url events_url followers_url following_url gists_url html_url organizations_url received_events_url "
        "repos_url starred_url subscriptions_url url"
    )
    return {
        "login": login,
        "id": 1 + sum(login.encode()),
        "node_id": f"U_{login}",
        "gravatar_id": "",
        "type": kind,
        "site_admin": False,
        **dict.fromkeys(links.split(), url),
    }


def label(repository: Repository, name: str) -> Json:
    return {
        "id": 1 + sum(name.encode()),
        "node_id": f"LA_{name}",
        "url": f"https://api.github.com/repos/{repository.full_name}/labels/{name}",
        "name": name,
        "color": "5319e7",
        "default": False,
        "description": "Set by the coding agent",
    }


def repository_facts(repository: Repository, grant: Grant) -> Json:
    may_push = grant.may("contents", "write")
    return {
        "id": repository.id,
        "name": repository.name,
        "full_name": repository.full_name,
        "private": True,
        "default_branch": repository.default_branch,
        "archived": repository.archived,
        "has_issues": repository.has_issues,
        "permissions": {"admin": False, "maintain": False, "push": may_push, "triage": True, "pull": True},
    }


def issue(repository: Repository, thread: Thread, api: str) -> Json:
    facts: Json = {
        "id": repository.id * 10_000 + thread.number,
        "node_id": node_id(repository, thread),
        "number": thread.number,
        "title": thread.title,
        "body": thread.body or None,
        "user": account(thread.author),
        "state": thread.state,
        "labels": [label(repository, name) for name in thread.labels],
        "assignee": account(thread.assignees[0]) if thread.assignees else None,
        "assignees": [account(login) for login in thread.assignees],
        "created_at": moment(thread.created_at),
        "updated_at": moment(thread.updated_at),
        "closed_at": moment(thread.updated_at) if thread.state == "closed" else None,
        "repository_url": f"{api}/repos/{repository.full_name}",
        "comments": len(thread.comments),
    }
    return facts


def comment(comment: Comment, api: str) -> Json:
    return {
        "id": comment.id,
        "node_id": f"IC_{comment.id}",
        "url": f"{api}/issues/comments/{comment.id}",
        "body": comment.body,
        "user": account(comment.author),
        "created_at": moment(comment.created_at),
        "updated_at": moment(comment.updated_at),
    }


def event(repository: Repository, happened: Event) -> Json:
    """An event, without what events of its kind do not have."""
    about: Json = {"label": {"name": happened.about, "color": "5319e7"}}
    if happened.event in {"assigned", "unassigned"}:
        about = {"assignee": account(happened.about), "assigner": account(happened.actor)}
    return {
        "id": happened.id,
        "node_id": f"EV_{happened.id}",
        "url": f"https://api.github.com/repos/{repository.full_name}/issues/events/{happened.id}",
        "actor": account(happened.actor),
        "event": happened.event,
        "commit_id": None,
        "commit_url": None,
        "created_at": moment(happened.at),
        "performed_via_github_app": None,
        **about,
    }


def pull(repository: Repository, thread: Thread, commits: dict[str, str]) -> Json:
    gone = "0" * 40
    fork = {"id": repository.id + 500_000} if thread.fork else {"id": repository.id}
    head = {"ref": thread.head, "sha": commits.get(thread.head, gone), "repo": fork, "label": f"x:{thread.head}"}
    base = {"ref": thread.base, "sha": commits.get(thread.base, gone), "repo": {"id": repository.id}}
    return {
        "id": repository.id * 10_000 + thread.number,
        "node_id": node_id(repository, thread),
        "number": thread.number,
        "html_url": f"https://github.com/{repository.full_name}/pull/{thread.number}",
        "title": thread.title,
        "body": thread.body or None,
        "state": thread.state,
        "draft": thread.draft,
        "user": account(thread.author),
        "labels": [label(repository, name) for name in thread.labels],
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "milestone": None,
        "head": head,
        "base": base,
        "created_at": moment(thread.created_at),
        "updated_at": moment(thread.updated_at),
        "merged_at": moment(thread.merged_at),
    }


def review(repository: Repository, thread: Thread, submitted: Review) -> Json:
    return {
        "id": submitted.id,
        "node_id": f"PRR_{submitted.id}",
        "user": account(submitted.author),
        "body": submitted.body,
        "state": submitted.state,
        "submitted_at": moment(submitted.submitted_at),
        "pull_request_url": f"https://api.github.com/repos/{repository.full_name}/pulls/{thread.number}",
    }


def review_comment(made: Comment) -> Json:
    facts: Json = {
        "id": made.id,
        "node_id": f"PRRC_{made.id}",
        "pull_request_review_id": made.review_id,
        "diff_hunk": "@@ -1 +1 @@",
        "path": made.path,
        "line": made.line,
        "body": made.body,
        "user": account(made.author),
        "created_at": moment(made.created_at),
        "updated_at": moment(made.updated_at),
    }
    return (
        {**facts, "-": ["in_reply_to_id"]}
        if made.in_reply_to is None
        else {
            **facts,
            "in_reply_to_id": made.in_reply_to,
        }
    )


def node_id(repository: Repository, thread: Thread) -> str:
    return f"{'PR' if thread.head else 'I'}_{repository.id}_{thread.number}"
