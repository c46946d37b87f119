#!/usr/bin/env python3
"""Kiểm lại phiếu hài lòng đã niêm phong: không cần mạng, không phải tin máy chủ nào (Python 3.8 trở lên).

Cách dùng:  python verify.py THƯ_MỤC [THƯ_MỤC…] KHÓA[,KHÓA…] [BIÊN_NHẬN]
THƯ_MỤC:    của một kỳ (seal.txt, ballots.csv, receipts.csv, voids.csv), hoặc chứa thư mục của nhiều kỳ.
KHÓA:       khóa công khai, 64 chữ số hex, đọc từ biên bản hoặc áp phích giấy chứ không tải về cùng dữ liệu.
Kết thúc với mã 0 chỉ khi mọi điều kiểm đều đạt.
"""

# ruff: noqa: B905, E401, I001, SIM905  (short enough to be read before it is run; Python 3.8 has no zip with `strict`)
# fmt: off
import base64, calendar, json, re, sys, unicodedata
from collections import Counter
from functools import lru_cache
from hashlib import sha256, sha512
from pathlib import Path

FILES = {"seal": "seal.txt", "ballots": "ballots.csv", "receipts": "receipts.csv", "voids": "voids.csv"}
ID, HASH, LEVEL, CODE = "([0-9a-f]{32})", "([0-9a-f]{64})", "(?:[0-9]|[1-9][0-9])", "[a-z][a-z0-9_]{0,19}"
ONE = f"{CODE}[?]?={LEVEL}(?:,{LEVEL})*"
KINDS = {"n": "0|[1-9][0-9]{0,8}", "version": "[1-9][0-9]{0,3}", "h": HASH, "code": "[0-9a-f]{16}",
         "office": "[A-Z0-9][A-Z0-9-]{0,39}", "period": "[0-9]{4}-(?:0[1-9]|1[0-2]|Q[1-4])|[a-z][a-z0-9-]{0,59}",
         "reason": "[^\0-\x1f\x7f-\x9f]{0,200}", "criteria": f"{ONE}(?:;{ONE})*", "levels": "[a-z0-9_/= ]*",
         "time": "[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][+]07:00"}
SEAL = dict(line.split(":") for line in (  # the lines of a seal, in order, and the kind of each
    "office:office period:period version:version reason:reason criteria:criteria issued:n cancelled:n expired:n"
    " returned:n paper:n ballots:n void:n valid:n satisfied:n dissatisfied:n levels:levels tree_size:n tree_root:h"
    " audit_size:n audit_root:h receipts_size:n receipts_root:h voids_size:n voids_root:h"
    " sha256_ballots:h sha256_receipts:h sha256_voids:h previous:h sealed_at:time").split())

def demand(holds, sentence):
    if not holds:
        raise ValueError(sentence)

# Ed25519 (RFC 8032): the field, the base point's order, the curve's d. Points are (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z
P, ORDER, D = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493, -121665 * pow(121666, -1, 2**255 - 19)

def add(p, q):
    minus, plus = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    t, z = 2 * D * p[3] * q[3] % P, 2 * p[2] * q[2] % P
    e, f, g, h = plus - minus, z - t, z + t, plus + minus
    return e * f % P, g * h % P, f * g % P, e * h % P

def point(encoded):
    odd, y = divmod(int.from_bytes(encoded, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P  # times a square root of -1
    demand(y < P and x * x % P == square and (x or not odd), "khóa công khai không phải khóa Ed25519")
    x = x if x % 2 == odd else P - x
    return x, y, 1, x * y % P

@lru_cache(maxsize=4096)  # the newest version of a period lies in two folders
def signature_holds(public, text, signature):
    """Whether R = S·B - k·A; both scalars are walked through together, from the highest bit down."""
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(sha512(signature[:32] + public + text).digest(), "little") % ORDER
    (x, y, _, t), base, total = point(public), point((4 * pow(5, -1, P) % P).to_bytes(32, "little")), (0, 1, 1, 0)
    minus_a = P - x, y, 1, P - t
    summand = {(1, 0): base, (0, 1): minus_a, (1, 1): add(base, minus_a)}
    for bit in range(252, -1, -1):
        total, pair = add(total, total), (s >> bit & 1, k >> bit & 1)
        total = add(total, summand[pair]) if any(pair) else total
    x, y = (number * pow(total[2], -1, P) % P for number in total[:2])
    return s < ORDER and (y | x % 2 << 255).to_bytes(32, "little") == signature[:32]

def open_note(data, keys):
    """The signed text of seal.txt and its signers: every line must verify with one of the keys, no name twice."""
    text, _, lines = data.decode("utf-8", "replace").partition("\n\n")
    demand(f"{text}\n\n{lines}".encode() == data and lines[-1:] == "\n", "seal.txt không phải văn bản có chữ ký")
    text, names = text + "\n", []
    for line in lines[:-1].split("\n"):
        found = re.fullmatch("— ([A-Za-z0-9._-]{1,64}) ([A-Za-z0-9+/]{91}=)", line)
        demand(found, "dòng chữ ký sai mẫu")
        name, signed = found[1], base64.b64decode(found[2])
        demand(base64.b64encode(signed).decode() == found[2] and name not in names, f"{name} ký hai lần hoặc sai mẫu")
        signer = [key for key in keys if sha256(name.encode() + b"\n\x01" + key).digest()[:4] == signed[:4]]
        demand(signer, f"chữ ký của {name} không thuộc khóa đã cho")
        demand(signature_holds(signer[0], text.encode(), signed[4:]), f"chữ ký của {name} không đúng")
        names.append(name)
    return text, ", ".join(names)

def rows(files, name, header, pattern):
    lines = files[name].decode("ascii", "replace").split("\n")
    found = [re.fullmatch(pattern, line) for line in lines[1:-1]]
    demand(lines[0] == header and lines[-1] == "" and all(found), f"{FILES[name]} có dòng sai mẫu")
    return [match.groups() for match in found]

def leaf(title, data):
    data = data if isinstance(data, bytes) else json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
    return sha256(b"\0" + title + b"\n" + data).digest()

def root(level):  # Merkle tree head, RFC 9162, section 2.1: an odd last node moves up unchanged
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2])] + odd
    return level[0].hex() if level else sha256().hexdigest()

