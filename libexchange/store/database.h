// One way to a database: SQLite in a file of its own, or a PostgreSQL server that several share.
//
// SQL is what both know; a `?` stands for a value. Text is UTF-8 without NUL. A Database is one connection:
// one thread at a time. Every call: Failure{unavailable} when the file or the server cannot be used (full,
// locked, read-only, gone), with the remedy; {integrity} when the database file itself is damaged.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libexchange/base/file.h"

namespace exchange {

// A value for a `?`: text, a number, or nothing (SQL null).
class Value {
 public:
  Value(std::nullopt_t) : null_(true) {}
  Value(std::string text) : text_(std::move(text)) {}
  Value(std::string_view text) : text_(text) {}
  Value(const char* text) : text_(text) {}
  Value(std::int64_t number) : text_(std::to_string(number)) {}
  Value(std::uint64_t number) : text_(std::to_string(number)) {}
  Value(int number) : text_(std::to_string(number)) {}
  bool null() const { return null_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool null_ = false;
};
using Values = std::vector<Value>;

// A row of a result. Columns count from 0; a column that is not there is a bug.
class ResultRow {
 public:
  explicit ResultRow(std::vector<std::optional<std::string>> cells) : cells_(std::move(cells)) {}
  std::string text(std::size_t column) const { return cells_.at(column).value_or(""); }  // empty for null
  std::int64_t number(std::size_t column) const;                                         // 0 for null
  bool null(std::size_t column) const { return !cells_.at(column); }
  std::size_t size() const { return cells_.size(); }

 private:
  std::vector<std::optional<std::string>> cells_;
};

class Database {
 public:
  // `address`: "postgresql://…" as libpq reads it, without a password in it (Failure{usage}: use PGPASSFILE
  // or passfile=), or the path of an SQLite file, made with mode 0600 where it is not there (its folder must
  // be). SQLite runs with a write-ahead log, full synchronisation, secure deletion and foreign keys; its
  // temporary files are unnamed, in the same folder.
  static Database open(const std::string& address);
  static bool is_server(std::string_view address);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  bool is_server() const;
  const std::string& name() const;  // for messages; printable

  // Returns the number of rows changed.
  std::uint64_t execute(const std::string& sql, const Values& values = {});
  // Nested queries on the same Database are allowed.
  void query(const std::string& sql, const Values& values, const std::function<void(const ResultRow&)>& row);
  std::optional<ResultRow> first(const std::string& sql, const Values& values = {});
  std::int64_t number(const std::string& sql, const Values& values = {});  // first cell; 0 without a row

  // Deleted rows leave the files as well: SQLite's log is emptied, PostgreSQL's tables are vacuumed in full.
  void scrub();
  // What the database itself finds wrong with its files, one line each; nothing for a server.
  std::vector<std::string> damage();

 private:
  friend class Transaction;
  friend class BulkInsert;
  friend class DatabaseLock;
  struct Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// All of it or nothing: rolled back unless committed. SQLite: takes the write lock at once, so that it never
// fails half-way for another writer. Not nested.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(Transaction&&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

// Many rows into one table, a statement for many rows at a time. Use inside a Transaction, or for a temporary
// table.
class BulkInsert {
 public:
  BulkInsert(Database& database, const std::string& table, const std::vector<std::string>& columns);
  ~BulkInsert();
  BulkInsert(BulkInsert&&) noexcept;
  void add(Values row);  // in column order
  void flush();          // writes what waits; call it last
  std::uint64_t rows() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A named lock between processes, also over the server. Ends with its owner, or with the process, however
// that ends. Must not outlive its Database. Not for use inside a Transaction.
class DatabaseLock {
 public:
  static DatabaseLock take(Database& database, std::string_view name) {
    return std::move(*get(database, name, true));
  }
  // Nothing while anybody else holds it.
  static std::optional<DatabaseLock> try_take(Database& database, std::string_view name) {
    return get(database, name, false);
  }
  DatabaseLock(DatabaseLock&& other) noexcept;
  ~DatabaseLock();

 private:
  static std::optional<DatabaseLock> get(Database& database, std::string_view name, bool wait);
  DatabaseLock(Database* server, Fd file, std::int64_t place)
      : server_(server), file_(std::move(file)), place_(place) {}
  Database* server_;  // of an advisory lock
  Fd file_;           // of a file lock
  std::int64_t place_;
};

}  // namespace exchange
