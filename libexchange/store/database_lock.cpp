#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/store/database_session.h"

namespace exchange {

namespace {

// A place in the space of locks: of bytes in the lock file, of the server's advisory locks.
std::int64_t place_of(std::string_view name) {
  const Hash hash = sha256(as_view(name));
  return static_cast<std::int64_t>(load_le<std::uint64_t>(View(hash).first(8)) >> 2);
}

// An open file description lock (fcntl(2)): it ends with its descriptor.
bool lock_byte(const Fd& file, std::int64_t place, bool wait, const std::string& name) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = place;
  lock.l_len = 1;
  while (::fcntl(file.get(), wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock) != 0) {
    if (!wait && (errno == EAGAIN || errno == EACCES)) return false;
    if (errno != EINTR) fail_errno(name, errno);
    check_interrupted();
  }
  return true;
}

}  // namespace

std::optional<DatabaseLock> DatabaseLock::get(Database& database, std::string_view name, bool wait) {
  const std::int64_t place = place_of(name);
  if (database.is_server()) {
    const char* sql = wait ? "select 1 from (select pg_advisory_lock(cast(? as bigint))) as locked"
                           : "select case when pg_try_advisory_lock(cast(? as bigint)) then 1 else 0 end";
    if (database.number(sql, {place}) == 0) return std::nullopt;
    return DatabaseLock(&database, Fd(), place);
  }
  Fd file = open_file(fs::path(database.impl_->file) += ".lock", O_RDWR | O_CREAT | O_NOCTTY, 0600);
  if (!lock_byte(file, place, wait, database.name())) return std::nullopt;
  return DatabaseLock(nullptr, std::move(file), place);
}

DatabaseLock::DatabaseLock(DatabaseLock&& other) noexcept
    : server_(std::exchange(other.server_, nullptr)), file_(std::move(other.file_)), place_(other.place_) {}

DatabaseLock::~DatabaseLock() {
  if (!server_) return;
  try {
    server_->number("select case when pg_advisory_unlock(cast(? as bigint)) then 1 else 0 end", {place_});
  } catch (const Failure&) {  // the connection is gone, and the lock with it
  }
}

}  // namespace exchange
