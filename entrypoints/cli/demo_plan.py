"""The demo of plan mode: a plan, an edit, an approval that comes too early, another plan, the change, a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.plan import FILES_END
from domain.repository import Permission
from entrypoints.cli.demo_narrator import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from application.plan_comment import PostedPlan
    from domain.issue import PullRequest
    from entrypoints.cli.demo_agent import Agent
    from entrypoints.cli.demo_narrator import Narrator
    from entrypoints.cli.demo_people import People
    from entrypoints.cli.demo_sample import Sample
    from infra.composition import Parts

COLLEAGUE = "grace"
_EDIT = "- `tests/test_parsing.py`: a test with blanks around the parts"
_WISH = "Refuse a unit that comes twice, such as 1h 1h, and test that, too."
_PATH = "durations/parsing.py"
_REMARK = "Say what could not be read, please: of a long text, nobody finds it."


def let_in_colleague(parts: Parts, sample: Sample) -> None:
    """The second person of the story, who may write."""
    parts.local_forge_admin().grant(COLLEAGUE, Permission.WRITE, sample.issue.repository)


class PlanStory:
    """Plays the conversation about one issue; `lay_script` lays out the scripted model's next answers."""

    def __init__(
        self, sample: Sample, people: People, agent: Agent, narrator: Narrator, lay_script: Callable[[str], object]
    ) -> None:
        self._sample = sample
        self._people = people
        self._agent = agent
        self._narrator = narrator
        self._lay_script = lay_script
        self._owner = sample.issue.repository.owner

    async def play(self, label: str) -> PullRequest | None:
        """Play it all; return the pull request, or None where the story came to another end, which is shown."""
        draft = await self._plan(label)
        if draft is None:
            return None
        scenes = (self._approve_too_early, self._revise, self._approve, self._review)
        for scene in scenes:
            if not await scene(draft):
                self._narrator.page(await self._sample.last_words(draft.number), "What the agent says")
                return None
        return (await self._sample.dialogue()).pull_request

    async def _plan(self, label: str) -> PullRequest | None:
        self._narrator.chapter("1. A plan, on a draft pull request that changes nothing")
        self._lay_script("plan")
        task = await self._people.label(["plan", label], self._owner)
        self._narrator.tell(f"Labels [bold]plan[/bold] and [bold]{label}[/bold] set: task {task} queued")
        await self._agent.worked()
        dialogue = await self._sample.dialogue()
        if dialogue.pull_request is None or dialogue.plan is None:
            self._narrator.page(await self._sample.last_words(self._sample.issue.number), "What the agent says")
            return None
        self._show_plan(dialogue.plan)
        return dialogue.pull_request

    async def _approve_too_early(self, draft: PullRequest) -> bool:
        """The approval is written, then the plan is edited, and only then does the approval arrive."""
        self._narrator.chapter("2. An approval, and an edit that comes between")
        approval = self._people.comment(draft, "/approve", self._owner)
        self._says(self._owner, "/approve")
        comment = await self._sample.plan_comment(draft)
        self._people.edit(draft, comment, comment.body.replace(FILES_END, f"{_EDIT}\n{FILES_END}", 1))
        self._narrator.tell(f"[bold]{COLLEAGUE}[/bold] edits the plan's comment: + {shown(_EDIT)}")
        task = await self._people.deliver(draft, approval)
        self._narrator.tell(f"The webhook of the approval arrives: task {task} queued")
        refused = await self._agent.worked() == "Refused"
        if refused:
            self._narrator.tell("[red]Refused[/red]: what was approved is not what stands there now. On the draft:")
            self._narrator.page(await self._sample.last_words(draft.number))
        return refused

    async def _revise(self, draft: PullRequest) -> bool:
        self._narrator.chapter("3. Another plan")
        if not await self._done("revise", draft, f"/revise {_WISH}"):
            return False
        plan = (await self._sample.dialogue()).plan
        if plan:
            self._show_plan(plan)
        return plan is not None

    async def _approve(self, draft: PullRequest) -> bool:
        self._narrator.chapter("4. An approval that counts")
        if not await self._done("carry-out", draft, "/approve"):
            return False
        self._narrator.tell(f"Draft #{draft.number} is ready for review")
        return True

    async def _review(self, pull_request: PullRequest) -> bool:
        self._narrator.chapter("5. A review that requests changes")
        self._lay_script("follow-up")
        line = await self._sample.line_of("raise InvalidDuration", _PATH, pull_request.head)
        place = _PATH if line is None else f"{_PATH}:{line}"
        task = await self._people.request_changes(pull_request, _PATH, line, _REMARK, COLLEAGUE)
        self._narrator.tell(f"[bold]{COLLEAGUE}[/bold] requests changes at {place}: {shown(_REMARK)}")
        self._narrator.tell(f"Task {task} queued")
        if await self._agent.worked() != "Done":
            return False
        for answer in await self._sample.answers(pull_request):
            self._narrator.page(answer, f"The answer at {place}")
        return True

    async def _done(self, script: str, draft: PullRequest, text: str) -> bool:
        """The owner says it, and whether what it asks for was done."""
        self._lay_script(script)
        task = await self._people.tell(draft, text, self._owner)
        self._says(self._owner, text)
        self._narrator.tell(f"Task {task} queued")
        return await self._agent.worked() == "Done"

    def _says(self, who: str, text: str) -> None:
        self._narrator.tell(f"[bold]{who}[/bold] comments: {shown(text)}")

    def _show_plan(self, posted: PostedPlan) -> None:
        self._narrator.page(posted.plan.words, f"Plan {posted.state.number}, digest {posted.plan.short_digest}")
