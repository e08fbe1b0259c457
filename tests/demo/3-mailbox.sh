# Bundles travel over what there is: a WebDAV folder on a bad line, a USB stick. Sourced by demo.sh.

chapter "Over a line that breaks, and on a stick"
say "1. A ministry has an HTTPS folder (nginx, WebDAV). The line to it is cut every 5 MB; sending goes on where it was."
quiet cn-liaison pack case --to kh-example-police/evidence-desk -o mail.valise
cat >server.py <<'PY'
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from proxy import Proxy
from servers import Nginx
server = Nginx()
server.box("mail")
proxy = Proxy(server.port, lambda n: {"cut_up": 5_000_000} if n < 4 else None)
open("ports", "w").write(f"{proxy.port} {server.port} {server.cert} {server.password}\n")
signal.signal(signal.SIGTERM, lambda *_: (server.close(), os._exit(0)))
signal.pause()
PY
/usr/bin/python3 server.py "$here/tests/transport" &
server=$!
until [ -s ports ]; do sleep 0.1; done
read -r cut straight ca password <ports
dav=(--user liaison --password-file "$password" --ca "$ca")
show --home homes/cn-liaison -q remote add ministry "https://127.0.0.1:$cut/mail" "${dav[@]}"
show --home homes/kh-desk -q remote add ministry "https://127.0.0.1:$straight/mail" "${dav[@]}"
show --home homes/cn-liaison send mail.valise ministry
show --home homes/kh-desk inbox ministry
show --home homes/kh-desk sync ministry --ingest
show --home homes/cn-liaison sync ministry -o answers
show --home homes/cn-liaison outbox
claim [ "$(quiet cn-liaison outbox | grep -c ' ingested ')" = 1 ]
kill "$server"
server=

say "2. A courier takes a USB stick to Bangkok. It is pulled out too early; put in again, only the rest is copied."
mkdir stick
for home in cn-liaison th-desk; do show --home homes/$home -q remote add stick dir:stick; done
show --home homes/cn-liaison -q pack case --to th-example-police/evidence-desk -o bangkok.valise
timeout -s INT 1.5 "$valise" --home homes/cn-liaison send bangkok.valise stick --limit-rate 16M || echo "(the stick was pulled out)"
show --home homes/cn-liaison send bangkok.valise stick
show --home homes/th-desk sync stick --ingest
show --home homes/cn-liaison -q sync stick -o answers
show --home homes/cn-liaison outbox
claim [ "$(quiet cn-liaison outbox | grep -c ' ingested ')" = 2 ]
