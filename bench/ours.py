"""The product's own cast: GET /p/<code> and POST it, every POST on a fresh single-use code.

`Ours` is the target; run as `python -m bench.ours` it is the issuer: a process beside the server that logs
transactions and issues slips through the product's own verbs, outside the timed stretches, and hands over plain codes.
"""

import sys


class Ours:
    name = "ours"

    def __init__(self, server):
        sys.exit("bench: the product cannot cast yet; --without-ours measures the others")
