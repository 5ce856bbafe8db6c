// Encodes the entries of secondary indexes, and reads columns back from them.
//
//   entry key   := index_id parts row_key      non-unique indexes, and unique ones when a part is NULL
//                | index_id parts              unique indexes
//   entry value := flags:u8 [length:varint row_key] raw*
//   flags       := 0x01 (format), +0x02: row_key is in the value
//   raw         := length:varint bytes         each short string of the parts, then of the primary key, that cannot be
//                                              decoded from the key and is not NULL
//
// row_key is the row's key without its index id. An index covers the columns of its parts and of the primary key that are
// decodable or kept raw.
// Source: docs/formats/keys.md. Thread safety: IndexCodec is immutable; an IndexReader belongs to one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/table_definition.h"
#include "storage/codec/key_codec.h"

namespace mahi {

class IndexCodec {
 public:
  // REQUIRES: `index` is a secondary index of `table`.
  IndexCodec(const TableDefinition& table, const Index& index);

  const KeyCodec& key_codec() const { return key_codec_; }
  bool is_unique() const { return is_unique_; }
  // Replaces `key`, `value` by the entry of `row`. `row_key` carries its index id. True when the key alone must
  // be unique (a unique index and no part NULL).
  bool Encode(std::span<const Datum> row, std::string_view row_key, const TimeZone* zone, std::string* key,
              std::string* value) const;
  // The row key (with its index id) of an entry; false when the bytes are damaged.
  bool RowKey(std::string_view key, std::string_view value, std::string* row_key) const;

 private:
  friend class IndexReader;
  // A column that can be read from an entry.
  enum class SourceKind : uint8_t { kPart, kRowPart, kRawOfPart, kRawOfRowPart };
  struct Source {
    SourceKind kind;
    uint32_t column;
    uint32_t position;  // of the part
  };
  KeyCodec key_codec_;
  bool is_unique_;
  uint32_t row_index_id_;
  std::vector<KeyPartCodec> row_parts_;   // of the primary key; empty: hidden row id
  std::vector<uint32_t> row_columns_;
  std::vector<uint32_t> raw_columns_;     // kept in the value, in this order
  std::vector<Source> sources_;
};

class IndexReader {
 public:
  // REQUIRES: Covers(codec, ordinals).
  IndexReader(const IndexCodec* codec, std::vector<uint32_t> ordinals);
  static bool Covers(const TableDefinition& table, const Index& index, std::span<const uint32_t> ordinals);
  // Which of `ordinals` the index holds.
  static std::vector<bool> Available(const IndexCodec& codec, std::span<const uint32_t> ordinals);

  // datums[i] is column ordinals[i]; strings are views of `value` or live in the reader until the next call.
  bool GetAll(std::string_view key, std::string_view value, const TimeZone* zone, Datum* datums);

 private:
  const IndexCodec* codec_;
  std::vector<uint32_t> ordinals_;
  std::vector<int32_t> part_output_;      // for each index part: output or -1
  std::vector<int32_t> row_part_output_;
  std::vector<int32_t> raw_output_;
  bool needs_row_key_ = false;
  bool needs_raw_ = false;
  std::vector<DatumScratch> scratch_;
};

}  // namespace mahi
