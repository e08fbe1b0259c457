// Reads the public vectors of tests/vectors.
#pragma once
#include <fstream>
#include <nlohmann/json.hpp>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"

inline nlohmann::json read_json(const std::string& name) {
  std::ifstream in(std::string(TEST_SOURCE_DIR) + "/vectors/" + name);
  return nlohmann::json::parse(in);
}
inline exchange::Bytes hex(const nlohmann::json& value) {
  return exchange::from_hex(value.get<std::string>()).value();
}

inline std::string text_of(const nlohmann::json& value) { return value.get<std::string>(); }

template <std::size_t N>
std::array<std::uint8_t, N> array_of(const exchange::Bytes& bytes) {
  std::array<std::uint8_t, N> out{};
  std::copy_n(bytes.begin(), N, out.begin());
  return out;
}
