"""The counting room: what is due in a period's life, what must agree before it is sealed, and where it stands."""

from reports.counting.closing import BOX_TAMPERED, close_period, mix_box, periods_to_close

__all__ = ["BOX_TAMPERED", "close_period", "mix_box", "periods_to_close"]
