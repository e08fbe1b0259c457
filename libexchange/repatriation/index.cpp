#include "libexchange/repatriation/index.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <type_traits>

namespace exchange::repatriation {

namespace {

// Bump the number when a description below changes.
constexpr std::string_view kMagic = "valise-repatriation-index/1\n";
constexpr std::size_t kEntry = 32 + 8 + 4;

// One description of each type serves for writing and for reading.
template <class Archive>
void describe(Archive& a, Instant& t) {
  a(t.seconds, t.nanoseconds);
}
template <class Archive>
void describe(Archive& a, LocalTime& t) {
  a(t.at, t.offset_minutes);
}
template <class Archive>
void describe(Archive& a, Gate& g) {
  a(g.name, g.value, g.at, g.by);
}
template <class Archive>
void describe(Archive& a, Contradiction& c) {
  a(c.about, c.values, c.events);
}
template <class Archive>
void describe(Archive& a, Due& d) {
  a(d.rule, d.at);
}
template <class Archive>
void describe(Archive& a, Passage& p) {
  a(p.state, p.at);
}
template <class Archive>
void describe(Archive& a, Standing& s) {
  a(s.state, s.since, s.path, s.gates, s.contradictions, s.due);
}
template <class Archive, Track T>
void describe(Archive& a, Record<T>& r) {
  a(r.standing);
}
template <class Archive>
void describe(Archive& a, std::pair<std::string, std::string>& p) {
  a(p.first, p.second);
}
template <class Archive>
void describe(Archive& a, Person& p) {
  a(p.id, p.facts, p.assisted, p.suspect, p.first_report, p.joined_to, p.contradictions, p.not_counted);
}
template <class Archive>
void describe(Archive& a, Head& h) {
  a(h.among, h.id);
}
template <class Archive>
void describe(Archive& a, Indexed& i) {
  a(i.person, i.heads, i.first, i.count);
}
template <class Archive>
void describe(Archive& a, IndexData& d) {
  a(d.tables, d.fingerprint, d.covered, d.people);
}

class Packer {
 public:
  template <class A, class B, class... More>
  void operator()(A& first, B& second, More&... more) {
    (*this)(first);
    (*this)(second);
    ((*this)(more), ...);
  }
  template <class T>
  void operator()(T& value) {
    if constexpr (std::is_integral_v<T>)
      append(out, le(value));
    else
      describe(*this, value);
  }
  void operator()(std::string& text) {
    append(out, le(static_cast<std::uint32_t>(text.size())));
    append(out, as_view(text));
  }
  void operator()(Hash& hash) { append(out, hash); }
  template <class T>
  void operator()(std::vector<T>& list) {
    append(out, le(static_cast<std::uint32_t>(list.size())));
    for (T& item : list) (*this)(item);
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    out.push_back(value.has_value());
    if (value) (*this)(*value);
  }
  Bytes out;
};

struct NotWhole {};

class Unpacker {
 public:
  explicit Unpacker(View bytes) : rest_(bytes) {}
  template <class A, class B, class... More>
  void operator()(A& first, B& second, More&... more) {
    (*this)(first);
    (*this)(second);
    ((*this)(more), ...);
  }
  template <class T>
  void operator()(T& value) {
    if constexpr (std::is_integral_v<T>)
      value = load_le<T>(take(sizeof(T)));
    else
      describe(*this, value);
  }
  void operator()(std::string& text) { text = as_text(take(length())); }
  void operator()(Hash& hash) {
    const View bytes = take(hash.size());
    std::copy(bytes.begin(), bytes.end(), hash.begin());
  }
  template <class T>
  void operator()(std::vector<T>& list) {
    const std::size_t n = length();
    if (n > rest_.size()) throw NotWhole{};
    list.resize(n);
    for (T& item : list) (*this)(item);
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    if (take(1)[0] != 0) (*this)(value.emplace());
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::size_t length() { return load_le<std::uint32_t>(take(4)); }
  View take(std::size_t n) {
    if (n > rest_.size()) throw NotWhole{};
    const View out = rest_.first(n);
    rest_ = rest_.subspan(n);
    return out;
  }
  View rest_;
};

}  // namespace

// The file: magic, length of the people's part, that part, entries.
std::optional<IndexFile> IndexFile::open(const fs::path& file, IndexData& data) try {
  if (!fs::exists(file)) return std::nullopt;
  Fd fd = open_file(file, O_RDONLY);
  Bytes head(kMagic.size() + 8);
  read_exact_at(fd.get(), head, 0, file.string());
  if (as_text(head).substr(0, kMagic.size()) != kMagic) return std::nullopt;
  struct stat s {};
  if (::fstat(fd.get(), &s) != 0) return std::nullopt;
  const auto length = load_le<std::uint64_t>(View(head).subspan(kMagic.size()));
  if (length > static_cast<std::uint64_t>(s.st_size)) return std::nullopt;
  Bytes body(static_cast<std::size_t>(length));
  read_exact_at(fd.get(), body, head.size(), file.string());
  Unpacker unpack(body);
  unpack(data);
  if (!unpack.at_end()) return std::nullopt;
  return IndexFile(std::move(fd), head.size() + length, file.string());
} catch (const NotWhole&) {
  return std::nullopt;
} catch (const Failure& f) {
  if (f.code() == Code::interrupted) throw;
  return std::nullopt;
}

std::vector<Entry> IndexFile::entries(std::uint64_t first, std::uint64_t count) const {
  Bytes bytes(static_cast<std::size_t>(count) * kEntry);
  if (!bytes.empty()) read_exact_at(fd_.get(), bytes, begin_ + first * kEntry, name_);
  std::vector<Entry> entries(static_cast<std::size_t>(count));
  View rest(bytes);
  for (Entry& e : entries) {
    std::copy_n(rest.begin(), 32, e.id.begin());
    e.place = {load_le<std::uint64_t>(rest.subspan(32)), load_le<std::uint32_t>(rest.subspan(40))};
    rest = rest.subspan(kEntry);
  }
  return entries;
}

void write_index(const fs::path& file, const IndexData& data, const std::vector<Entry>& entries) {
  Packer pack;
  pack(const_cast<IndexData&>(data));
  OutputFile out(file, OutputFile::Existing::replace, 0600);
  out.write(as_view(kMagic));
  out.write(le(static_cast<std::uint64_t>(pack.out.size())));
  out.write(pack.out);
  Bytes bytes;
  bytes.reserve(entries.size() * kEntry);
  for (const Entry& e : entries) {
    append(bytes, e.id);
    append(bytes, le(e.place.offset));
    append(bytes, le(e.place.length));
  }
  out.write(bytes);
  out.commit();
}

}  // namespace exchange::repatriation
