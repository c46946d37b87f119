"""What each role needs to know on one screen: its day in order, then what to do when something is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from surveys.choices import Role


@dataclass(frozen=True)
class Topic:
    """A piece of work: its name, what is done, and the page where it is done ('' where there is none)."""

    title: object
    steps: tuple[object, ...]
    page: str = ""


PAGES: dict[Role, tuple[Topic, ...]] = {
    Role.TELLER: (
        Topic(
            _("Mỗi khách: hai phím"),
            (
                _("Nhấn phím số của thủ tục khi nhận hồ sơ: đồng hồ chạy. Phím của quầy không đổi chỗ."),
                _(
                    "Xong việc nhấn Enter (đã giải quyết), B (yêu cầu bổ sung) hoặc T (từ chối): phiếu phát ra."
                ),
                _("Tên khách: phím K. Chọn giao dịch khác: mũi tên lên, xuống. Mọi phím: dấu ?"),
            ),
            "surveys:counter",
        ),
        Topic(
            _("Bấm nhầm"),
            (
                _("Trong 60 giây: phím Z hoàn tác lần bấm vừa rồi."),
                _("Đang chạy mà sai thủ tục hoặc khách: phím S."),
                _(
                    "Phiếu đã phát mà sai: phím H, Enter, X, số của lý do, Enter. Tổ kiểm phiếu duyệt yêu cầu hủy."
                ),
            ),
        ),
        Topic(
            _("Máy in, máy tính bảng không chạy"),
            (
                _(
                    "Phím F2 đổi cách phát. Phiếu giấy lúc nào cũng phát được: chép số phiếu lên cuống, hoặc quét cuống in sẵn."
                ),
                _(
                    "Phiếu vừa phát không tới khách: bấm số phiếu rồi “Phát lại”. Mã cũ hết hiệu lực, khách không trả lời hai lần được."
                ),
            ),
        ),
        Topic(
            _("Không ai ở quầy đọc được phiếu"),
            (_("Trang quầy không cho biết phiếu nào đã gửi về. Xin đừng hỏi khách đã chọn gì."),),
        ),
    ),
    Role.COUNTING: (
        Topic(
            _("Phiếu giấy"),
            (
                _("Mở xấp của quầy, nhập cuống và phiếu. Người thứ hai nhập lại mà không thấy bản thứ nhất."),
                _("Hai bản khớp: cả hai xác nhận, xấp vào hòm. Không khớp: trang chỉ chỗ khác nhau."),
                _("Có máy quét: thả tệp vào xấp, xem các ô máy còn ngờ, rồi người thứ hai nhập mẫu kiểm."),
            ),
            "surveys:paper",
        ),
        Topic(
            _("Hết kỳ: khoá, ký, công bố"),
            (
                _(
                    "Phiếu còn hạn đến ngày 3 tháng sau; từ ngày 4 khoá được kỳ. Trang xem trước nói bao nhiêu phiếu sẽ hết hạn."
                ),
                _(
                    "So số với biên bản giấy. Người thứ nhất ký, người thứ hai niêm phong: hai tài khoản khác nhau."
                ),
                _("Biên bản nháp có trước khi ký, bản chính sau khi niêm phong. Công bố là bước cuối."),
            ),
            "reports:counting",
        ),
        Topic(
            _("Có sai lệch"),
            (
                _("Ghi chú chênh lệch trước khi ký; ghi sau thì chữ ký thứ nhất mất hiệu lực."),
                _(
                    "Phiếu giấy đến muộn: mở “Sửa số liệu” với lý do, ra phiên bản 2; phiên bản 1 vẫn công bố."
                ),
            ),
        ),
    ),
    Role.LEADERSHIP: (
        Topic(
            _("Đọc tháng trong năm phút"),
            (
                _("Câu đầu trang nói được thành lời. Dưới đó là việc cần quyết định, mỗi việc một nút."),
                _(
                    "Tỷ lệ hài lòng tính trên phiếu trả về; cận dưới tính cả người im lặng. Dưới 30 phiếu không nói tỷ lệ."
                ),
                _("“So với các kỳ”: chọn hai kỳ hoặc hai quầy đặt cạnh nhau."),
            ),
            "reports:home",
        ),
        Topic(
            _("Chỉ đạo và trả lời"),
            (
                _(
                    "“Ghi ý kiến chỉ đạo” đã điền sẵn việc, nơi nhận và thời hạn; sửa tự do, ghi rồi thì không sửa."
                ),
                _("Trang Chỉ đạo liệt kê việc đang làm, quá hạn, đã trả lời. Báo cáo kế tiếp in kết quả."),
            ),
            "reports:directions",
        ),
        Topic(
            _("Vắng người kiểm phiếu"),
            (
                _(
                    "Trang Kiểm phiếu, mục Người được cử: cử người kiểm phiếu, thanh tra có thời hạn, in giấy cử."
                ),
            ),
            "reports:counting",
        ),
    ),
    Role.INSPECTOR: (
        Topic(
            _("Tín hiệu"),
            (
                _(
                    "Trang liệt kê điều lạ của kỳ: phát dồn, hủy nhiều, quầy trả về ít. Tín hiệu là câu hỏi, chưa phải lỗi."
                ),
                _("Ghi giải trình tại tín hiệu; biên bản in giải trình có trước lúc ký."),
            ),
            "reports:signals",
        ),
        Topic(
            _("Hỏi lại phiếu không thu về"),
            (
                _("Chọn số phiếu hỏi lại trước khi niêm phong. Hôm sau ghi giải đặc biệt để bốc thăm."),
                _(
                    "Ai có thư điện tử thì gửi phiếu kín, từ 10 thư, một lần; người khác gọi điện trong ba ngày khác nhau."
                ),
                _(
                    "Ghi hai tổng số của các cuộc gọi; trang cho xem trước kết quả. Việc nào cũng hỏi lại trước khi làm."
                ),
            ),
            "reports:silent",
        ),
        Topic(
            _("Sổ và dấu vết"),
            (
                _(
                    "Nhật ký ghi ai làm gì; không dòng nào xoá được. Mỗi đêm máy đối chiếu sổ cái và báo khi sai."
                ),
                _(
                    "Số đã công bố ai cũng đếm lại được: trang kết quả, nút “Kiểm trên trang này”, hoặc verify.py."
                ),
            ),
            "reports:trail",
        ),
    ),
    Role.HEAD_OFFICE: (
        Topic(
            _("Nhìn cả nước"),
            (
                _(
                    "Bảng đơn vị: phát ra, thu về, hài lòng, kỳ đang ở bước nào, trễ bao nhiêu ngày. Bấm tên để vào đơn vị."
                ),
                _("Đơn vị trễ: một nút nhắc, gửi thư cho người chịu trách nhiệm."),
            ),
            "reports:home",
        ),
        Topic(
            _("Đợt khảo sát"),
            (
                _("Nhập bộ câu hỏi bằng Excel; máy kiểm trước khi lưu. Chọn đơn vị, nhóm, ngày mở và đóng."),
                _("Mở là khoá bộ câu hỏi. Đóng, đếm, hai người ký rồi công bố xếp hạng kèm khoảng."),
            ),
            "reports:campaigns",
        ),
    ),
    Role.ADMIN: (
        Topic(
            _("Dựng đơn vị"),
            (
                _("Bảng việc: làm từ trên xuống, bước xanh khi việc đã thật sự xong."),
                _(
                    "Giao dịch viên cần quầy; người kiểm phiếu, thanh tra do lãnh đạo cử. Mật khẩu đầu in thành thư, giao tận tay."
                ),
                _("Phím của quầy chỉ đổi ở đây; giao dịch viên được báo."),
            ),
            "reports:setup",
        ),
        Topic(
            _("Mỗi tuần"),
            (
                _("Máy tính bảng mất liên lạc hiện ở Bảng việc. Máy mất: gỡ ngay, máy ngừng hiện phiếu."),
                _("Sao lưu mỗi đêm; thử phục hồi mỗi quý trên máy khác. Khóa nằm ngoài bản sao lưu."),
            ),
        ),
        Topic(
            _("Quản trị không thấy câu trả lời"),
            (
                _(
                    "Hòm phiếu đã mã hoá; chỉ máy trộn mở theo nhóm từ 10 phiếu. Không ai, kể cả quản trị, được mở hộ."
                ),
            ),
        ),
    ),
}
