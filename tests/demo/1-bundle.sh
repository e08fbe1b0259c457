# A case folder becomes a sealed file that partners verify and open. Sourced by demo.sh.

chapter "A case becomes a sealed file"
say "1. A case. Phones and cards were seized; here stand Debian's forensic samples: real photos, videos, sound,"
echo "   documents and the image of a disk. An officer of cn-example-police has them in one folder."
mkdir case
cp -r "$samples"/original-files/. case/
image=$(find "$samples" -name '*.ext4*' -type f | head -n 1)
case $image in
  *.xz) mkdir case/disk && xz -dc "$image" >"case/disk/$(basename "$image" .xz)" ;;
  *) mkdir case/disk && cp "$image" case/disk/ ;;
esac
chmod -R u+w case
du -sh case
show --home homes/cn-liaison case init case --title "EXAMPLE Paper Lantern" --reference XA-EXPOL-2026-000042 \
  --legal-basis untoc:18 --purpose "EXAMPLE: to identify the operators of a fraud site"
show case check case

say "2. Two partners. Phnom Penh may read everything, Bangkok only exhibits EX-01 and EX-04."
to=(--to kh-example-police/evidence-desk --to th-example-police/evidence-desk:EX-01,EX-04)
show --home homes/cn-liaison pack case "${to[@]}" --dry-run
show --home homes/cn-liaison pack case "${to[@]}" -o case.valise
ls -l case.valise | awk '{print $5 " bytes in case.valise"}'

say "3. A courier carries the file. He has no key and trusts nobody in particular; with the sender's card he can"
echo "   still tell whose seal it is and that no byte is missing. Without any card, trust stays open: exit 31."
show --home homes/roots agency card cn-example-police -o cn.card
expect 0 --home courier verify case.valise --trust cn.card
expect 31 --home courier verify case.valise -q

say "4. The partners. Each sees what is meant for it, and of the rest only how many and how large."
expect 0 --home homes/kh-desk verify case.valise
expect 0 --home homes/th-desk verify case.valise
show --home homes/th-desk list case.valise

say "5. An agency that is no recipient can check the seal. It cannot open anything: exit 40."
expect 0 --home homes/outsider verify case.valise
expect 40 --home homes/outsider open case.valise -C stolen
claim test ! -e stolen

say "6. Opened, the folder is what it was: every byte, every time."
show --home homes/kh-desk open case.valise -C from-valise
claim diff -r case from-valise
times() { (cd "$1" && find . -printf '%p %y %m %T@\n' | sort); }
claim diff <(times case) <(times from-valise)
echo "case and from-valise are identical ($(find case -type f | wc -l) files, times and modes too)"
show --home homes/th-desk open case.valise -C bangkok
echo "Bangkok has: $(ls bangkok | tr '\n' ' ')"
claim test ! -e bangkok/disk
echo "of the sheet of exhibits it has only its rows:"
cut -d, -f1-4 bangkok/exhibits.csv
claim [ "$(cut -d, -f1 bangkok/exhibits.csv | tr '\n' ' ')" = "id EX-01 EX-04 " ]

say "7. Somebody changes one byte on the way."
cp case.valise forged.valise
middle=$(($(stat -c %s case.valise) / 2))
byte=$(od -An -tu1 -j $middle -N 1 forged.valise)
printf "\\x$(printf %x $((byte ^ 1)))" | dd of=forged.valise bs=1 seek=$middle conv=notrunc status=none
expect 20 --home homes/kh-desk verify forged.valise
expect 20 --home homes/kh-desk open forged.valise -C never
claim test ! -e never

say "8. A whole request: persons, identifiers, losses. Four readers, each with rows of its own; a victim's name is for"
echo "   the embassy alone. The sheet has faults, as sheets do, and each is named."
cp -r "$here/tests/data/paper-lantern" lantern
show --home homes/cn-liaison case check lantern
readers=(--to kh-example-police/evidence-desk --to th-example-police/evidence-desk --to ae-example-police/evidence-desk --to cn-example-mfa/consular-phnom-penh)
show --home homes/cn-liaison pack lantern "${readers[@]}" --dry-run -q
show --home homes/cn-liaison pack lantern "${readers[@]}" -o lantern.valise -q
show --home homes/ae-desk case show lantern.valise -q
show --home homes/ae-desk open lantern.valise -C dubai -q
claim [ "$(cut -d, -f1 dubai/persons.csv | tr '\n' ' ')" = "id P-0003 W-0001 " ]
show --home homes/cn-embassy open lantern.valise -C embassy -q
claim grep -q "V-0001" embassy/persons.csv
claim [ "$(grep -rl "V-0001" dubai | wc -l)" = 0 ]
cp -r lantern green
sed -i 's/tlp = "AMBER+STRICT"/tlp = "GREEN"/' green/case.toml
expect 32 --home homes/cn-liaison pack green "${readers[@]}" -o green.valise
claim test ! -e green.valise
