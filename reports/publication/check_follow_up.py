#!/usr/bin/env python3
"""Kiểm lại việc hỏi người chưa trả lời: không cần mạng. Tệp verify.py phải nằm cạnh tệp này.

Cách dùng:  python check_follow_up.py THƯ_MỤC KỲ KHÓA[,KHÓA…]
THƯ_MỤC:    có silent-commit.txt; silent-draw.txt khi đã bốc thăm; follow-up.txt khi đã có kết quả (cùng letters.csv,
            letters-receipts.csv nếu có).
KỲ:         thư mục của kỳ đã niêm phong (trong đó có v1/seal.txt).
KHÓA:       khóa công khai, 64 chữ số hex, đọc từ biên bản hoặc áp phích giấy.
"""

import re
import sys
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256
from importlib import import_module
from math import comb
from pathlib import Path

LETTER_FILES = {"sha256_letters": "letters.csv", "sha256_receipts": "letters-receipts.csv"}

#: Why letters count as not reached.
LOST = {
    "": "",
    "few": " (dưới 10 phiếu trả lời nên tính là không liên lạc được)",
    "damaged": " (phiếu bị hỏng hoặc dưới 10 phiếu tính là không liên lạc được)",
    "unopened": " (hòm phiếu không mở được nên mọi thư tính là không liên lạc được)",
}


def demand(holds, sentence):
    if not holds:
        raise ValueError(sentence)


def opened(path, headers, keys):
    """The text of a signed note and its lines by their keys."""
    text, _names = import_module("verify").open_note(path.read_bytes(), keys)
    lines = text.splitlines()
    demand(lines[0] in headers.split(), f"{path.name} sai mẫu")
    return text, dict(line.split(": ", 1) for line in lines[1:] if ": " in line)


#: Từ ngày niêm phong đến hạn công bố kết quả.
DAYS = 60
#: Mùng một Tết; xổ số miền Bắc nghỉ bốn ngày, từ ngày cuối năm âm lịch đến mùng ba (lệ của xổ số, không phải ngày nghỉ luật định).
TET = """
2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-02 2031-01-23 2032-02-11
2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24 2040-02-12 2041-02-01 2042-01-22
2043-02-10 2044-01-30 2045-02-17 2046-02-06 2047-01-26 2048-02-14 2049-02-02 2050-01-23
"""


def beacon_day(committed):
    """The first day after the commitment's with a drawing of the northern lottery: nobody chooses it."""
    day = committed + timedelta(days=1)
    while any((date.fromisoformat(tet) - day).days in (1, 0, -1, -2) for tet in TET.split()):
        day += timedelta(days=1)
    return day


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
    day = beacon_day(date.fromisoformat(commit["date"]))
    demand(commit["beacon_on"] == day.isoformat(), "ngày của số công khai khác quy tắc")
    sealed = date.fromisoformat(seal["sealed_at"][:10])
    until = (sealed + timedelta(days=DAYS)).isoformat()
    demand(commit["until"] == until and sealed.isoformat() <= commit["date"], "thời hạn khác quy tắc")


def check_draw(draw, commit, commit_text):
    """The number is of the day that the commitment fixed before it was born."""
    demand(draw["commitment"] == sha256(commit_text.encode()).hexdigest(), "bốc thăm không thuộc cam kết này")
    demand(
        [draw[name] for name in ("called", "until")] == [commit[name] for name in ("called", "until")],
        "bốc thăm khác cam kết",
    )
    beacon = f"XSMB {commit['beacon_on']} GDB [0-9]{{5}}"
    demand(re.fullmatch(beacon, draw["beacon"]), "số công khai không phải của ngày đã cam kết")
    demand(commit["beacon_on"] <= draw["date"] <= commit["until"], "bốc thăm ngoài thời hạn")


def recounted(data, criteria):
    """The ballots of letters.csv: how many count, and how many of these are dissatisfied. A damaged one has no answers."""
    parts = [one.rstrip("?").split("=") for one in criteria.replace("?=", "=").split(";")]
    good = [set(levels.split(",")) for _code, levels in parts]
    lines = data.decode("ascii").splitlines()
    demand(lines[0] == ",".join(["id", *(code for code, _levels in parts), "x"]), "letters.csv sai mẫu")
    rows = [line.split(",") for line in lines[1:]]
    demand(len({row[0] for row in rows}) == len(rows), "letters.csv có phiếu lặp")
    demand(all(len(row) == len(parts) + 2 for row in rows), "letters.csv có dòng sai mẫu")
    given = [[pair for pair in zip(row[1:-1], good) if pair[0]] for row in rows]  # noqa: B905 - Python 3.8
    given = [pairs for pairs in given if pairs]
    return len(given), sum(any(level not in levels for level, levels in pairs) for pairs in given)


