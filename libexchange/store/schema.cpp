#include "libexchange/store/schema.h"

#include <array>

namespace exchange {

namespace {

constexpr std::array kMigrations = {
    Migration{"what came in", R"(
create table bundle (
  id bigint primary key,
  seal {text} not null unique,
  bundle_id {text} not null unique,
  state {text} not null,
  ingested_at {text} not null,
  ingested_by {text} not null,
  purged_at {text},
  reference {text} not null,
  requesting {text} not null,
  title {text} not null,
  type {text} not null,
  channel {text} not null,
  purpose {text} not null,
  legal_basis {text} not null,
  evidential_use {text} not null,
  tlp {text} not null,
  handling_code {text} not null,
  onward {text} not null,
  review_on {text} not null,
  delete_after {text} not null,
  signer {text} not null,
  agency {text} not null,
  country {text} not null,
  sealed_at {text} not null,
  parent {text} not null,
  exhibits bigint not null,
  readable bigint not null,
  bytes bigint not null,
  tail {text} not null);
create index bundle_case on bundle (reference, requesting);
create table counter (name {text} primary key, value bigint not null);
insert into counter (name, value) values ('bundle', 0);
create table arriving (seal {text} primary key);
create table due (
  seal {text} not null,
  event {text} not null,
  reference {text} not null,
  requesting {text} not null,
  exhibits {text} not null,
  parties {text} not null,
  primary key (seal, event));
create table exhibit (
  bundle bigint not null references bundle (id),
  id {text} not null,
  title {text} not null,
  kind {text} not null,
  parent {text} not null,
  handling {text} not null,
  seized_at {text} not null,
  seized_place {text} not null,
  files bigint not null,
  bytes bigint not null);
create index exhibit_bundle on exhibit (bundle);
create index exhibit_id on exhibit (id);
create table file (
  bundle bigint not null references bundle (id),
  exhibit {text} not null,
  path {text} not null,
  kind {text} not null,
  size bigint not null,
  sha256 {text});
create index file_bundle on file (bundle);
create index file_sha256 on file (sha256);
create table person (
  bundle bigint not null references bundle (id),
  id {text} not null,
  role {text} not null,
  minor {text} not null,
  born {text} not null,
  nationality {text} not null);
create index person_bundle on person (bundle, id);
create table name (
  bundle bigint not null references bundle (id),
  person {text} not null,
  form {text} not null,
  name {text} not null,
  folded {text} not null);
create index name_bundle on name (bundle, person);
create table name_ending (
  bundle bigint not null references bundle (id),
  person {text} not null,
  form {text} not null,
  ending {text} not null);
create index name_ending_bundle on name_ending (bundle);
create index name_ending_ending on name_ending (ending);
create table identifier (
  bundle bigint not null references bundle (id),
  sheet {text} not null,
  line bigint not null,
  cell {text} not null,
  type {text} not null,
  value {text} not null,
  status {text} not null,
  key {text} not null,
  exhibit {text} not null,
  person {text} not null,
  first_seen {text} not null,
  last_seen {text} not null);
create index identifier_row on identifier (bundle, sheet, line);
create index identifier_key on identifier (key);
create table identifier_also (
  bundle bigint not null references bundle (id),
  sheet {text} not null,
  line bigint not null,
  cell {text} not null,
  key {text} not null);
create index identifier_also_bundle on identifier_also (bundle);
create index identifier_also_key on identifier_also (key);
create table loss (
  bundle bigint not null references bundle (id),
  line bigint not null,
  victim {text} not null,
  from_account {text} not null,
  to_account {text} not null,
  amount {text} not null,
  currency {text} not null,
  at {text} not null,
  status {text} not null);
create index loss_bundle on loss (bundle);
create table custody_row (
  bundle bigint not null references bundle (id),
  line bigint not null,
  exhibit {text} not null,
  at {text} not null,
  event {text} not null,
  actor {text} not null,
  role {text} not null,
  agency {text} not null,
  place {text} not null);
create index custody_row_bundle on custody_row (bundle);
)"},
    Migration{"who searched, and why", R"(
create table search (
  at {text} not null,
  who {text} not null,
  command {text} not null,
  for_case {text} not null,
  reason {text} not null,
  query_sha256 {text} not null,
  hits bigint not null);
create index search_at on search (at);
)"},
    Migration{"legal holds, corrections", R"(
create table hold (
  reference {text} not null,
  requesting {text} not null,
  placed_at {text} not null,
  placed_by {text} not null,
  until {text} not null,
  reason {text} not null,
  released_at {text},
  released_by {text},
  release_reason {text});
create index hold_case on hold (reference, requesting);
create table correction (
  id {text} primary key,
  seal {text} not null,
  scope {text} not null,
  subject {text} not null,
  action {text} not null,
  reason {text} not null,
  made_at {text} not null,
  signer {text} not null,
  accepted_at {text} not null);
create index correction_seal on correction (seal);
)"},
    // A server would look up the bundle once for every row. Rows come and go with their bundle in one
    // transaction, and `store check` compares them in both directions.
    Migration{"rows without a look-up each", R"(
{server} alter table exhibit drop constraint if exists exhibit_bundle_fkey;
{server} alter table file drop constraint if exists file_bundle_fkey;
{server} alter table person drop constraint if exists person_bundle_fkey;
{server} alter table name drop constraint if exists name_bundle_fkey;
{server} alter table name_ending drop constraint if exists name_ending_bundle_fkey;
{server} alter table identifier drop constraint if exists identifier_bundle_fkey;
{server} alter table identifier_also drop constraint if exists identifier_also_bundle_fkey;
{server} alter table loss drop constraint if exists loss_bundle_fkey;
{server} alter table custody_row drop constraint if exists custody_row_bundle_fkey;
)"},
};

}  // namespace

std::span<const Migration> store_migrations() { return kMigrations; }

const std::vector<IndexTableInfo>& index_tables() {
  static const std::vector<IndexTableInfo> tables = {
      {"exhibit",
       {"bundle", "id", "title", "kind", "parent", "handling", "seized_at", "seized_place", "files",
        "bytes"}},
      {"file", {"bundle", "exhibit", "path", "kind", "size", "sha256"}},
      {"person", {"bundle", "id", "role", "minor", "born", "nationality"}},
      {"name", {"bundle", "person", "form", "name", "folded"}},
      {"name_ending", {"bundle", "person", "form", "ending"}},
      {"identifier",
       {"bundle", "sheet", "line", "cell", "type", "value", "status", "key", "exhibit", "person",
        "first_seen", "last_seen"}},
      {"identifier_also", {"bundle", "sheet", "line", "cell", "key"}},
      {"loss",
       {"bundle", "line", "victim", "from_account", "to_account", "amount", "currency", "at", "status"}},
      {"custody_row", {"bundle", "line", "exhibit", "at", "event", "actor", "role", "agency", "place"}},
  };
  return tables;
}

const std::vector<std::string>& sealed_columns() {
  static const std::vector<std::string> columns = {
      "seal",      "bundle_id", "reference",    "requesting",     "title",  "type",
      "channel",   "purpose",   "legal_basis",  "evidential_use", "tlp",    "handling_code",
      "onward",    "review_on", "delete_after", "signer",         "agency", "country",
      "sealed_at", "parent",    "exhibits",     "readable",       "bytes",  "tail"};
  return columns;
}

}  // namespace exchange
