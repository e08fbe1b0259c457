# The partner takes evidence in, finds it again, and answers; the sender knows that it arrived. Sourced by demo.sh.

chapter "The partner takes it in"
say "1. The officer records who held the phone since its seizure, signs each step, and packs two cases for Phnom Penh."
cp -r "$here/tests/data/paper-crane" crane
to=(--to kh-example-police/evidence-desk)
quiet cn-liaison custody import lantern
quiet cn-liaison pack lantern "${to[@]}" -o first.valise 2>/dev/null
quiet cn-liaison pack crane "${to[@]}" -o second.valise 2>/dev/null
show --home homes/cn-liaison custody show EX-01 --case XA-EXPOL-2026-000042
show --home homes/cn-liaison outbox

say "2. Phnom Penh takes both in: verified in full, kept as they were sealed, indexed. A second time changes nothing."
show --home homes/kh-desk -q ingest first.valise second.valise
show --home homes/kh-desk -q ingest first.valise
show --home homes/kh-desk cases

say "3. Have we seen this telephone before? In two cases. That is all the program says: it scores nobody."
show --home homes/kh-desk find 001010000000016 --for XA-EXMLA-2026-000007
show --home homes/kh-desk find "๐๐๑๐๑๐๐๐๐๐๐๐๐๑๖" --for XA-EXMLA-2026-000007
claim [ "$(quiet kh-desk --json find 001010000000016 | grep -c '"case": "XA-')" = 3 ]
show --home homes/kh-desk links XA-EXMLA-2026-000007

say "4. Who held exhibit EX-01, from the seizure to this desk?"
show --home homes/kh-desk custody show EX-01 --case XA-EXPOL-2026-000042
show --home homes/kh-desk custody check
show --home homes/kh-desk store check

say "5. A receipt goes back: what was received, what was checked, where it stands in the desk's log. For a damaged file"
echo "   it is a signed refusal."
for n in first second; do
  show --home homes/kh-desk -q receipt $n.valise -o $n.receipt
  show --home homes/cn-liaison receipt accept $n.receipt
done
expect 20 --home homes/kh-desk -q receipt forged.valise -o forged.receipt
claim grep -q '^state refused' forged.receipt
show --home homes/cn-liaison outbox
claim [ "$(quiet cn-liaison outbox | grep -c ' ingested ')" = 2 ]

say "6. For the court: the events of one exhibit with their proofs, which can be checked without valise."
show --home homes/cn-liaison custody export EX-01 --case XA-EXPOL-2026-000042 -o court
show --home homes/cn-liaison custody check court
