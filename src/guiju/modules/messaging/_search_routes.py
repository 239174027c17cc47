"""Looking for messages over HTTP. It is a POST so that the words stand in no proxy's log."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, model_validator

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json
from guiju.kernel.ids import GroupId
from guiju.kernel.page import check_limit
from guiju.kernel.text import Id, Position
from guiju.kernel.text import Search as SearchWords
from guiju.modules.messaging import _shape
from guiju.modules.messaging._change_routes import Closed
from guiju.modules.messaging._search_index import Wanted, fold_words
from guiju.modules.messaging.searching import Page, Searcher

routes = APIRouter()


class Search(Closed):
    """Words in any order, all of which must be there; times are milliseconds, `until` exclusive."""

    words: Annotated[SearchWords, Field(max_length=100)] = ""
    group: Id | None = None
    sender: Id | None = None
    since: Position | None = None
    until: Position | None = None
    files: bool = False
    before: Position | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20

    @model_validator(mode="after")
    def _says_something(self) -> "Search":
        if not (self.words.strip() or self.sender or self.since or self.until or self.files):
            raise ValueError("say what is looked for: words, a writer, a time or files")
        return self


@routes.post("/search")
async def search(request: Request, body: Search, actor: CurrentActor) -> Json:
    wanted = Wanted(fold_words(body.words), body.sender, body.since, body.until, body.files)
    searcher: Searcher = request.app.state.searcher

    def shape(tx: ReadTx, page: Page) -> Json:
        view = request.app.state.new_view(tx)
        items = _shape.items(view, [hit.entry for hit in page.hits])
        found = [
            {
                "item": item,
                "group_name": view.group_name(item["group"]),
                "spans": [{"start": start, "end": end} for start, end in hit.spans],
            }
            for hit, item in zip(page.hits, items, strict=True)
        ]
        more = {"before": page.before, "waiting": page.waiting}
        return {"found": found, **more, "position": tx.position}

    def run() -> Json:
        group = GroupId(body.group) if body.group is not None else None
        limit = check_limit(body.limit)
        return searcher.search(actor, wanted, group, before=body.before, limit=limit, shape=shape)

    return await asyncio.to_thread(run)
