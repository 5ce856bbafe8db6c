#include "storage/codec/index_codec.h"

#include <algorithm>

#include "base/bytes.h"

namespace mahi {
namespace {

constexpr uint8_t kFormat = 0x01;
constexpr uint8_t kHasRowKey = 0x02;
// Longer strings are read from the row.
constexpr uint32_t kMaxRawChars = 64;

bool IsKeptRaw(const Column& column, const IndexPart& part) {
  return column.type.IsString() && !column.type.IsBlob() && part.prefix_length == 0 &&
         column.type.length <= kMaxRawChars && !column.type.collation_ref().is_memcmp();
}

}  // namespace

IndexCodec::IndexCodec(const TableDefinition& table, const Index& index)
    : key_codec_(table, index), is_unique_(index.is_unique()), row_index_id_(table.row_index_id()) {
  for (size_t i = 0; i < index.parts.size(); ++i) {
    const Column& column = table.columns[index.parts[i].column];
    if (key_codec_.part(i).is_decodable()) {
      sources_.push_back({SourceKind::kPart, index.parts[i].column, static_cast<uint32_t>(i)});
    } else if (IsKeptRaw(column, index.parts[i])) {
      sources_.push_back({SourceKind::kRawOfPart, index.parts[i].column, static_cast<uint32_t>(i)});
      raw_columns_.push_back(index.parts[i].column);
    }
  }
  const Index* primary = table.primary_key();
  if (primary == nullptr) return;
  for (size_t i = 0; i < primary->parts.size(); ++i) {
    const IndexPart& part = primary->parts[i];
    const Column& column = table.columns[part.column];
    row_parts_.emplace_back(column.type, part.prefix_length, part.is_descending, false);
    row_columns_.push_back(part.column);
    const bool is_known = std::any_of(sources_.begin(), sources_.end(),
                                      [&](const Source& source) { return source.column == part.column; });
    if (is_known) continue;
    if (row_parts_.back().is_decodable()) {
      sources_.push_back({SourceKind::kRowPart, part.column, static_cast<uint32_t>(i)});
    } else if (IsKeptRaw(column, part)) {
      sources_.push_back({SourceKind::kRawOfRowPart, part.column, static_cast<uint32_t>(i)});
      raw_columns_.push_back(part.column);
    }
  }
}

bool IndexCodec::Encode(std::span<const Datum> row, std::string_view row_key, const TimeZone* zone, std::string* key,
                        std::string* value) const {
  const bool has_null = key_codec_.EncodeRow(row, zone, key);
  const bool is_unique_entry = is_unique_ && !has_null;
  const std::string_view bare_row_key = row_key.substr(4);
  value->clear();
  value->push_back(static_cast<char>(kFormat | (is_unique_entry ? kHasRowKey : 0)));
  if (is_unique_entry) {
    AppendLengthPrefixed(value, bare_row_key);
  } else {
    key->append(bare_row_key);
  }
  for (uint32_t column : raw_columns_) {
    if (!row[column].is_null) AppendLengthPrefixed(value, row[column].string());
  }
  return is_unique_entry;
}

bool IndexCodec::RowKey(std::string_view key, std::string_view value, std::string* row_key) const {
  if (value.empty() || (value[0] & ~kHasRowKey) != kFormat) return false;
  row_key->clear();
  AppendBig<uint32_t>(row_key, row_index_id_);
  if (value[0] & kHasRowKey) {
    ByteReader reader(value.substr(1));
    std::string_view bytes;
    if (!reader.ReadLengthPrefixed(&bytes)) return false;
    row_key->append(bytes);
    return true;
  }
  if (key.size() < 4) return false;
  key.remove_prefix(4);
  for (size_t i = 0; i < key_codec_.part_count(); ++i) {
    if (!key_codec_.part(i).Skip(&key)) return false;
  }
  row_key->append(key);
  return !key.empty();
}

IndexReader::IndexReader(const IndexCodec* codec, std::vector<uint32_t> ordinals)
    : codec_(codec), ordinals_(std::move(ordinals)) {
  part_output_.assign(codec->key_codec_.part_count(), -1);
  row_part_output_.assign(codec->row_parts_.size(), -1);
  raw_output_.assign(codec->raw_columns_.size(), -1);
  scratch_.resize(ordinals_.size());
  for (size_t i = 0; i < ordinals_.size(); ++i) {
    for (const IndexCodec::Source& source : codec->sources_) {
      if (source.column != ordinals_[i]) continue;
      switch (source.kind) {
        case IndexCodec::SourceKind::kPart:
          part_output_[source.position] = static_cast<int32_t>(i);
          break;
        case IndexCodec::SourceKind::kRowPart:
          row_part_output_[source.position] = static_cast<int32_t>(i);
          needs_row_key_ = true;
          break;
        default: {
          const auto& raw = codec->raw_columns_;
          raw_output_[std::find(raw.begin(), raw.end(), source.column) - raw.begin()] = static_cast<int32_t>(i);
          needs_raw_ = true;
        }
      }
      break;
    }
  }
}

std::vector<bool> IndexReader::Available(const IndexCodec& codec, std::span<const uint32_t> ordinals) {
  std::vector<bool> result;
  for (uint32_t ordinal : ordinals) {
    result.push_back(std::any_of(codec.sources_.begin(), codec.sources_.end(),
                                 [&](const IndexCodec::Source& source) { return source.column == ordinal; }));
  }
  return result;
}

bool IndexReader::Covers(const TableDefinition& table, const Index& index, std::span<const uint32_t> ordinals) {
  if (index.kind == IndexKind::kPrimary) return true;
  if (index.kind == IndexKind::kFulltext || index.kind == IndexKind::kSpatial) return false;
  const std::vector<bool> available = Available(IndexCodec(table, index), ordinals);
  return std::all_of(available.begin(), available.end(), [](bool is_available) { return is_available; });
}

bool IndexReader::GetAll(std::string_view key, std::string_view value, const TimeZone* zone, Datum* datums) {
  if (key.size() < 4 || value.empty() || (value[0] & ~kHasRowKey) != kFormat) return false;
  key.remove_prefix(4);
  // Which parts are NULL decides which raw strings there are.
  uint64_t null_parts = 0;
  for (size_t i = 0; i < part_output_.size(); ++i) {
    const KeyPartCodec& part = codec_->key_codec_.part(i);
    if (!key.empty() && key[0] == (part.is_descending() ? '\xff' : '\0') && part.has_marker()) {
      null_parts |= uint64_t{1} << i;
    }
    const int32_t output = part_output_[i];
    if (output >= 0) {
      if (!part.Decode(&key, zone, &datums[output], &scratch_[output])) return false;
    } else if (!part.Skip(&key)) {
      return false;
    }
  }
  if (!needs_row_key_ && !needs_raw_) return true;
  ByteReader reader(value.substr(1));
  std::string_view row_key = key;
  if (value[0] & kHasRowKey) {
    if (!reader.ReadLengthPrefixed(&row_key)) return false;
  }
  if (needs_row_key_) {
    for (size_t i = 0; i < row_part_output_.size(); ++i) {
      const int32_t output = row_part_output_[i];
      if (output >= 0) {
        if (!codec_->row_parts_[i].Decode(&row_key, zone, &datums[output], &scratch_[output])) return false;
      } else if (!codec_->row_parts_[i].Skip(&row_key)) {
        return false;
      }
    }
  }
  if (!needs_raw_) return true;
  size_t raw = 0;
  for (const IndexCodec::Source& source : codec_->sources_) {
    if (source.kind != IndexCodec::SourceKind::kRawOfPart && source.kind != IndexCodec::SourceKind::kRawOfRowPart) {
      continue;
    }
    const int32_t output = raw_output_[raw++];
    const bool is_null =
        source.kind == IndexCodec::SourceKind::kRawOfPart && (null_parts >> source.position & 1) != 0;
    if (is_null) {
      if (output >= 0) datums[output] = Datum::Null();
      continue;
    }
    std::string_view bytes;
    if (!reader.ReadLengthPrefixed(&bytes)) return false;
    if (output >= 0) datums[output] = Datum::String(bytes);
  }
  return true;
}

}  // namespace mahi
