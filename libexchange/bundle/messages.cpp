#include "libexchange/bundle/messages.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <fmt/format.h>
#include <kj/exception.h>

#include <algorithm>

#include "bundle.capnp.h"
#include "libexchange/base/text.h"
#include "libexchange/bundle/request_message.h"

namespace exchange {

namespace {

// Builds one message whose single segment has room for `bytes` of content.
template <class Root, class Fill>
Bytes build(std::size_t bytes, Fill fill) {
  capnp::MallocMessageBuilder message(static_cast<unsigned>(bytes / 8 + 64));
  fill(message.initRoot<Root>());
  ensure(message.getSegmentsForOutput().size() == 1, "a message outgrew its segment");
  const kj::Array<capnp::word> flat = capnp::messageToFlatArray(message);
  const auto chars = flat.asBytes();
  return {chars.begin(), chars.end()};
}

Failure translated(const kj::Exception& e, const char* what) {
  const std::string_view text(e.getDescription().cStr());
  const bool over = text.find("traversal limit") != text.npos || text.find("amplification") != text.npos ||
                    text.find("too deeply") != text.npos;
  return Failure(over ? Code::limit : Code::malformed,
                 fmt::format("{}: {}", what, over ? "expands beyond its size" : "not a valid message"));
}

// Reads one single-segment message; copy(reader) must copy out all it needs.
template <class Root, class Copy>
auto parse(View message, const char* what, Copy copy) {
  const auto malformed = [&](const char* why) {
    return Failure(Code::malformed, fmt::format("{}: {}", what, why));
  };
  if (message.size() < 16 || message.size() % 8 != 0) throw malformed("wrong length");
  if (load_le<std::uint32_t>(message) != 0) throw malformed("more than one segment");
  const std::uint64_t words = load_le<std::uint32_t>(message.subspan(4));
  if (8 + words * 8 != message.size()) throw malformed("its segment has another length");
  std::vector<capnp::word> aligned(words);
  std::memcpy(static_cast<void*>(aligned.data()), message.data() + 8, words * 8);
  const kj::ArrayPtr<const capnp::word> segment(aligned.data(), aligned.size());
  const kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments(&segment, 1);
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 2 * words + 1024;
  options.nestingLimit = 16;
  try {
    capnp::SegmentArrayMessageReader reader(segments, options);
    return copy(reader.getRoot<Root>());
  } catch (const kj::Exception& e) {
    throw translated(e, what);
  }
}

kj::ArrayPtr<const kj::byte> blob(View bytes) { return {bytes.data(), bytes.size()}; }
kj::StringPtr text(const std::string& s) { return {s.c_str(), s.size()}; }
std::string from(capnp::Text::Reader r) { return {r.begin(), r.size()}; }
std::string raw(capnp::Data::Reader r) { return {reinterpret_cast<const char*>(r.begin()), r.size()}; }
Bytes bytes_of(capnp::Data::Reader r) { return {r.begin(), r.end()}; }

void require(bool condition, Code code, const char* why) {
  if (!condition) throw Failure(code, why);
}

Hash hash_of(capnp::Data::Reader r, const char* what) {
  require(r.size() == 32, Code::malformed, what);
  Hash h{};
  std::copy(r.begin(), r.end(), h.begin());
  return h;
}

void put(schema::Time::Builder out, Instant t) {
  out.setSeconds(t.seconds);
  out.setNanoseconds(t.nanoseconds);
}

Instant instant(schema::Time::Reader r) {
  require(r.getNanoseconds() < 1'000'000'000, Code::malformed, "file entry: impossible time");
  return {r.getSeconds(), r.getNanoseconds()};
}

}  // namespace

Bytes encode(const Header& header) {
  std::size_t size = header.signer.size() + header.label.size() + 256;
  for (const Bytes& file : header.age_files) size += file.size() + 64;
  return build<schema::Header>(size, [&](schema::Header::Builder b) {
    b.setSigner(text(header.signer));
    auto list = b.initCompartments(static_cast<unsigned>(header.age_files.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setId(i);
      list[i].setAgeFile(blob(header.age_files[i]));
    }
    if (!header.label.empty()) b.setLabel(text(header.label));
  });
}

Header decode_header(View message) {
  return parse<schema::Header>(message, "header", [](schema::Header::Reader r) {
    Header h{from(r.getSigner()), {}, from(r.getLabel())};
    require(h.label.size() <= 256 && printable(h.label) == h.label, Code::malformed,
            "header: impossible label");
    for (auto c : r.getCompartments()) {
      require(c.getId() == h.age_files.size(), Code::malformed, "header: compartments out of order");
      h.age_files.push_back(bytes_of(c.getAgeFile()));
    }
    return h;
  });
}

std::string_view name_of(FileKind kind) {
  constexpr std::string_view names[] = {"file",         "folder", "symbolic link", "fifo", "character device",
                                        "block device", "socket"};
  return names[static_cast<std::size_t>(kind)];
}

Bytes encode(const FileEntry& e) {
  return build<schema::FileEntry>(e.path.size() + e.link_target.size() + 512,
                                  [&](schema::FileEntry::Builder b) {
                                    b.setPath(blob(as_view(e.path)));
                                    b.setKind(static_cast<schema::FileKind>(e.kind));
                                    b.setMode(e.mode);
                                    b.setSize(e.size);
                                    if (e.kind == FileKind::regular) b.setSha256(blob(e.sha256));
                                    put(b.initModified(), e.modified);
                                    put(b.initAccessed(), e.accessed);
                                    put(b.initChanged(), e.changed);
                                    if (e.born != Instant{}) put(b.initBorn(), e.born);
                                    if (e.acquisition_match) b.setAcquisitionSha256(blob(e.sha256));
                                    b.setHoleBytes(e.hole_bytes);
                                    if (!e.link_target.empty()) b.setLinkTarget(blob(as_view(e.link_target)));
                                  });
}

FileEntry decode_file_entry(View message) {
  return parse<schema::FileEntry>(message, "file entry", [](schema::FileEntry::Reader r) {
    FileEntry e;
    const auto kind = static_cast<std::uint16_t>(r.getKind());
    require(kind <= static_cast<std::uint16_t>(FileKind::socket), Code::malformed,
            "file entry: unknown kind");
    e.kind = static_cast<FileKind>(kind);
    const bool regular = e.kind == FileKind::regular;
    e.path = raw(r.getPath());
    e.mode = r.getMode();
    e.size = r.getSize();
    require(e.mode <= 0777, Code::malformed, "file entry: mode beyond permission bits");
    require(regular || (e.size == 0 && r.getSha256().size() == 0 && r.getAcquisitionSha256().size() == 0),
            Code::malformed, "file entry: data on something that is not a file");
    if (regular) e.sha256 = hash_of(r.getSha256(), "file entry: no SHA-256");
    e.modified = instant(r.getModified());
    e.accessed = instant(r.getAccessed());
    e.changed = instant(r.getChanged());
    e.born = instant(r.getBorn());
    if (r.getAcquisitionSha256().size() != 0) {
      require(hash_of(r.getAcquisitionSha256(), "file entry: acquisition hash of wrong length") == e.sha256,
              Code::integrity, "file entry: acquisition hash differs from the file's");
      e.acquisition_match = true;
    }
    e.hole_bytes = r.getHoleBytes();
    require(e.hole_bytes <= e.size, Code::malformed, "file entry: more holes than bytes");
    e.link_target = raw(r.getLinkTarget());
    require(e.link_target.empty() || (e.kind == FileKind::symlink && e.link_target.size() <= kMaxPath),
            Code::malformed, "file entry: impossible link target");
    return e;
  });
}

std::size_t room_for_entry(std::size_t raw_size) { return 8 + (raw_size + 7) / 8 * 8; }

Bytes encode(const FilesPart& part) {
  std::size_t size = part.chunk_offsets.size() * 8 + 64;
  for (const Bytes& e : part.entries) size += room_for_entry(e.size());
  return build<schema::FilesPart>(size, [&](schema::FilesPart::Builder b) {
    if (!part.entries.empty()) {
      auto list = b.initEntries(static_cast<unsigned>(part.entries.size()));
      for (unsigned i = 0; i < list.size(); ++i) list[i].setRaw(blob(part.entries[i]));
    }
    if (!part.chunk_offsets.empty()) {
      auto list = b.initChunkOffsets(static_cast<unsigned>(part.chunk_offsets.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, part.chunk_offsets[i]);
    }
  });
}

FilesPart decode_files_part(View message) {
  return parse<schema::FilesPart>(message, "files part", [](schema::FilesPart::Reader r) {
    FilesPart part;
    for (auto e : r.getEntries()) part.entries.push_back(bytes_of(e.getRaw()));
    for (auto offset : r.getChunkOffsets()) part.chunk_offsets.push_back(offset);
    require(part.entries.empty() != part.chunk_offsets.empty(), Code::malformed,
            "files part: entries and chunk offsets must be apart");
    return part;
  });
}

std::size_t room_for_manifest_entry(const ManifestEntry& e) {
  return 96 + 32 + kExhibitBody + (e.sealed_meta.size() + 7) / 8 * 8;
}

Bytes encode(const std::vector<ManifestEntry>& part) {
  std::size_t size = 64;
  for (const auto& e : part) size += room_for_manifest_entry(e);
  return build<schema::ManifestPart>(size, [&](schema::ManifestPart::Builder b) {
    auto list = b.initEntries(static_cast<unsigned>(part.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      const ManifestEntry& e = part[i];
      list[i].setOrdinal(e.ordinal);
      list[i].setCompartment(e.compartment);
      list[i].setChunks(e.chunks);
      list[i].setFilesParts(e.files_parts);
      list[i].setOffset(e.offset);
      list[i].setFilesOffset(e.files_offset);
      list[i].setStoredBytes(e.stored_bytes);
      list[i].setLeaf(blob(e.leaf));
      list[i].setSealedMeta(blob(e.sealed_meta));
      list[i].setSalted(blob(e.salted));
    }
  });
}

std::vector<ManifestEntry> decode_manifest_part(View message) {
  return parse<schema::ManifestPart>(message, "manifest part", [](schema::ManifestPart::Reader r) {
    std::vector<ManifestEntry> part;
    for (auto e : r.getEntries()) {
      part.push_back({e.getOrdinal(),
                      e.getCompartment(),
                      e.getChunks(),
                      e.getFilesParts(),
                      e.getOffset(),
                      e.getFilesOffset(),
                      e.getStoredBytes(),
                      hash_of(e.getLeaf(), "manifest: leaf of wrong length"),
                      bytes_of(e.getSealedMeta()),
                      {}});
      require(e.getSalted().size() == kExhibitBody, Code::malformed, "manifest: salt of wrong length");
      std::copy(e.getSalted().begin(), e.getSalted().end(), part.back().salted.begin());
    }
    require(!part.empty(), Code::malformed, "manifest part: empty");
    return part;
  });
}

namespace {

void put(schema::Exhibit::Builder b, const ExhibitInfo& info) {
  b.setId(text(info.id));
  b.setPath(blob(as_view(info.path)));
  b.setTitle(text(info.title));
  b.setKind(text(info.kind));
  auto row = b.initRow(static_cast<unsigned>(info.row.size()));
  for (unsigned i = 0; i < row.size(); ++i) {
    row[i].setColumn(text(info.row[i].first));
    row[i].setValue(text(info.row[i].second));
  }
}

void put(schema::CaseView::Builder b, const CaseViewInfo& info) {
  auto audience = b.initAudience(static_cast<unsigned>(info.audience.size()));
  for (unsigned i = 0; i < audience.size(); ++i) audience.set(i, text(info.audience[i]));
  auto basis = b.initLegalBasis(static_cast<unsigned>(info.legal_basis.size()));
  for (unsigned i = 0; i < basis.size(); ++i) basis.set(i, text(info.legal_basis[i]));
  b.setReference(text(info.reference));
  b.setTitle(text(info.title));
  b.setRequesting(text(info.requesting));
  b.setPurpose(text(info.purpose));
  b.setHandling(text(info.handling));
  b.setFolderMode(info.folder_mode);
  put(b.initFolderModified(), info.folder_modified);
  if (info.request) put(b.initRequest(), *info.request);
}

ExhibitInfo exhibit_info(schema::Exhibit::Reader r) {
  ExhibitInfo info{from(r.getId()), raw(r.getPath()), from(r.getTitle()), from(r.getKind()), {}};
  for (auto cell : r.getRow()) info.row.emplace_back(from(cell.getColumn()), from(cell.getValue()));
  return info;
}

CaseViewInfo case_view_info(schema::CaseView::Reader r) {
  CaseViewInfo info;
  for (auto name : r.getAudience()) info.audience.push_back(from(name));
  for (auto basis : r.getLegalBasis()) info.legal_basis.push_back(from(basis));
  info.reference = from(r.getReference());
  info.title = from(r.getTitle());
  info.requesting = from(r.getRequesting());
  info.purpose = from(r.getPurpose());
  info.handling = from(r.getHandling());
  info.folder_mode = r.getFolderMode();
  require(info.folder_mode <= 0777, Code::malformed, "case view: mode beyond permission bits");
  info.folder_modified = instant(r.getFolderModified());
  if (r.hasRequest()) info.request = request_from(r.getRequest());
  return info;
}

}  // namespace

namespace {

std::size_t room_for(const ExhibitInfo& info) {
  std::size_t size = info.id.size() + info.path.size() + info.title.size() + info.kind.size();
  for (const auto& [column, value] : info.row) size += column.size() + value.size() + 32;
  return size;
}

std::size_t room_for(const CaseViewInfo& info) {
  std::size_t size = info.reference.size() + info.title.size() + info.requesting.size() +
                     info.purpose.size() + info.handling.size();
  for (const auto& name : info.audience) size += name.size() + 16;
  for (const auto& basis : info.legal_basis) size += basis.size() + 16;
  if (info.request) size += room_for(*info.request);
  return size;
}

}  // namespace

Bytes encode(const ExhibitMeta& meta) {
  const std::size_t size = std::visit([](const auto& about) { return room_for(about); }, meta.about) + 256;
  return build<schema::ExhibitMeta>(size, [&](schema::ExhibitMeta::Builder b) {
    b.setFiles(meta.files);
    b.setBytes(meta.bytes);
    if (const auto* exhibit = std::get_if<ExhibitInfo>(&meta.about))
      put(b.initExhibit(), *exhibit);
    else
      put(b.initCaseView(), std::get<CaseViewInfo>(meta.about));
  });
}

ExhibitMeta decode_exhibit_meta(View message) {
  return parse<schema::ExhibitMeta>(message, "exhibit metadata", [](schema::ExhibitMeta::Reader r) {
    ExhibitMeta meta{r.getFiles(), r.getBytes(), {}};
    if (r.isExhibit())
      meta.about = exhibit_info(r.getExhibit());
    else if (r.isCaseView())
      meta.about = case_view_info(r.getCaseView());
    else
      throw Failure(Code::malformed, "exhibit metadata: unknown kind of stream");
    return meta;
  });
}

}  // namespace exchange
