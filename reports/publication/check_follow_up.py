#!/usr/bin/env python3
"""Kiểm lại việc hỏi người chưa trả lời: không cần mạng. Tệp verify.py phải nằm cạnh tệp này.

Cách dùng:  python check_follow_up.py THƯ_MỤC KỲ KHÓA[,KHÓA…]
THƯ_MỤC:    có silent-commit.txt và, khi đã hỏi xong, follow-up.txt.
KỲ:         thư mục của kỳ đã niêm phong (trong đó có v1/seal.txt).
KHÓA:       khóa công khai, 64 chữ số hex, đọc từ biên bản hoặc áp phích giấy.
"""

import sys
from datetime import date
from fractions import Fraction
from hashlib import sha256
from importlib import import_module
from math import comb
from pathlib import Path


def demand(holds, sentence):
    if not holds:
        raise ValueError(sentence)


def opened(path, header, keys):
    """The text of a signed note and its lines by their keys."""
    text, _names = import_module("verify").open_note(path.read_bytes(), keys)
    lines = text.splitlines()
    demand(lines[0] == header, f"{path.name} sai mẫu")
    return text, dict(line.split(": ", 1) for line in lines[1:] if ": " in line)


def most_bad(group, asked, bad):
    """The most dissatisfied in the group with which so few are drawn with a chance above 5 %."""
    for total in range(group - (asked - bad), bad, -1):
        ways = sum(comb(total, k) * comb(group - total, asked - k) for k in range(bad + 1))
        if 20 * ways > comb(group, asked):
            return total
    return bad


def check_commitment(commit, seal, seal_text):
    demand(commit["seal"] == sha256(seal_text.encode()).hexdigest(), "cam kết không thuộc niêm phong này")
    demand(
        [commit[name] for name in ("office", "period")] == [seal[name] for name in ("office", "period")],
        "khác kỳ",
    )
    demand(commit["silent"] == seal["expired"], "số phiếu không thu về khác niêm phong")
    demand(int(commit["called"]) <= int(commit["silent"]), "hỏi nhiều hơn số phiếu không thu về")


def check_result(result, commit, commit_text, seal):
    """The totals and what they prove; the sentence to be printed."""
    demand(
        result["commitment"] == sha256(commit_text.encode()).hexdigest(), "kết quả không thuộc cam kết này"
    )
    days = (date.fromisoformat(result["beacon"].split()[1]) - date.fromisoformat(commit["date"])).days
    demand(1 <= days <= 7, "số công khai không phải của lần mở thưởng đầu tiên sau cam kết")
    called, good, bad, unreached = (
        int(result[name]) for name in ("called", "satisfied", "dissatisfied", "unreached")
    )
    demand(called == int(commit["called"]) and good + bad + unreached == called, "các số không cộng lại")
    silent = int(commit["silent"])
    most = most_bad(silent, called, bad + unreached)
    low = Fraction(int(seal["satisfied"]) + silent - most, int(seal["issued"]) - int(seal["cancelled"]))
    demand(most == int(result["most_bad"]) and low == Fraction(result["low"]), "tính lại khác số đã công bố")
    return (
        f"Hỏi lại {called} trong {silent}: {good} hài lòng, {bad} không hài lòng, {unreached} không liên lạc được. Nhiều nhất "
        f"{most} không hài lòng; tỷ lệ hài lòng trên mọi phiếu phát ra từ {low} = {float(low):.6f} trở lên (độ tin cậy 95%).\n"
        f"Số công khai: {result['beacon']} (sau cam kết {days} ngày), xin đối chiếu với kết quả mở thưởng."
    )


def main(arguments):
    if len(arguments) != 3:
        return print(__doc__) or 2
    folder, period = map(Path, arguments[:2])
    try:
        keys = [bytes.fromhex(key) for key in arguments[2].split(",")]
        demand(not (period / "v2").exists(), "kỳ đã đính chính, kết quả hỏi lại không còn giá trị")
        seal_text, seal = opened(period / "v1" / "seal.txt", "kbnn-seal-v1", keys)
        commit_text, commit = opened(folder / "silent-commit.txt", "kbnn-silent-commit-v1", keys)
        check_commitment(commit, seal, seal_text)
        said = "Đã cam kết danh sách, chưa có kết quả."
        if (folder / "follow-up.txt").is_file():
            _text, result = opened(folder / "follow-up.txt", "kbnn-silent-result-v1", keys)
            said = check_result(result, commit, commit_text, seal)
    except (ValueError, KeyError, OSError) as wrong:
        return print(f"KHÔNG ĐẠT. {wrong}") or 1
    print(
        said,
        "Không kiểm được vì không công bố: danh sách và ai đã được hỏi; thanh tra bốc lại được.",
        "ĐẠT",
        sep="\n",
    )
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
