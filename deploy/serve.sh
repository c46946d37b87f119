#!/bin/sh
# Serves the pilot office, or with the argument "office" the real one: gunicorn and the scheduled work side by side, ended
# together. Called by `make run` and `make serve` after the installation. Reads PORT, DATABASE_URL, BASE_URL, PILOT_PASSWORD and PILOT_API_KEY.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
PORT=${PORT:-8000}
BASE_URL=${BASE_URL:-http://127.0.0.1:$PORT}
export PORT BASE_URL

# Asked first: minutes of work must not end in "address in use".
"$python" - "$PORT" <<'PYTHON' || exit 1
import socket, sys
try:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", int(sys.argv[1])))
except (OSError, OverflowError, ValueError) as reason:
    sys.exit(f"Cổng {sys.argv[1]} không dùng được ({reason}). Chọn cổng khác, ví dụ: make run PORT=8010")
PYTHON

# Compiling the house anew takes each process a second.
unset PYTHONDONTWRITEBYTECODE
if [ "${1:-pilot}" = pilot ]; then
    # shellcheck disable=SC2086
    "$python" manage.py prepare --then pilot --expect ${2:-}
    # The front page offers a walk through the roles, on this server alone (surveys/setup/trying.py).
    export TRY_IT=1
    # The pilot's data are a replay, so its logins need no phone; a real office's do (docs/decisions/0017).
    logins="dùng thử       $BASE_URL/   (vào vai bằng một lần bấm)
    tên, mật khẩu  ${DATA_DIR:-var}/pilot-logins.txt
                   (bản minh hoạ không đòi mã trên điện thoại; xem thử: SECOND_FACTOR=1 make run)"
else
    "$python" manage.py prepare --then set_up --check
    logins="thiết lập      $BASE_URL/setup/"
fi

web='' due=''
# Kills what still runs and waits for it, so that no process outlives the command.
end() {
    trap - EXIT INT TERM HUP
    for child in $web $due; do kill -TERM "$child" 2>/dev/null || :; done
    for child in $web $due; do wait "$child" 2>/dev/null || :; done
}
trap 'end; exit 0' INT TERM HUP
trap end EXIT

# gunicorn's own logger writes only warnings: an access log would tie an address to a slip's code.
"$python" -m gunicorn --config deploy/gunicorn.conf.py kbnn_survey.wsgi:application &
web=$!
# The year and the campaign play behind the pages; what is scheduled would close their months under their hands, so it waits.
if [ "${1:-pilot}" = pilot ]; then
    "$python" manage.py pilot --replay --campaign --serving &
else
    "$python" manage.py run_due --loop &
fi
due=$!

cat <<TEXT

  Phiếu hài lòng đang chạy
    trang chủ      $BASE_URL/
    đăng nhập      $BASE_URL/login
    kết quả        $BASE_URL/results/
    API            $BASE_URL/api/v1/openapi.json
    $logins
  Dừng: Ctrl-C

TEXT

# "Làm lại từ đầu" asks by a file for the database as it was after the replay.
again=${DATA_DIR:-var}/pilot-again
# Either one ending ends both: a server without its nightly mix would look healthy and never release a ballot.
while kill -0 "$web" 2>/dev/null && kill -0 "$due" 2>/dev/null; do
    sleep 1 &
    wait $! || :
    if [ -e "$again" ]; then
        end
        exec sh deploy/serve.sh pilot --again
    fi
done
printf 'Một tiến trình đã dừng, tiến trình còn lại được dừng theo; nguyên nhân ở các dòng trên.\n' >&2
exit 1
