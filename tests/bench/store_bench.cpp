// Times the store. store_bench find DATABASE N...: finds over N identifiers. store_bench ingest DATABASE
// OBJECTS HOME BUNDLE: what verifying takes, and what the index adds.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "libexchange/base/secret.h"
#include "libexchange/store/ingest.h"
#include "libexchange/store/search.h"

using namespace exchange;

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Telephone numbers that are all different, in the order of no index.
std::string number(std::uint64_t i) {
  return fmt::format("+86{:011}", 13'000'000'000 + (i * 7'368'787) % 999'999'937);
}

void fill(Database& database, std::uint64_t from, std::uint64_t to) {
  const auto& table = index_tables()[static_cast<std::size_t>(IndexTable::identifier)];
  Transaction transaction(database);
  BulkInsert rows(database, std::string(table.name), table.columns);
  for (std::uint64_t i = from; i < to; ++i) {
    const std::string n = number(i);
    rows.add({1, "identifiers.csv", i, "value", "e164", n, "valid", "e164:" + n, "EX-01", "", "", ""});
  }
  rows.flush();
  transaction.commit();
}

void find_at(Store& store, std::uint64_t n) {
  std::vector<double> times;
  for (int i = 0; i < 41; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto hits = find(store, number(n / 41 * static_cast<std::uint64_t>(i)), {});
    if (i > 0) times.push_back(seconds_since(start) * 1000);
    ensure(!hits.empty(), "what was put in is found");
  }
  std::ranges::sort(times);
  std::printf("find %llu %.3f %.3f\n", static_cast<unsigned long long>(n), times[times.size() / 2],
              times.back());
  std::fflush(stdout);
}

void bench_find(const std::string& address, const std::vector<std::uint64_t>& sizes) {
  Store store({address, "/nonexistent"});
  std::string columns = "id, state, ingested_at, ingested_by", values = "1, 'kept', '', ''";
  for (const std::string& column : sealed_columns()) {
    columns += ", " + column;
    values += column == "exhibits" || column == "readable" || column == "bytes" ? ", 0" : ", ''";
  }
  store.database().execute("insert into bundle (" + columns + ") values (" + values + ")");
  std::uint64_t filled = 0;
  for (const std::uint64_t n : sizes) {
    for (; filled < n; filled += std::min<std::uint64_t>(n - filled, 100'000))
      fill(store.database(), filled, filled + std::min<std::uint64_t>(n - filled, 100'000));
    if (store.database().is_server()) store.database().execute("analyze");
    find_at(store, n);
  }
}

void bench_ingest(const StorePlace& place, const Home& home, const std::string& file) {
  Store store(place);
  auto mark = std::chrono::steady_clock::now();
  VerifyOptions options;
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  VerifiedBundle bundle = VerifiedBundle::verify(
      file, home,
      [&] {
        std::vector<PrivateKeys> keys;
        keys.push_back(read_key_file(home.own_keys().at(0).file, {}, [](const std::string&) {}));
        return keys;
      },
      options);
  const double verify = seconds_since(mark);
  // What is left to do when the object is kept: the rows were staged meanwhile, or still are.
  double index = 0;
  std::chrono::steady_clock::time_point kept;
  set_step_hook([&](const char* name) {
    if (std::string(name) == "object") kept = std::chrono::steady_clock::now();
    if (std::string(name) == "committed") index = seconds_since(kept);
  });
  mark = std::chrono::steady_clock::now();
  const Ingested in = ingest(store, bundle, {"bench", now(), options.threads}, [](const DueEvent&) {});
  const double all = seconds_since(mark);
  std::printf("ingest %llu %llu %.3f %.3f %.3f\n", static_cast<unsigned long long>(in.files),
              static_cast<unsigned long long>(in.identifiers), verify, index, verify + all);
}

}  // namespace

int main(int argc, char** argv) {
  initialise_secrets();
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() >= 3 && words[0] == "find") {
    std::vector<std::uint64_t> sizes;
    for (std::size_t i = 2; i < words.size(); ++i) sizes.push_back(std::stoull(words[i]));
    bench_find(words[1], sizes);
  } else if (words.size() == 5 && words[0] == "ingest") {
    bench_ingest({words[1], words[2]}, Home(words[3]), words[4]);
  } else {
    std::fputs("store_bench find DATABASE N... | ingest DATABASE OBJECTS HOME BUNDLE\n", stderr);
    return 2;
  }
}
