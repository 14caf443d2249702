"""`daygen models`: what is on offer, and whether it works."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import click

from daygen.app.cli.client import JOB_ENDS, Api, Refusal, access, access_options
from daygen.app.cli.options import data_dir_option, json_option
from daygen.app.cli.output import amount, say_json, table

SMALL_PX = 256
PROMPT = "a lighthouse at dusk"
DEADLINE_S = 600
SOURCE = "x-source"  # marks an input field that references a file


@click.group()
@data_dir_option
def models() -> None:
    """The models on offer, and whether they work."""


@models.command(name="list")
@access_options
@data_dir_option
@json_option
def list_models(url: str | None, key: str | None, as_json: bool) -> None:
    """List the models that can be ordered, with what they do and cost."""
    with Api(access(url, key)) as api:
        found: list[Mapping[str, Any]] = api.get("/v1/models")["data"]
    if as_json:
        say_json(found)
        return
    rows = [
        (model["id"], offer["operation"], _price(offer["price"]), model["title"])
        for model in found
        for offer in model["operations"]
    ]
    click.echo(table(("model", "operation", "credits", "title"), rows, right={"credits"}))


def _price(rule: Mapping[str, Any]) -> str:
    each, second = rule["creditsPerOutput"], rule["creditsPerSecond"]
    return amount(each) if second is None else f"{amount(second)}/s"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one small job of a model went. `ms` is the whole job."""

    model: str
    operation: str
    status: str
    ms: int | None = None
    credits: float | None = None
    why: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it did what it offers."""
        return self.status == "succeeded"


@models.command(name="test")
@click.argument("model", required=False)
@access_options
@data_dir_option
@json_option
def test_models(model: str | None, url: str | None, key: str | None, as_json: bool) -> None:
    """Run one small job of each operation of MODEL, or of every model. It costs what such jobs cost."""
    with Api(access(url, key)) as api:
        chosen = [api.get(f"/v1/models/{model}")] if model else api.get("/v1/models")["data"]
        outcomes: list[Outcome] = []
        for outcome in _tried(api, chosen):
            outcomes.append(outcome)
            if not as_json:
                click.echo(f"{outcome.model} {outcome.operation}: {outcome.status}", err=True)
    if as_json:
        say_json([asdict(outcome) | {"ok": outcome.ok} for outcome in outcomes])
    else:
        click.echo(_shown(outcomes))
    if not all(outcome.ok for outcome in outcomes):
        raise click.exceptions.Exit(1)


def _tried(api: Api, models: list[Mapping[str, Any]]) -> Iterator[Outcome]:
    """Try everything; what needs a picture comes last and gets one that its own model made, where there is one."""
    offers = [(model["id"], offer) for model in models for offer in model["operations"]]
    pictures: dict[str, str] = {}
    for model, offer in sorted(offers, key=lambda pair: len(_sources(pair[1]))):
        picture = pictures.get(model) or next(iter(pictures.values()), None)
        if _sources(offer) and picture is None:
            yield Outcome(model, offer["operation"], "skipped", why="it needs a picture, and no model here made one")
            continue
        try:
            job = _job(api, {"model": model, "operation": offer["operation"], "input": _input(offer, picture)})
        except Refusal as refusal:
            yield Outcome(model, offer["operation"], "refused", why=refusal.message)
            continue
        for output in job["outputs"]:
            if output["contentType"].startswith("image/"):
                pictures.setdefault(model, output["assetId"])
        yield Outcome(
            model,
            offer["operation"],
            job["status"],
            job["timings"]["totalMs"],
            job["cost"]["chargedCredits"],
            job["error"] and f"{job['error']['title']}: {job['error']['detail']}",
        )


def _job(api: Api, order: Mapping[str, Any]) -> Mapping[str, Any]:
    accepted = api.post("/v1/jobs", {**order, "deadlineSeconds": DEADLINE_S})
    for _ in api.follow(f"/v1/jobs/{accepted['jobId']}", JOB_ENDS):
        pass
    job: Mapping[str, Any] = api.get(f"/v1/jobs/{accepted['jobId']}")
    return job


def _input(offer: Mapping[str, Any], picture: str | None) -> dict[str, Any]:
    """The smallest input that an operation takes, from its JSON Schema."""
    properties: Mapping[str, Mapping[str, Any]] = offer["inputSchema"]["properties"]
    given = {name: _value(name, properties[name], picture) for name in offer["inputSchema"].get("required", [])}
    if {"width", "height"} <= properties.keys():
        given |= {side: max(SMALL_PX, properties[side].get("minimum", 0)) for side in ("width", "height")}
    if "seconds" in properties:
        given["seconds"] = properties["seconds"]["minimum"]
    return given


def _value(name: str, schema: Mapping[str, Any], picture: str | None) -> Any:
    if SOURCE in schema:
        return {"assetId": picture}
    if "default" in schema:
        return schema["default"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case _:
            return PROMPT if name == "prompt" else "dusk"


def _sources(offer: Mapping[str, Any]) -> list[str]:
    properties: Mapping[str, Mapping[str, Any]] = offer["inputSchema"]["properties"]
    required = offer["inputSchema"].get("required", [])
    return [name for name in required if SOURCE in properties[name]]


def _shown(outcomes: list[Outcome]) -> str:
    rows = [
        (
            outcome.model,
            outcome.operation,
            outcome.status,
            outcome.ms,
            None if outcome.credits is None else amount(outcome.credits),
            outcome.why or "",
        )
        for outcome in outcomes
    ]
    return table(("model", "operation", "status", "ms", "credits", "why"), rows, right={"ms", "credits"})
