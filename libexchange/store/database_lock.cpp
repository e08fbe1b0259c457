#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "libexchange/store/database_session.h"

namespace exchange {

namespace {

constexpr const char* kAdvisoryKey = "1986096245";  // any number that no other program uses here

Fd lock_file(const fs::path& database) {
  return open_file(fs::path(database) += ".lock", O_RDWR | O_CREAT | O_NOCTTY, 0600);
}

}  // namespace

DatabaseLock DatabaseLock::shared(Database& database) {
  if (database.is_server()) {
    database.query("select pg_advisory_lock_shared(" + std::string(kAdvisoryKey) + ")::text", {},
                   [](const ResultRow&) {});
    return {&database, Fd(), false};
  }
  Fd file = lock_file(database.impl_->file);
  while (::flock(file.get(), LOCK_SH) != 0) {
    if (errno != EINTR) fail_errno(database.name(), errno);
    check_interrupted();
  }
  return {nullptr, std::move(file), false};
}

std::optional<DatabaseLock> DatabaseLock::try_exclusive(Database& database) {
  if (database.is_server()) {
    if (database.number("select case when pg_try_advisory_lock(" + std::string(kAdvisoryKey) +
                        ") then 1 else 0 end") == 0)
      return std::nullopt;
    return DatabaseLock(&database, Fd(), true);
  }
  Fd file = lock_file(database.impl_->file);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return DatabaseLock(nullptr, std::move(file), true);
  if (errno != EWOULDBLOCK) fail_errno(database.name(), errno);
  return std::nullopt;
}

DatabaseLock::DatabaseLock(DatabaseLock&& other) noexcept
    : server_(std::exchange(other.server_, nullptr)),
      file_(std::move(other.file_)),
      exclusive_(other.exclusive_) {}

DatabaseLock::~DatabaseLock() {
  if (!server_) return;
  try {
    server_->query("select pg_advisory_unlock" + std::string(exclusive_ ? "" : "_shared") + "(" +
                       kAdvisoryKey + ")::text",
                   {}, [](const ResultRow&) {});
  } catch (const Failure&) {  // the connection is gone, and the lock with it
  }
}

}  // namespace exchange
