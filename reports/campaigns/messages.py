"""What the campaign pages say of each error."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from reports import standings
from reports.sealing import CountsDoNotAddUp
from surveys.accounts import two_persons
from surveys.box.jobs import MixerBusy
from surveys.campaigns import errors

PROBLEMS = two_persons.SENTENCES | {
    errors.CampaignFrozen: lazy("Đợt khảo sát đã mở nên không sửa được nữa."),
    errors.CampaignNotRunning: lazy("Đợt khảo sát không đang mở."),
    errors.StillRunning: lazy("Chưa hết ngày cuối của đợt khảo sát."),
    errors.NotLater: lazy("Ngày gia hạn phải sau ngày kết thúc hiện nay."),
    errors.NoReason: lazy("Gia hạn phải có lý do."),
    standings.CampaignNotCounted: lazy("Chưa đếm xong mọi đơn vị."),
    standings.NoReason: lazy("Bản đính chính phải có lý do, một dòng đến 200 ký tự; bản đầu thì không."),
    standings.NobodyAnswered: lazy("Đợt này không có phiếu nào: xin ghi lý do trước khi ký."),
    CountsDoNotAddUp: lazy("Số trong sổ và số phiếu không khớp; thanh tra đã được báo. Không ký được."),
    MixerBusy: lazy("Máy trộn đang làm việc với hòm phiếu của một đơn vị; xin thử lại sau ít giây."),
}
