"""OpenAI's images: `POST /images/generations` and `/images/edits`, with passing pictures while one is made."""

from daygen.providers.openai.adapter import OpenAI

__all__ = ["OpenAI"]
