"""The pilot's papers: signers, recipients, legal bases and numbers, so that they look as they would on a desk. People and numbers are invented."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from reports.models import PaperForm, PaperKind, PaperPerson, PersonPart, Seal, SignedPaper
from surveys.models import Office
from surveys.periods import TIME_ZONE, local_day
from surveys.reference import in_force

HEAD = {
    "parent": "Kho bạc Nhà nước Hòa Bình",
    "issuer": "Phòng Kế toán Nhà nước",
    "issuer_name": "Phòng Kế toán Nhà nước",
}
REPORT = HEAD | {
    "symbol": "BC-KTNN",
    "place": "Hòa Bình",
    "sent_to": "Ban Lãnh đạo Kho bạc Nhà nước Hòa Bình",
    "bases": "Quyết định số 2537/QĐ-KBNN ngày 26 tháng 5 năm 2021 của Kho bạc Nhà nước về khảo sát, đánh giá mức độ "
    "hài lòng của cá nhân, tổ chức đối với sự phục vụ của Kho bạc Nhà nước",
    "recipients": "Các phòng thuộc KBNN Hòa Bình (để biết)\nTổ kiểm phiếu\nLưu: VT, KTNN.",
    "authority": "KT. TRƯỞNG PHÒNG\nPHÓ TRƯỞNG PHÒNG",
    "signer": "Đinh Công Thành",
}
MINUTES = HEAD | {
    "symbol": "BB-KTNN",
    "recipients": "Lưu: VT, Hồ sơ.",
    "decision": "Quyết định số 58/QĐ-KBHB ngày 25 tháng 5 năm 2022 của Giám đốc Kho bạc Nhà nước Hòa Bình",
    "room": "Phòng họp tầng 2",
}
FORMS = {PaperKind.MINUTES: MINUTES, PaperKind.REPORT: REPORT, PaperKind.SUMMARY: REPORT}
# The two who seal are the team's chair and secretary; see the pilot's logins.
PEOPLE = [
    (PersonPart.CHAIR, "Bà", "Nguyễn Thị Hạnh", "Tổ trưởng Tổ kiểm phiếu"),
    (PersonPart.SECRETARY, "Ông", "Quách Văn Thắng", "chuyên viên"),
    (PersonPart.MEMBER, "Bà", "Lường Thị Thu", "chuyên viên"),
    (PersonPart.WITNESS, "Ông", "Bạch Quốc Huy", "chuyên viên Phòng Thanh tra - Kiểm tra"),
]
TASKS = "Phòng Kế toán Nhà nước tiếp tục phát phiếu cho toàn bộ giao dịch, trả lời các vụ việc đúng thời hạn."


def set_documents(office: Office) -> None:
    """The settings of every kind; what stands is left as it is."""
    for kind, facts in FORMS.items():
        paper, is_new = PaperForm.objects.get_or_create(office=office, kind=kind, defaults=facts)
        if is_new and kind == PaperKind.MINUTES:
            PaperPerson.objects.bulk_create(
                PaperPerson(form=paper, part=part, address=address, name=name, title=title, position=place)
                for place, (part, address, name, title) in enumerate(PEOPLE, start=1)
            )


def number_documents(seal: Seal) -> None:
    """Minutes on the day of the seal, the report on the next working day; numbers begin anew with each year."""
    day, known = local_day(seal.sealed_at), {"office": seal.office, "period": seal.period}
    number = (
        SignedPaper.objects.of(seal.office).filter(kind=PaperKind.MINUTES, dated_on__year=day.year).count()
        + 1
    )
    minutes = {
        "number": number,
        "dated_on": day,
        "began_at": datetime.combine(day, time(7, 30), tzinfo=TIME_ZONE),
        "ended_at": seal.sealed_at.replace(second=0) + timedelta(minutes=25),
    }
    following = in_force.working_calendar().add_working_days(day, 1)
    report = {"number": number, "dated_on": following, "tasks": TASKS}
    for kind, facts in ((PaperKind.MINUTES, minutes), (PaperKind.REPORT, report)):
        SignedPaper.objects.get_or_create(**known, kind=kind, version=seal.version, defaults=facts)
