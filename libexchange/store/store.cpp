#include "libexchange/store/store.h"

#include <sys/stat.h>

#include "libexchange/base/text.h"
#include "libexchange/store/retention.h"
#include "libexchange/store/schema.h"

namespace exchange {

namespace {

constexpr std::string_view kRemote = "remote:";

void make_folder_for(const std::string& database) {
  if (Database::is_server(database)) return;
  const fs::path folder = fs::path(database).parent_path();
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail_errno(printable(folder.native()), errno);
}

Database open_index(const std::string& address) {
  make_folder_for(address);
  Database database = Database::open(address);
  migrate(database, kStoreProduct, store_migrations());
  return database;
}

std::vector<std::string> texts(Database& database, const char* sql) {
  std::vector<std::string> out;
  database.query(sql, {}, [&](const ResultRow& row) { out.push_back(row.text(0)); });
  return out;
}

}  // namespace

StorePlace StorePlace::of(const Home& home, const OpenRemote& open_remote) {
  const auto below_home = [&](const std::string& path) { return fs::absolute(home.folder() / path); };
  const std::string database = home.setting("store").value_or("store/index.sqlite");
  const std::string objects = home.setting("objects").value_or("store/objects");
  StorePlace place{Database::is_server(database) ? database : below_home(database).native(), {}};
  if (objects.starts_with(kRemote))
    place.remote = [open_remote, name = objects.substr(kRemote.size())] { return open_remote(name); };
  else
    place.objects = below_home(objects);
  return place;
}

bool Store::used(const StorePlace& place) {
  if (!Database::is_server(place.database)) return fs::exists(fs::symlink_status(place.database));
  Database database = Database::open(place.database);
  return schema_version(database, kStoreProduct) > 0;
}

Store::Store(const StorePlace& place)
    : database_(open_index(place.database)),
      objects_(place.remote ? place.remote() : folder_objects(place.objects)) {
  finish_arrivals();
  finish_purges(*this);
}

void Store::finish_arrivals() {
  for (const std::string& seal : texts(database_, "select seal from arriving")) {
    const auto lock = DatabaseLock::try_take(database_, lock_of(seal));
    if (!lock) continue;  // it is arriving now
    if (database_.number("select count(*) from arriving where seal = ?", {seal}) == 0) continue;
    objects_->remove({seal, "valise"});
    objects_->remove({seal, "ingested"});
    database_.execute("delete from arriving where seal = ?", {seal});
  }
}

std::uint64_t Store::settle(const RecordEvent& record) {
  std::vector<DueEvent> due;
  database_.query(
      "select event, seal, reference, requesting, exhibits, parties from due order by event, seal", {},
      [&](const ResultRow& row) {
        DueEvent event{row.text(0), row.text(1), row.text(2), row.text(3), {}, row.text(5)};
        const std::string exhibits = row.text(4);
        for (const std::string_view id : split(exhibits, '\n'))
          if (!id.empty()) event.exhibits.emplace_back(id);
        due.push_back(std::move(event));
      });
  if (!record) return due.size();
  for (const DueEvent& event : due) {
    if (!event.exhibits.empty()) record(event);
    step("event recorded");
    database_.execute("delete from due where seal = ? and event = ?", {event.seal, event.event});
  }
  return 0;
}

namespace {
std::function<void(const char*)>& hook() {
  static std::function<void(const char*)> set;
  return set;
}
}  // namespace

void step(const char* name) {
  if (hook()) hook()(name);
}
void set_step_hook(std::function<void(const char*)> next) { hook() = std::move(next); }

}  // namespace exchange
