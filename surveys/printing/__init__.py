"""The printed slip: its layout, and the way to the counter's printer (docs/spec/trust.md §2).

The plain code goes from memory into the printer's queue: no file of ours, no title of a job, no log and no answer to a
teller ever holds it.
"""

from surveys.printing.ballot_layout import Ballot, DoesNotFit
from surveys.printing.engine import NoPango, engine, one_at_a_time
from surveys.printing.pad_layout import PrintedStub, ballot_of, ballots_a_page, pad_pdf
from surveys.printing.queue import PrinterProblem, Trouble, is_waiting, job_files_kept, look, queues, send
from surveys.printing.slip_layout import FORMATS, SlipText, has_qr, slip_address, slip_pdf, test_pdf

__all__ = [
    "FORMATS",
    "Ballot",
    "DoesNotFit",
    "NoPango",
    "PrintedStub",
    "PrinterProblem",
    "SlipText",
    "Trouble",
    "ballot_of",
    "ballots_a_page",
    "engine",
    "hand_over",
    "has_qr",
    "is_waiting",
    "job_files_kept",
    "look",
    "one_at_a_time",
    "pad_pdf",
    "queues",
    "send",
    "slip_address",
    "slip_pdf",
    "test_pdf",
]


def hand_over(*, slip, code: str) -> None:
    """Print a slip at its counter. Raises `PrinterProblem`; then the code is on no paper and another way is to be offered.

    Asked before anything is drawn: a printer that is off would keep the code in its queue.
    """
    counter = slip.counter
    look(counter.printer)
    try:
        pdf = slip_pdf(SlipText.of(slip, code), counter.slip_format)
    except NoPango as error:
        raise PrinterProblem(Trouble.NO_PANGO) from error
    send(counter.printer, pdf, title=f"Phieu {slip.serial}", media=FORMATS[counter.slip_format].media)