def check_period(files, keys):
    """One folder's {"seal": bytes, "ballots": …} against 32-byte public keys: the seal's facts, or ValueError."""
    text, names = open_note(files.get("seal", b""), keys)
    small = re.fullmatch("kbnn-small-v1 ({office}) ({period}) ({code})\n".format(**KINDS), text)
    if small:
        demand(len(files) == 1, "kỳ dưới 30 phiếu chỉ công bố một dòng đã ký")
        return dict(zip(("office", "period", "code", "names"), (*small.groups(), names)))
    found = re.fullmatch("kbnn-seal-v1\n" + "".join(f"{key}: (?P<{key}>{KINDS[SEAL[key]]})\n" for key in SEAL), text)
    demand(found, "seal.txt sai mẫu")
    seal = {key: int(value) if SEAL[key] in ("n", "version") else value for key, value in found.groupdict().items()}
    demand(unicodedata.is_normalized("NFC", seal["reason"]), "lý do không ở dạng NFC")
    demand((seal["version"] > 1) == bool(seal["reason"]), "bản sửa phải có lý do, bản đầu không có")
    demand(seal["sealed_at"][8:10] <= str(calendar.monthrange(*map(int, seal["sealed_at"][:7].split("-")))[1]), "ngày không có")
    for name in list(FILES)[1:]:
        demand(sha256(files.get(name, b"")).hexdigest() == seal["sha256_" + name], f"{FILES[name]} khác tệp đã niêm phong")
    criteria = [re.fullmatch("(.+?)([?]?)=(.+)", one).groups() for one in seal["criteria"].split(";")]
    codes, optional = [code for code, _, _ in criteria], [mark == "?" for _, mark, _ in criteria]
    good = [[int(level) for level in levels.split(",")] for _, _, levels in criteria]
    ballots = rows(files, "ballots", ",".join(["id", *codes, "x"]), ID + f",({LEVEL}?)" * len(codes) + "," + HASH)
    receipts, voids = rows(files, "receipts", "r", HASH), rows(files, "voids", "id,reason", ID + ",([A-Z]{3,20})")
    answers = {id: [int(cell) if cell else None for cell in cells] for id, *cells, _ in ballots}
    leaves = [{"a": dict(zip(codes, answers[id])), "id": id, "m": seal["period"], "u": seal["office"], "x": x}
              for id, *_, x in ballots]
    trees = {"tree": [leaf(b"kbnn-ballot-v1", data) for data in leaves],
             "receipts": [leaf(b"kbnn-receipt-v1", bytes.fromhex(row[0])) for row in receipts],
             "voids": [leaf(b"kbnn-void-v1", {"id": id, "reason": reason}) for id, reason in voids]}
    for items in (*good, trees["tree"], receipts, voids):
        demand(items == sorted(set(items)), "có dòng hoặc mức bị lặp hay sai thứ tự")
    for name, level in trees.items():
        demand([len(level), root(level)] == [seal[name + "_size"], seal[name + "_root"]], f"cây {name} không khớp gốc")
    demand(len(set(codes)) == len(codes) and len(answers) == len(ballots), "tiêu chí hoặc mã phiếu bị lặp")
    demand(len(ballots) > 1 or seal["audit_root"] == seal["tree_root"], "gốc cây kiểm toán không khớp")
    recount(seal, codes, good, optional, answers, voids)
    digest = sha256(text.encode()).hexdigest()
    return {**seal, "digest": digest, "code": digest[:16], "names": names, "lists": (ballots, receipts, voids)}

