# An embassy brings people home. Sourced by demo.sh.

chapter "260 people at a border crossing"
repat() { quiet cn-embassy repat "$@"; }
officer() {  # officer HOME NAME USAGES: a key, endorsed by the ministry's root
  quiet "$1" key new "cn-example-mfa/$2" --no-passphrase --example >/dev/null
  quiet "$1" key request "cn-example-mfa/$2" -o "$2.request"
  quiet roots agency endorse "$2.request" --usage "$3" --from 2026-01-01 --until 2099-12-31 -o "$2.endorsement" 2>/dev/null
  quiet "$1" key install "$2.endorsement"
}
officer cn-embassy protection-officer protection,open,seal
officer cn-embassy supervisor supervisor
mkdir homes/bangkok
cp -r homes/cn-embassy/trust homes/bangkok/
officer bangkok consular-bangkok consular,open,seal
for home in cn-embassy bangkok; do
  quiet $home trust import {protection-officer,supervisor,consular-bangkok}.endorsement
done

say "1. They come in one afternoon, from 20 countries. The list is a spreadsheet; reading it twice adds nobody."
/usr/bin/python3 - >arrivals.csv <<'PY'
countries = "CN VN TH KH MM LA ID PH MY IN PK BD NP KE ET UG BR EG MA TR".split()
names = ["测建国,CE JIANGUO", "สมชาย ตัวอย่าง,SOMCHAI TUAYANG", "خالد المثالي,KHALID AL MITHALI", "Nguyễn Thị Ví Dụ,NGUYEN THI VI DU",
         "សុភា ឧទាហរណ៍,SOPHEA OUTEAHOR", "မောင်နမူနာ,MAUNG NAMUNA"]
print("id,name_native,name_latin,sex,born,minor,nationality,document_type,document_no,host,site,reported_at,channel,note")
for i in range(260):
    print(f"{f'V-{i + 1:04}' if i < 6 else ''},{names[i % 6]} {i},{'fm'[i % 2]},{1975 + i % 30},{'yes' if i == 1 else 'no'},{countries[i % 20]},none,,TH,TH-EX-01,"
          f"2026-05-21T10:00:00+07:00,host_police,example row {i}")
PY
show --home homes/cn-embassy repat import arrivals.csv --track assisted_return --batch crossing-1
show --home homes/cn-embassy repat import arrivals.csv --track assisted_return --batch crossing-1
claim [ "$(quiet cn-embassy --json repat stats | sed -n 's/.*"total": \([0-9]*\).*/\1/p' | head -n 1)" = 260 ]

say "2. Six are registered and screened by the protection officer. Nobody is protected, or removed, without screening."
for i in 1 2 3 4 5 6; do
  repat advance V-000$i safe --at 2026-05-21T15:00:00+07:00 --doc HND-$i
  repat advance V-000$i registered --at 2026-05-21T17:00:00+07:00 --doc REG-$i
done
expect 32 --home homes/cn-embassy -q repat advance V-0001 protected --doc SHL-1
for i in 1 2 3 4 5 6; do
  repat advance V-000$i screened --at 2026-05-22T11:00:00+07:00 --doc SCR-$i
  repat advance V-000$i protected --at 2026-05-22T12:00:00+07:00 --doc SHL-$i
  repat advance V-000$i preparing --at 2026-06-04T12:00:00+07:00 --doc CNS-$i
done
sed -n 1p arrivals.csv >suspects.csv
echo 'P-0001,测建国,CE JIANGUO,m,1990-01-01,no,UTO,passport,X0000001,KH,KH-EX-01,2026-05-21T08:00:00+07:00,host_police,EXAMPLE' >>suspects.csv
repat import suspects.csv --track suspect_return
repat advance P-0001 detained --at 2026-05-21T10:00:00+07:00 --doc DET-1
repat advance P-0001 notified --at 2026-05-22T03:00:00+07:00 --doc ART36-1
expect 32 --home homes/cn-embassy -q repat advance P-0001 mode_set --doc M-1 --as cn-example-mfa/supervisor

say "3. A flight. V-0002 is a minor without guardian; of five who are ready, two are held back, each with the reason."
for i in 1 2 3 4 5 6; do
  repat gate V-000$i identity=ok nationality=ok medical=ok risk=ok consent=ok travel_document=ok exit=ok ticket=ok reception=ok \
    --at 2026-06-11T12:00:00+07:00
done
expect 32 --home homes/cn-embassy -q repat advance V-0002 ready --at 2026-06-12T12:00:00+07:00 --doc TD-2
for i in 1 3 4 5 6; do repat advance V-000$i ready --at 2026-06-12T12:00:00+07:00 --doc TD-$i; done
repat gate V-0003 medical=open --at 2026-06-12T18:00:00+07:00
repat gate V-0005 risk=failed --at 2026-06-12T18:00:00+07:00
repat batch flight-1 --add V-0001 --add V-0003 --add V-0004 --add V-0005 --add V-0006 --flight "XX 100" --departs 2026-06-13T09:00:00+07:00 >/dev/null
show --home homes/cn-embassy -q repat batch flight-1 departed --at 2026-06-13T09:00:00+07:00 --doc manifest=MAN-1

say "4. A second desk in Bangkok works off line; its events come back in a sealed bundle. Merging twice changes nothing;"
echo "   where both desks wrote something different, both stand until a person decides."
quiet cn-embassy repat export --to cn-example-mfa/consular-bangkok -o to-bangkok.valise 2>/dev/null
show --home homes/bangkok repat merge to-bangkok.valise
id=$(quiet cn-embassy --json repat list --state reported | awk -F'"' '/"id": "R-/ && !n++ {print $4}')
quiet bangkok repat advance V-0004 arrived --at 2026-06-13T20:00:00+07:00 --doc RCV-4
quiet bangkok repat advance "$id" safe --at 2026-05-22T09:00:00+07:00 --doc W-1
repat advance "$id" located --at 2026-05-22T08:00:00+07:00
quiet bangkok repat export --to cn-example-mfa/consular-phnom-penh -o back.valise 2>/dev/null
show --home homes/cn-embassy repat merge back.valise
show --home homes/cn-embassy repat merge back.valise
show --home homes/cn-embassy -q repat list --contradictions
repat settle "$id" "$(repat show "$id" | sed -n 's/.*safe by event //p')" --note "seen in person"

say "5. What is due, what the ministry wants to know by evening, and the board on the wall."
quiet cn-embassy repat due >due.txt
sed -n 1,8p due.txt
show --home homes/cn-embassy -q repat stats --since 2026-05-01
show --home homes/cn-embassy -q repat board --first 3
show --home homes/cn-embassy -q repat board --html board.html
claim [ "$(grep -c 'Nguy' board.html)" = 0 ]
expect 32 --home homes/cn-embassy -q repat show V-0004 --reveal
