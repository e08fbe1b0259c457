// The tables of the index. docs/store.md says what each holds; schema.cpp is their definition.
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "libexchange/store/migrate.h"

namespace exchange {

constexpr std::string_view kStoreProduct = "store";
std::span<const Migration> store_migrations();

// The tables whose rows come out of a bundle and nowhere else. The first column of each is the bundle's
// number.
enum class IndexTable {
  exhibit,
  file,
  person,
  name,
  name_ending,
  identifier,
  identifier_also,
  loss,
  custody_row
};
struct IndexTableInfo {
  std::string_view name;
  std::vector<std::string> columns;
};
const std::vector<IndexTableInfo>& index_tables();  // in the order of the enum

// Columns of `bundle` that say what was sealed; the others are the store's own.
const std::vector<std::string>& sealed_columns();

}  // namespace exchange