def recount(seal, codes, good, optional, answers, voids):
    void, paper = {id for id, _ in voids}, {id for id, reason in voids if reason != "DAMAGED"}
    demand(void <= set(answers) and len(paper) <= seal["paper"], "loại phiếu không có thật, hoặc loại phiếu điện tử")
    bare = {cell for id, reason in voids if reason in ("MISSING", "DAMAGED", "LATE") for cell in answers[id]}
    demand(bare <= {None}, "phiếu thiếu, hỏng hoặc đến muộn mà có câu trả lời")
    valid = [levels for id, levels in answers.items() if id not in void]
    given = [[(i, level) for i, level in enumerate(levels) if level is not None] for levels in valid]
    blank = {i for levels in valid for i, level in enumerate(levels) if level is None and not optional[i]}
    demand(not blank, "phiếu hợp lệ bỏ trống tiêu chí bắt buộc")
    tally = Counter(answer for ballot in given for answer in ballot)
    satisfied = sum(bool(ballot) and all(level in good[i] for i, level in ballot) for ballot in given)
    total = {"ballots": len(answers), "audit_size": len(answers), "void": len(void), "valid": len(valid),
             "satisfied": satisfied, "dissatisfied": len(valid) - satisfied, "returned": len(answers),
             "paper": len(answers) - seal["receipts_size"], "issued": len(answers) + seal["expired"] + seal["cancelled"],
             "levels": " ".join(f"{codes[i]}/{level}={n}" for (i, level), n in sorted(tally.items()))}
    for key, value in total.items():
        demand(seal[key] == value, f"đếm lại {key} được «{value}», niêm phong ghi «{seal[key]}»")

def check_chain(seals):
    """One office's seals: none in two shapes, no fork, no gap, no row lost by a correction. Returns how they begin."""
    small = {seal["code"] for seal in seals if "digest" not in seal}
    full = {seal["digest"]: seal for seal in seals if "digest" in seal}
    version = {(seal["period"], seal["version"]): seal for seal in full.values()}
    before = {seal["previous"] for seal in full.values()}
    demand(len(version) == len(before) == len(full), "hai niêm phong khác nhau cùng một bản, hoặc cùng một niêm phong trước")
    starts = [previous for previous in before if previous not in full and previous[:16] not in small]
    demand(len(starts) < 2, "chuỗi niêm phong bị đứt: thiếu niêm phong ở giữa")
    for seal in full.values():
        demand(full.get(seal["previous"], seal)["sealed_at"] <= seal["sealed_at"], "thứ tự thời gian bị đảo")
        lists = zip(version.get((seal["period"], seal["version"] - 1), seal)["lists"], seal["lists"])
        demand(all(set(old) <= set(new) for old, new in lists), "bản sửa đã bỏ bớt dòng của bản trước")
    unknown = [previous[:16] for previous in starts if set(previous) != {"0"}]
    return f"nối tiếp niêm phong {unknown[0]}, không có ở đây" if unknown else "không thiếu niêm phong nào ở đầu"

def main(arguments):
    at = [i for i, argument in enumerate(arguments) if re.fullmatch("[0-9a-fA-F]{64}(,[0-9a-fA-F]{64})*", argument)]
    if len(at) != 1 or at[0] == 0 or len(arguments) > at[0] + 2 or not all(Path(path).is_dir() for path in arguments[:at[0]]):
        return print(__doc__) or 2
    keys = [bytes.fromhex(key) for key in arguments[at[0]].split(",")]
    receipt = re.sub("[- ]", "", "".join(arguments[at[0] + 1:])).upper().translate(str.maketrans("OIL", "011"))
    hashed, seals, places, where = sha256(b"kbnn-receipt-v1\n" + receipt.encode()).hexdigest(), [], [], "dữ liệu"
    try:
        for where in (folder for path in arguments[:at[0]] for folder in sorted(Path(path).glob("**/"))):
            files = {key: (where / name).read_bytes() for key, name in FILES.items() if (where / name).is_file()}
            if files:
                seals.append(check_period(files, keys))
                print("{}: {office}, kỳ {period}, mã niêm phong {code}, ký bởi {names}".format(where, **seals[-1]))
            if files and "lists" in seals[-1]:
                print("  bản {version}, {sealed_at}: phát ra {issued}, thu về {returned} (giấy {paper}), hợp lệ {valid},"
                      " loại {void}, hài lòng {satisfied}, không hài lòng {dissatisfied}".format(**seals[-1]))
                places += [f"{where}, dòng {n}" for n, row in enumerate(seals[-1]["lists"][1], 1) if row[0] == hashed]
        demand(seals, "không thấy kỳ nào")
        for where in sorted({seal["office"] for seal in seals}):
            print(f"{where}: chuỗi liền mạch,", check_chain([seal for seal in seals if seal["office"] == where]))
        where = "biên nhận " + receipt
        demand(places or not receipt, "không có trong các kỳ này; xin xem lại từng ký tự, rồi hỏi nơi cấp")
    except (ValueError, OSError) as wrong:
        return print(f"KHÔNG ĐẠT. {where}: {wrong}") or 1
    print(*(f"Biên nhận {receipt} nằm trong {place}" for place in places),
          "Đã kiểm: chữ ký, mẫu và mã băm các tệp, ba cây băm, thứ tự, đếm lại từng phiếu, các đẳng thức, chuỗi.",
          "Không kiểm được vì không công bố: audit_root (thứ tự các đợt trộn), các số chỉ có ở sổ phát phiếu.", "ĐẠT", sep="\n")
    return 0

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
