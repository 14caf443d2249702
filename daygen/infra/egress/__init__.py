"""Egress: the one way to an address that a user can influence, which never leads to the inside.

    text ──Address.read──▶ address ──resolver──▶ IPs ──Guard.judge──▶ connect to exactly that IP ──▶ request

What counts is the IP that is connected to: names are resolved here, each IP is judged against an explicit table
(`ranges`), and the connection goes to the judged one, so a name that changes its mind changes nothing. TLS is verified
for the name. There are no redirects (`send`) or each is judged anew (`fetch`), no proxies from the environment, no
cookies, no decompression, one connection per request; every phase has its time and an answer is read up to a limit.
Networks the operator exempts (`DAYGEN_EGRESS_ALLOW`) may be reached over plain http and on any port.
"""

from daygen.infra.egress.addresses import Address
from daygen.infra.egress.client import Answer, EgressClient, Fetched, Patience
from daygen.infra.egress.errors import Failed, Refused
from daygen.infra.egress.ranges import Guard
from daygen.infra.egress.resolver import Resolver, resolve

__all__ = [
    "Address",
    "Answer",
    "EgressClient",
    "Failed",
    "Fetched",
    "Guard",
    "Patience",
    "Refused",
    "Resolver",
    "resolve",
]
