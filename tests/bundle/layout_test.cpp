#include "libexchange/bundle/layout.h"

#include "libexchange/base/text.h"
#include "libexchange/bundle/keys.h"
#include "libexchange/bundle/messages.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/crypto/merkle.h"
#include "tests/catch.h"
#include "tests/crypto/vectors.h"

using namespace exchange;

TEST_CASE("Padmé pads little and never shrinks") {
  CHECK(padme(0) == 0);
  CHECK(padme(1) == 1);
  CHECK(padme(9) == 10);
  CHECK(padme(512) == 512);
  CHECK(padme(513) == 544);
  CHECK(padme(1 << 20) == 1 << 20);
  for (std::uint64_t n = 2; n < 100000; n += 7) {
    CHECK(padme(n) >= n);
    CHECK(padme(n) <= n + n / 8 + 1);
    CHECK(padme(padme(n)) == padme(n));
  }
}

TEST_CASE("a frame prefix is what capnp encode writes") {
  const Frame f{FrameKind::chunk, true, 0x01020304, 0x1112131415161718, 0x2122232425262728, 5000};
  const auto bytes = f.encode();
  CHECK(to_hex(bytes) ==
        "00000000760200000000000003000100"
        "020001000403020118171615141312112827262524232221"
        "01000000429c0000");
  CHECK(f.stored() == 48 + 5000);
  const Frame again = Frame::parse(bytes, "test");
  CHECK(again.body_len == 5000);
  CHECK(again.final);
  CHECK(again.index == f.index);
}

TEST_CASE("every bit of a frame's constant bytes is checked") {
  const auto good = Frame{FrameKind::chunk, false, 0, 1, 0, 544}.encode();
  for (std::size_t i : {0u,  1u,  2u,  3u,  4u,  5u,  6u,  7u,  8u,  9u,  10u, 11u,
                        12u, 13u, 14u, 15u, 40u, 41u, 42u, 43u, 44u, 45u, 46u, 47u}) {
    for (int bit = 0; bit < 8; ++bit) {
      auto bad = good;
      bad[i] = static_cast<std::uint8_t>(bad[i] ^ (1 << bit));
      CHECK_THROWS_AS(Frame::parse(bad, "test"), Failure);
    }
  }
}

TEST_CASE("the key chain and the leaves are as an independent program makes them") {
  const auto a = read_json("known_answers.json")["keys"];
  const Hash h = array_of<32>(hex(a["H"]));
  const auto key = CompartmentKey::copy_of(array_of<32>(hex(a["K"])));
  CHECK(to_hex(header_hash(as_view("pre"), as_view("head"))) == text_of(a["header"]));
  CHECK(to_hex(commitment(key, h, 3)) == text_of(a["commit"]));
  const ExhibitKeys keys(key, h, 3, 9, Salt{});
  CHECK(to_hex(keys.commitment()) == text_of(a["kc"]));
  const Hash leaf = file_leaf(keys.leaf_salts(5), 7, sha256(as_view("content")), as_view("entry"));
  CHECK(to_hex(leaf) == text_of(a["file_leaf"]));
  MerkleRoot root;
  root.add(leaf);
  CHECK(to_hex(exhibit_leaf(9, 1, root.root(), keys.meta_leaf(as_view("meta")))) ==
        text_of(a["exhibit_leaf"]));
}

TEST_CASE("sealed metadata opens only where it belongs") {
  const auto key = CompartmentKey::random();
  const ExhibitKeys keys(key, Hash{}, 0, 1, Salt{});
  Bytes sealed = keys.seal_meta(Hash{}, 1, as_view("title"));
  CHECK(sealed.size() == 512 + 16);
  CHECK(as_text(keys.open_meta(Hash{}, 1, sealed)) == "title");
  CHECK_THROWS_AS(keys.open_meta(Hash{}, 2, sealed), Failure);
  sealed[100] ^= 1;
  CHECK_THROWS_AS(keys.open_meta(Hash{}, 1, sealed), Failure);
}

TEST_CASE("a request survives its message") {
  Request r;
  r.reference = "XA-TEST-2026-000001";
  r.title = "测试";
  r.type = "preservation";
  r.requesting = {"cn-example-police", "示例", "Example", "CN", "", "", "示例 警官", "case officer"};
  r.requested = {{"kh-example-police", "", "", "KH", "", "", "", ""},
                 {"th-example-police/evidence-desk", "", "", "", "", "", "", ""}};
  r.legal_basis = {{"untoc", "18", ""}, {"other", "", "MoU"}};
  r.offences = {{"fraud", "art. 1", "", "0701", "imprisonment", "10", "met"}};
  r.preserve = Preservation{"logs", "Telecom", "KH", "short retention", "2026-08-01", true};
  r.assistance_sought = {"subscriber", "statement"};
  r.assurance = {"a.pdf", "Ministry", "2026-06-01"};
  r.onward = "list";
  r.onward_agencies = {"a", "b"};
  r.special_categories = {"minors"};
  r.related = {{std::string(64, 'a'), "", "", ""}};
  r.needed_by = "2026-06-10T00:00:00+07:00";
  CaseViewInfo view;
  view.request = r;
  const ExhibitMeta back = decode_exhibit_meta(encode(ExhibitMeta{1, 2, view}));
  CHECK(std::get<CaseViewInfo>(back.about).request == r);
  view.request.reset();
  CHECK_FALSE(
      std::get<CaseViewInfo>(decode_exhibit_meta(encode(ExhibitMeta{1, 2, view})).about).request.has_value());
  view.request.emplace();
  CHECK(std::get<CaseViewInfo>(decode_exhibit_meta(encode(ExhibitMeta{1, 2, view})).about).request ==
        Request());
}
