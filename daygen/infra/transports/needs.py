"""What has to be installed for a transport, told in time."""

from importlib.util import find_spec

PACKAGES = {"bullmq": ("bullmq",), "sqs": ("aiobotocore",), "cloudtasks": ("joserfc", "cryptography")}


def missing(transport: str) -> str | None:
    """What to install for this transport, as a command; None when it is all there."""
    absent = [package for package in PACKAGES.get(transport, ()) if find_spec(package) is None]
    return f"pip install 'daygen[{transport}]'" if absent else None
