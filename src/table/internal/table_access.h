// TableAccess: the codecs of one version of a table, made once and shared by scans, lookups and writers.
// Thread safety: immutable.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "storage/codec/index_codec.h"
#include "storage/codec/key_codec.h"
#include "storage/codec/row_codec.h"

namespace mahi {

struct TableAccess {
  TableRef table;
  std::unique_ptr<KeyCodec> primary;                   // null: hidden row id
  StoredRowEncoder row_encoder;
  std::vector<std::unique_ptr<IndexCodec>> indexes;    // by position; null: the primary key, FULLTEXT, SPATIAL
  std::vector<uint32_t> all_ordinals;
  uint32_t row_index_id;

  explicit TableAccess(TableRef definition);
  static std::shared_ptr<const TableAccess> Get(Catalog* catalog, const TableRef& table);
  bool IsRowIndex(uint32_t index) const {
    return index == ~uint32_t{0} || (index < table->indexes.size() && table->indexes[index].kind == IndexKind::kPrimary);
  }
  const KeyCodec* KeyCodecOf(uint32_t index) const {
    return IsRowIndex(index) ? primary.get() : &indexes[index]->key_codec();
  }
  uint32_t IndexIdOf(uint32_t index) const { return IsRowIndex(index) ? row_index_id : table->indexes[index].id; }
};
using TableAccessRef = std::shared_ptr<const TableAccess>;

inline Error DamagedTable(const TableDefinition& table) { return Error(ER_CRASHED_ON_USAGE, table.name); }

// [lower, upper) in bytes; upper empty: to the end.
struct KeyByteInterval {
  std::string lower;
  std::string upper;
  bool is_point = false;  // all parts equal: for a unique key, `lower` is the key
};
// The interval of a range. Ranges over parts with a prefix length may cover more than asked.
KeyByteInterval EncodeRange(const TableDefinition& table, const Index& index, const KeyCodec& codec,
                        const IndexRange& range, const TimeZone* zone);
// All intervals in key order, without overlaps; the whole index when `ranges` is empty.
std::vector<KeyByteInterval> EncodeRanges(const TableAccess& access, uint32_t index, const std::vector<IndexRange>& ranges,
                                      const TimeZone* zone);

// The text of a key in ER_DUP_ENTRY: 1-abc-NULL.
std::string KeyText(const TableDefinition& table, const Index& index, std::span<const Datum> row);

}  // namespace mahi
