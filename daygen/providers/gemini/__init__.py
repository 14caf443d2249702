"""Google's Gemini image models: `generateContent`, one picture a request; refusals come inside a 200."""

from daygen.providers.gemini.adapter import Gemini

__all__ = ["Gemini"]
