"""Alibaba's Qwen-Image and Wan pictures over DashScope: Qwen answers at once, Wan with a task that is asked about."""

from daygen.providers.qwen.adapter import Qwen

__all__ = ["Qwen"]
