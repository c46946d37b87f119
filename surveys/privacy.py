"""What a log line may not carry: the code in a ballot's address."""

import logging
import re

CODE_IN_PATH = re.compile(r"(/p/)[^\s/?\"']+", re.IGNORECASE)


class MaskCodes(logging.Filter):
    """Blot out codes before any handler writes; Django itself logs the path of every 4xx answer."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = CODE_IN_PATH.sub(r"\1…", message)
        if masked != message:
            record.msg, record.args = masked, None
        return True