def check_letters(result, folder):
    """The letters' part against its files; who answered by telephone, and the sentence about both."""
    sent, answered = int(result["letters"]), int(result["letters_answered"])
    called, unreached = int(result["called"]), int(result["unreached"])
    telephoned, bad = called - unreached - answered, 0
    demand(0 <= telephoned <= called - sent and answered <= sent, "thư và điện thoại không cộng lại")
    demand(all(n == 0 or n >= 10 for n in (answered, telephoned)), "một cách hỏi kể dưới 10 người")
    if answered:
        files = {key: (folder / name).read_bytes() for key, name in LETTER_FILES.items()}
        for key, data in files.items():
            demand(sha256(data).hexdigest() == result[key], f"{LETTER_FILES[key]} khác tệp đã ký")
        bad = int(result["letters_dissatisfied"])
        counted = recounted(files["sha256_letters"], result["letters_criteria"])
        demand(counted == (answered, bad), "đếm lại phiếu của thư khác số đã công bố")
        receipts = len(files["sha256_receipts"].decode("ascii").splitlines()) - 1
        demand(answered <= receipts <= sent, "số biên nhận khác số phiếu của thư")
    lost = LOST[result.get("letters_fault", "") or ("" if answered else "few")]
    demand(not answered or lost != LOST["unopened"], "hòm không mở được mà có phiếu của thư")
    return (
        f"Gửi {sent} thư: {answered} phiếu kín, {bad} không hài lòng{lost}. Điện thoại: {telephoned} người trả lời, "
        f"{int(result['dissatisfied']) - bad} không hài lòng.\n"
    )


def check_result(result, draw, commit, commit_text, seal):
    """The totals and what they prove; the sentence to be printed."""
    demand(
        result["commitment"] == sha256(commit_text.encode()).hexdigest(), "kết quả không thuộc cam kết này"
    )
    demand(result["beacon"] == draw["beacon"], "số công khai khác lần bốc thăm đã công bố")
    demand(draw["date"] <= result["date"] <= commit["until"], "kết quả ngoài thời hạn")
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
        f"Số công khai: {result['beacon']}, xin đối chiếu với kết quả mở thưởng."
    )


def without_result(draw, commit, today):
    """What is to be expected, or that the inspector owes a result for ever; and whether it is overdue."""
    done = (
        f"Đã bốc thăm bằng số công khai {draw['beacon']}" if draw else "Đã cam kết danh sách, chưa bốc thăm"
    )
    if today.isoformat() <= commit["until"]:
        return f"{done}; kết quả phải công bố chậm nhất ngày {commit['until']}.", False
    return f"{done}; QUÁ HẠN ngày {commit['until']} mà không công bố kết quả.", True


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
        draw, owed = {}, False
        if (folder / "silent-draw.txt").is_file():
            _text, draw = opened(folder / "silent-draw.txt", "kbnn-silent-draw-v1", keys)
            check_draw(draw, commit, commit_text)
        if (folder / "follow-up.txt").is_file():
            demand(draw, "có kết quả mà thiếu silent-draw.txt")
            headers = "kbnn-silent-result-v1 kbnn-silent-result-v2"
            _text, result = opened(folder / "follow-up.txt", headers, keys)
            said = check_result(result, draw, commit, commit_text, seal)
            said = (check_letters(result, folder) if "letters" in result else "") + said
        else:
            said, owed = without_result(draw, commit, date.today())  # noqa: DTZ011 - the reader's own day
    except (ValueError, KeyError, OSError) as wrong:
        return print(f"KHÔNG ĐẠT. {wrong}") or 1
    print(
        said,
        "Không kiểm được vì không công bố: danh sách và ai đã được hỏi; thanh tra bốc lại được.",
        "KHÔNG CÓ KẾT QUẢ" if owed else "ĐẠT",
        sep="\n",
    )
    return 1 if owed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
