"""A ComfyUI that draws noise: checks graphs node by node, works through a queue, and tells it on a socket."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tests.providers.servers import pictures
from tests.providers.servers.wire import Answer, Request, Trouble, Wire

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
NODES: Mapping[str, set[str]] = {
    "CheckpointLoaderSimple": {"ckpt_name"},
    "CLIPTextEncode": {"clip", "text"},
    "EmptyLatentImage": {"width", "height", "batch_size"},
    "KSampler": {
        *("model", "positive", "negative", "latent_image", "seed", "steps", "cfg", "sampler_name", "scheduler"),
        "denoise",
    },
    "LoadImage": {"image"},
    "LoadImageMask": {"image", "channel"},
    "VAEEncode": {"pixels", "vae"},
    "VAEEncodeForInpaint": {"pixels", "vae", "mask", "grow_mask_by"},
    "RepeatLatentBatch": {"samples", "amount"},
    "RepeatImageBatch": {"image", "amount"},
    "UpscaleModelLoader": {"model_name"},
    "ImageUpscaleWithModel": {"upscale_model", "image"},
    "VAEDecode": {"samples", "vae"},
    "SaveImage": {"images", "filename_prefix"},
}
MODELS = {"sd_xl_base_1.0.safetensors", "RealESRGAN_x4plus.pth"}
REFUSALS: Mapping[Trouble | None, int] = {
    Trouble.BAD_KEY: 401,
    Trouble.OVERLOADED: 503,
    Trouble.SERVER_ERROR: 500,
}


class ComfyServer(Wire):
    """`looks` is how often its history is asked before an order is done; `keeps` orders whose answer it lost."""

    looks = 2
    keeps = True
    forgets = False
    error: Mapping[str, Any] | None = None
    interrupted = False

    def __init__(self) -> None:
        super().__init__()
        self.uploads: dict[str, bytes] = {}
        self.queue: dict[str, dict[str, Any]] = {}
        self.left: dict[str, int] = {}
        self.sockets: dict[str, asyncio.StreamWriter] = {}
        self.stopped: list[tuple[str, Any]] = []
        self.half: Trouble | None = None

    def is_order(self, request: Request) -> bool:
        return (request.method, request.path) == ("POST", "/prompt")

    async def upgraded(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert (request.path, request.headers.get("authorization")) == ("/ws", self.key)
        accept = base64.b64encode(hashlib.sha1((request.headers["sec-websocket-key"] + MAGIC).encode()).digest())
        writer.write(b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
        writer.write(accept + b"\r\n\r\n")
        self.sockets[request.query["clientId"]] = writer
        await reader.read()

    async def answer(self, request: Request, trouble: Trouble | None) -> Answer:  # noqa: PLR0911 - one for each route
        if request.headers.get("authorization") != self.key:
            return Answer({"error": "who are you"}, 401)
        path, _, rest = request.path.removeprefix("/").partition("/")
        match request.method, path:
            case "POST", "upload":
                return self._upload(request)
            case "POST", "prompt":
                return await self._prompt(request, trouble)
            case "POST", _:
                self.stopped.append((request.path, request.json()))
                return Answer({})
            case _, "queue":
                return Answer(self._queue())
            case _, "history":
                return Answer(self._history(rest))
            case _:
                return self._view(request)

    def _upload(self, request: Request) -> Answer:
        form = dict(request.parts())
        assert set(form) == {"image", "type", "subfolder", "overwrite"}, set(form)
        assert (form["type"].text, form["overwrite"].text) == ("input", "true")
        name = form["image"].filename
        pictures.opened(form["image"].content)
        self.uploads[f"{form['subfolder'].text}/{name}"] = form["image"].content
        return Answer({"name": name, "subfolder": form["subfolder"].text, "type": "input"})

    async def _prompt(self, request: Request, trouble: Trouble | None) -> Answer:
        body = request.json()
        assert set(body) == {"prompt", "client_id", "prompt_id"}, set(body)
        if trouble in REFUSALS:
            return Answer({"error": {"type": "x", "message": "no", "details": "", "extra_info": {}}}, REFUSALS[trouble])
        errors = self._wrong(body["prompt"])
        if trouble == Trouble.BAD_ORDER or errors:
            message = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation"}
            return Answer({"error": {**message, "details": "", "extra_info": {}}, "node_errors": errors}, 400)
        self.half = trouble
        number = body["prompt_id"]
        if self.keeps:
            self.queue[number], self.left[number] = body["prompt"], self.looks
        if socket := self.sockets.get(body["client_id"]):
            await self._work(socket, number)
        if trouble == Trouble.OTHER_JSON:
            return Answer(["not", "what", "was", "agreed"])
        return Answer({"prompt_id": number, "number": 1, "node_errors": {}})

    def _wrong(self, graph: Mapping[str, Any]) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        for number, node in graph.items():
            inputs = node["inputs"]
            kind, details = "", ""
            if set(inputs) != NODES[node["class_type"]]:
                kind, details = "required_input_missing", str(set(inputs) ^ NODES[node["class_type"]])
            for name, value in inputs.items():
                linked = isinstance(value, list)
                if linked and value[0] not in graph:
                    kind, details = "bad_linked_input", name
                if name in {"ckpt_name", "model_name"} and value not in MODELS:
                    kind, details = "value_not_in_list", f"{name}: '{value}' not in list"
                if name == "image" and not linked and value not in self.uploads:
                    kind, details = "custom_validation_failed", f"Invalid image file: {value}"
            if kind:
                errors[number] = {"errors": [{"type": kind, "message": kind, "details": details, "extra_info": {}}]}
        return errors

    async def _work(self, socket: asyncio.StreamWriter, number: str) -> None:
        """Two nodes count from nothing; a passing picture comes in between."""
        said: list[tuple[str, Mapping[str, Any]]] = [("execution_start", {"prompt_id": number})]
        for node, most in (("sampler", 4), ("decoded", 2)):
            for value in range(1, most + 1):
                facts = {"value": value, "max": most, "node": node, "prompt_id": number}
                said.append(("progress", facts))
        for kind, data in said:
            socket.write(_frame(1, json.dumps({"type": kind, "data": data}).encode()))
        socket.write(_frame(2, (1).to_bytes(4, "big") + (1).to_bytes(4, "big") + pictures.made(256, 256, "jpeg")))
        socket.write(_frame(2, (9).to_bytes(4, "big") + b"something newer"))
        await socket.drain()

    def _queue(self) -> Mapping[str, Any]:
        waiting: list[Any] = [[1, number, graph, {}, []] for number, graph in self.queue.items()]
        return {"queue_running": [] if self.forgets else waiting, "queue_pending": []}

    def _history(self, number: str) -> Mapping[str, Any]:
        if number not in self.queue or self.forgets:
            return {}
        self.left[number] -= 1
        if self.left[number] > 0:
            return {}
        graph = self.queue[number]
        if self.error is not None:
            status = {"status_str": "error", "completed": False, "messages": [[*item] for item in self.error.items()]}
            return {number: {"outputs": {}, "status": status}}
        counts = (node["inputs"].get("batch_size") or node["inputs"].get("amount") for node in graph.values())
        count = 0 if self.half == Trouble.NO_PICTURE else next(count for count in counts if count)
        sizes = (node["inputs"] for node in graph.values() if node["class_type"] == "EmptyLatentImage")
        size = next(sizes, {"width": 512, "height": 512})
        images = [
            {"filename": f"{size['width']}x{size['height']}_{index}.png", "subfolder": "", "type": "output"}
            for index in range(count)
        ]
        status: dict[str, Any] = {"status_str": "success", "completed": True, "messages": []}
        return {number: {"outputs": {"saved": {"images": images}}, "status": status}}

    def _view(self, request: Request) -> Answer:
        assert (request.path, set(request.query)) == ("/view", {"filename", "type"}), request.query
        width, height = (int(side) for side in request.query["filename"].partition("_")[0].split("x"))
        if self.half == Trouble.HALF_A_PICTURE:
            return Answer(b"", 404)
        picture = pictures.made(width, height)
        return Answer(picture[: len(picture) // 2] if self.half == Trouble.TRUNCATED_PICTURE else picture)


def _frame(kind: int, payload: bytes) -> bytes:
    """RFC 6455, section 5.2: a whole message, unmasked as a server's are."""
    size = len(payload)
    if size <= 125:
        head = bytes([size])
    elif size < 65_536:
        head = bytes([126]) + size.to_bytes(2, "big")
    else:
        head = bytes([127]) + size.to_bytes(8, "big")
    return bytes([0x80 | kind]) + head + payload
