#!/usr/bin/python3
"""Makes the sample case "Paper Lantern" beside this file: every exhibit, and the sheets with the hashes of the files. All of
it is fictional; numbers come from test ranges. Run it again after a change here."""
import hashlib, io, json, os, struct, zipfile, zlib

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "paper-lantern")


def write(path, content):
    whole = os.path.join(HERE, path)
    os.makedirs(os.path.dirname(whole), exist_ok=True)
    with open(whole, "wb") as out:
        out.write(content if isinstance(content, bytes) else content.encode())
    return hashlib.sha256(open(whole, "rb").read()).hexdigest()


def picture(width, height, colour):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((colour[0] ^ (x * 3 & 255), colour[1] ^ (y * 5 & 255), colour[2]) [i] for x in range(width) for i in range(3)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"tEXt", b"Comment\0EXAMPLE")
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def archive(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in files.items():
            z.writestr(zipfile.ZipInfo(name, (2026, 5, 22, 14, 2, 10)), text)
    return out.getvalue()


write("EX-01/photos/front.png", picture(120, 200, (30, 30, 34)))
write("EX-01/photos/back.png", picture(120, 200, (12, 12, 20)))
write("EX-01.1/readout.txt", "EXAMPLE\nICCID 8999901000000000013\nIMSI 001010000000001\n")
hashes = {
    "EX-01-D1": write("EX-01-D1/report.ufdr", archive({"report.xml": "<report example='yes'><device imei='001010000000016'/></report>\n", "notes.txt": "EXAMPLE: App 'X' not parsed\n"})),
    "EX-02": write("EX-02/gateway.e01", b"EVF\t\r\n\xff\0" + b"EXAMPLE gateway image" + bytes(16384) + hashlib.shake_256(b"EX-02").digest(4096)),
    "EX-03": write("EX-03/cards.png", picture(300, 190, (200, 180, 90))),
    "EX-04": write("EX-04/transactions.csv", "\ufeff时间;金额;币种;对方\r\n2026-03-08;18500.00;USD;GB29NWBK60161331926819\r\n2026-03-15;9400.50;USD;GB29NWBK60161331926819\r\n".encode("utf-16-le")),
    "EX-05": write("EX-05/chat.json", json.dumps([{"at": "2026-04-02T11:05:12Z", "from": "desk 7", "zh": "请把款项转到这个地址", "th": "โอนเงินไปที่นี่", "vi": "Chuyển tiền đến đây", "ar": "حوّل المال إلى هنا", "address": "T9yD14Nj9j7xAB4dbGeiX9h8unkKLxmGkn"}], ensure_ascii=False, indent=1) + "\n"),
    "EX-06": write("EX-06/cdr.csv", "at,a,b,imei\n2026-03-01T00:00:00Z,+447700900001,+61491570156,001010000000010\n"),
    "EX-07": write("EX-07/phone_victim.zip", archive({"messages.txt": "EXAMPLE: provided by V-0001\n"})),
}

write("case.toml", """\
reference = "XA-EXPOL-2026-000042"
title = "EXAMPLE Operation Paper Lantern"
language = "en"

[request]
type = "evidence"
channel = "police_to_police"
evidential_use = "with_consent"
requested = ["kh-example-police/evidence-desk", "th-example-police/evidence-desk", "ae-example-police/evidence-desk"]
stage = "investigation"
purpose = "EXAMPLE: to identify the operators of a fraud site and trace 41,900.50 USD equivalent taken from one injured person."
facts = "EXAMPLE: between 2026-03-01 and 2026-05-20 callers posed as a courier company; money went through one mule account to a stablecoin wallet. Each exhibit is needed because it holds one step of that path."
assistance_sought = ["subscriber of the GSM gateway", "statement of the account holder"]
urgency = "urgent"
urgency_reason = "custody_expiry"
needed_by = "2026-06-10T00:00:00+07:00"
confidentiality = "notify_before_disclosure"
confidentiality_reason = "the operators are still at large"
death_penalty = "not_applicable"
undertakings = ["specialty", "no_onward", "return_of_exhibits", "personal_data"]

[request.requesting]
id = "cn-example-police"
name = "示例警察局"
name_latin = "Example Police"
country = "CN"
person = "示例 警官"
function = "case officer"

[[request.legal_basis]]
instrument = "untoc"
article = "18, 27"
citation = "UN Convention against Transnational Organized Crime"

[[request.offences]]
name = "fraud by telecommunication (EXAMPLE)"
law = "Example Penal Code art. 1000"
iccs = "0701"
max_penalty = { kind = "imprisonment", years = 10 }
dual_criminality = "met"

[request.political]
answer = "no"
by = "示例 警官, case officer"
reason = "fraud for profit"

[request.ne_bis_in_idem]
answer = "no"
by = "示例 警官, case officer"
reason = "no earlier judgment"

[handling]
tlp = "AMBER+STRICT"
code = "H1"

[retention]
review_on = "2027-05-31"
delete_after = "2031-05-31"
basis = "agency rules"

[onward]
policy = "prohibited"

[data_protection]
controller = "cn-example-police"

[audience]
kh = "kh-example-police/evidence-desk"
th = "th-example-police/evidence-desk"
ae = "ae-example-police/evidence-desk"
consular = "cn-example-mfa/consular-phnom-penh"
""")

COLUMNS = "id,local_ref,path,title,kind,parent,derivation,seized_at,seized_place,seized_by,provided_by,consent_ref,seizure_authority,power_state,radio_isolated,lock_state,acquisition_method,acquisition_tool,acquisition_version,write_blocker,examiner,acquired_at,clock_offset_s,acquisition_sha256,audience,note"
SGT = "Sgt. ឧទាហរណ៍ ទី១"
EXHIBITS = [
    f'EX-01,物证-001,EX-01/photos,"Phone, black, cracked corner",phone,,original,2026-05-21T09:14:00+07:00,"Site KH-EX-01, room 402, desk 7",{SGT},,,Example warrant 12/2026,on,faraday,locked,manual,ExampleCam,1.0,,Examiner A,2026-05-21T09:20:00+07:00,,,kh;th,Faraday bag; was on and locked',
    f'EX-01.1,物证-001-1,EX-01.1,SIM from EX-01 tray 1,sim,EX-01,original,2026-05-21T09:20:00+07:00,"Site KH-EX-01, room 402",{SGT},,,Example warrant 12/2026,,,,manual,ExampleReader,2.0,,Examiner A,2026-05-22T13:45:00+07:00,,,kh;th,',
    f"EX-01-D1,,EX-01-D1/report.ufdr,Extraction of EX-01,extraction,EX-01,extraction,2026-05-21T09:14:00+07:00,Site KH-EX-01,{SGT},,,Example warrant 12/2026,,,,filesystem,ExampleExtractor,7.1.0,none: phone,Examiner A,2026-05-22T14:02:11+07:00,-37,{{EX-01-D1}},kh;th,App 'X' not parsed",
    f'EX-02,物证-002,EX-02/gateway.e01,GSM gateway disk image,disk_image,,forensic_image,2026-05-21T10:05:00+07:00,"Site KH-EX-01, roof",{SGT},,,Example warrant 12/2026,,,,imaging,ewfacquire,20140813,ExampleBlock UB-1,Examiner A,2026-05-22T16:40:00+07:00,0,{{EX-02}},kh;th,3 bad sectors',
    'EX-03,,EX-03/cards.png,"Bank cards, 3, photographed",card_bank,,original,2026-05-21T10:30:00+07:00,"Site KH-EX-01, safe",Cpl. ទី២,,,Example warrant 12/2026,,,,manual,ExampleCam,1.0,,Examiner B,2026-05-21T10:45:00+07:00,0,{EX-03},kh;ae,digits masked in titles',
    "EX-04,,EX-04/transactions.csv,Mule account statement,bank_table,,original,2026-05-25T08:00:00Z,Example Bank FZE,Provider officer,,,Example order 77/2026,,,,export_by_provider,Example Core,3.2,,Examiner B,2026-05-25T08:00:00Z,0,{EX-04},ae,UTF-16 original kept",
    'EX-05,ของกลาง 5/2569,EX-05/chat.json,Chat export desk 7,chat_log,EX-01-D1,export,2026-05-22T15:00:00+07:00,Lab,Examiner A,,,Example warrant 12/2026,,,,logical,ExampleExtractor,7.1.0,,Examiner A,2026-05-22T15:10:00+07:00,-37,{EX-05},kh;th;ae,"zh, th, vi, ar"',
    "EX-06,,EX-06/cdr.csv,Call records 2026-03..05,call_record,,original,2026-05-26T03:00:00Z,Example Telecom,Provider officer,,,Example order 78/2026,,,,export_by_provider,Example CDR,9,,Examiner B,2026-05-26T03:00:00Z,0,{EX-06},kh;th,",
    "EX-07,,EX-07/phone_victim.zip,Phone of V-0001 (provided),phone,,original,2026-05-21T12:00:00+07:00,Shelter (undisclosed),,V-0001,consent form C-1,,off,none,unlocked,logical,ExampleExtractor,7.1.0,,Examiner C,2026-05-23T09:00:00+07:00,0,{EX-07},consular,not to police without consent",
]
write("exhibits.csv", COLUMNS + "\n" + "\n".join(EXHIBITS).format(**hashes) + "\n")
write("persons.csv", """\
id,role,name_native,script,name_latin,name_order,born,minor,nationality,document_type,document_no,mrz_line2,audience,note
P-0001,suspect,测建国,Hans,CE JIANGUO,family_first,1990-01-01,no,UTO,passport,X0000001,X0000001<4UTO9001011M3112319<<<<<<<<<<<<<<<0,kh;th,"EXAMPLE; MRZ line 1 P<UTOCESHI<<JIANGUO"
P-0002,suspect,สมชาย ตัวอย่าง,Thai,SOMCHAI TUAYANG,given_first,1998-11-22,no,UTO,passport,X0000004,X0000004<3UTO9811223M3301018<<<<<<<<<<<<<<<0,kh;th,EXAMPLE
P-0003,undetermined,خالد المثالي,Arab,KHALID AL MITHALI,given_first,1985-07-20,no,UTO,passport,X0000003,X0000003<0UTO8507206M2911157<<<<<<<<<<<<<<<8,ae,account holder; maybe used unknowingly
V-0001,victim,Nguyễn Thị Ví Dụ,Latn,NGUYEN THI VI DU,family_first,2002-03-15,no,UTO,passport,X0000002,X0000002<7UTO0203155F3006302<<<<<<<<<<<<<<<0,consular,presumed victim
V-0002,victim,សុភា ឧទាហរណ៍,Khmr,SOPHEA OUTEAHOR,given_first,2009-12-01,yes,UTO,passport,X0000005,X0000005<6UTO0912013F2808015<<<<<<<<<<<<<<<0,consular,minor: guardian G-1
V-0003,victim,မောင်နမူနာ,Mymr,MAUNG NAMUNA,mononym,1999,no,UTO,none,,,consular,no papers; day of birth unknown
W-0001,injured_party,示例女士,Hans,SHILI,mononym,1961,no,UTO,,,,kh;th;ae,lost money
""")
write("identifiers.csv", """\
type,value,expected_status,exhibit,person,first_seen,last_seen,note
imei,001010000000016,valid,EX-01,P-0001,2026-03-01T00:00:00Z,2026-05-21T02:14:00Z,test TAC
imei,001010000000010,format_only,EX-06,P-0001,2026-03-01T00:00:00Z,,"CDR carries 0 as 15th digit: same key 00101000000001"
imsi,001010000000001,valid,EX-01.1,P-0001,,,test network
iccid,8999901000000000013,valid,EX-01.1,P-0001,,,
iccid,8.9999E+18,malformed,EX-06,,,,spreadsheet damage
e164,+12025550101,valid,EX-05,P-0001,,,
e164,+447700900001,unassigned,EX-06,,,,"drama range: libphonenumber says not valid"
e164,+61491570156,valid,EX-05,W-0001,,,
pan,9999990000000006,valid,EX-03,,,,invented IIN
pan,4111111111111111,valid,EX-03,,,,test
iban,AE879990000000000000001,valid,EX-04,P-0003,,,
iban,AE879990000000000000010,checksum_failed,EX-05,,,,typed in chat with last digits swapped
bic,EXMPAEA0,valid,EX-04,,,,test BIC
cn_id,000000199001010018,unassigned,EX-05,P-0001,,,checksum right; area 00
th_id,9900000000006,unassigned,EX-05,P-0002,,,checksum right; first digit 9
ae_eid,784-1984-0000000-0,valid,EX-04,P-0003,,,Luhn advisory only
tron,T9yD14Nj9j7xAB4dbGeiX9h8unkKLxmGkn,valid,EX-05,,2026-03-09T00:00:00Z,,payload 00…01
eth,0x0000000000000000000000000000000000000001,valid,EX-05,,,,same 20 bytes as the row above: links must show it
tron,TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t,valid,EX-05,,,,public contract: links must not show it
eth,0x00000000000000000000000000000000DeaDBeef,valid,EX-05,,,,EIP-55
btc,bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpc02p7z,valid,EX-05,,,,
btc,bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd,checksum_failed,EX-05,,,,bech32 where bech32m is due
mac,00:00:5e:00:53:01,valid,EX-02,,,,documentation range
ipv4,198.51.100.7,valid,EX-02,,2026-04-02T11:00:00Z,,port 40112
ipv6,2001:db8::7,valid,EX-02,,,,
domain,hxxps://parcel-refund[.]example/login,valid,EX-05,,,,defanged; never fetched
email,test@example.com,valid,EX-05,P-0002,,,
telegram,1099511627775,valid,EX-05,P-0001,,,highest id
wechat,wxid_exampleexample,valid,EX-05,P-0001,,,
whatsapp,12025550101@s.whatsapp.net,valid,EX-05,P-0001,,,also e164
""")
write("losses.csv", """\
victim,from_account,to_account,amount,currency,time,status
W-0001,GB29NWBK60161331926819,AE879990000000000000001,"18,500.00",USD,2026-03-08T10:22:00+00:00,reported
W-0001,GB29NWBK60161331926819,AE879990000000000000001,9400.50,USD,2026-03-15T08:01:00+00:00,frozen
W-0001,GB29NWBK60161331926819,T9yD14Nj9j7xAB4dbGeiX9h8unkKLxmGkn,14000,USDT,2026-04-02T11:05:12+00:00,reported
""")
write("custody.csv", f"""\
at,event,exhibit,by,role,agency,place,extra,note
2026-05-21T09:14:00+07:00,seized,EX-01,{SGT},officer,kh-example-police,KH-EX-01,authority=Example warrant 12/2026,
2026-05-21T09:31:00+07:00,sealed,EX-01,{SGT},officer,kh-example-police,KH-EX-01,bag_no=B-100;seal_no=S-100,
2026-05-21T18:00:00+07:00,transferred,EX-01,{SGT},officer,kh-example-police,KH-EX-01,from={SGT};to=Examiner A;courier=Cpl. ទី២;method=by hand,
2026-05-21T18:20:00+07:00,received,EX-01,Examiner A,examiner,cn-example-police,Lab,from={SGT};seal_no=S-100;intact=yes,joint team JT-EX-1: hand-over paper H-1
2026-05-22T13:40:00+07:00,unsealed,EX-01,Examiner A,examiner,cn-example-police,Lab,old_seal=S-100;witness=Examiner B;reason=extraction,
2026-05-22T14:02:11+07:00,extracted,EX-01,Examiner A,examiner,cn-example-police,Lab,output=EX-01-D1;tool=ExampleExtractor;version=7.1.0;method=filesystem;sha256={hashes['EX-01-D1']},
2026-05-22T14:30:00+07:00,resealed,EX-01,Examiner A,examiner,cn-example-police,Lab,old_seal=S-100;new_seal=S-101;witness=Examiner B,
2026-05-23T09:00:00+07:00,correction,EX-01,Examiner A,examiner,cn-example-police,Lab,corrects=2026-05-22T14:02:11+07:00,clock offset was -37 s not 0
""")
print("made", HERE)
