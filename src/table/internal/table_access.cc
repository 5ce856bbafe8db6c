#include "table/internal/table_access.h"

#include <algorithm>

#include "types/conversion.h"

namespace mahi {

TableAccess::TableAccess(TableRef definition)
    : table(std::move(definition)), row_encoder(*table), row_index_id(table->row_index_id()) {
  if (const Index* key = table->primary_key()) primary = std::make_unique<KeyCodec>(*table, *key);
  for (const Index& index : table->indexes) {
    const bool is_stored = index.kind == IndexKind::kUnique || index.kind == IndexKind::kSecondary;
    indexes.push_back(is_stored ? std::make_unique<IndexCodec>(*table, index) : nullptr);
  }
  for (uint32_t i = 0; i < table->columns.size(); ++i) all_ordinals.push_back(i);
}

TableAccessRef TableAccess::Get(Catalog* catalog, const TableRef& table) {
  TableStateRef state = catalog->State(table->id);
  auto cached = std::static_pointer_cast<const TableAccess>(state->access());
  if (cached && cached->table == table) return cached;
  auto made = std::make_shared<TableAccess>(table);
  state->set_access(made);
  return made;
}

KeyByteInterval EncodeRange(const TableDefinition& table, const Index& index, const KeyCodec& codec,
                        const IndexRange& range, const TimeZone* zone) {
  const size_t longest = std::max(range.lower.size(), range.upper.size());
  const bool is_descending = longest != 0 ? codec.part(longest - 1).is_descending()
                             : range.excludes_null && codec.part(0).is_descending();
  const std::vector<Datum>& low = is_descending ? range.upper : range.lower;
  const std::vector<Datum>& high = is_descending ? range.lower : range.upper;
  bool includes_low = is_descending ? range.is_upper_inclusive : range.is_lower_inclusive;
  bool includes_high = is_descending ? range.is_lower_inclusive : range.is_upper_inclusive;
  // A bound that is shorter than the other is an equality prefix; a cut value stands for all that begin like it.
  if (low.size() < longest) includes_low = true;
  if (high.size() < longest) includes_high = true;
  if (longest != 0 && index.parts[longest - 1].prefix_length != 0) includes_low = includes_high = true;

  KeyByteInterval interval;
  codec.EncodePrefix(low, zone, &interval.lower);
  std::string high_bytes;
  codec.EncodePrefix(high, zone, &high_bytes);
  interval.is_point = includes_low && includes_high && low.size() == high.size() && low.size() == codec.part_count() &&
                      interval.lower == high_bytes &&
                      std::none_of(low.begin(), low.end(), [](const Datum& value) { return value.is_null; });
  const size_t bounded = std::min(range.lower.size(), range.upper.size());
  const bool skips_null = range.excludes_null && bounded < codec.part_count() && codec.part(bounded).has_marker();
  if (!includes_low) {
    interval.lower = PrefixSuccessor(interval.lower);
  } else if (skips_null && !is_descending && low.size() == bounded) {
    interval.lower.push_back('\x01');
  }
  if (!includes_high) {
    interval.upper = std::move(high_bytes);
  } else if (skips_null && is_descending && high.size() == bounded) {
    interval.upper = std::move(high_bytes);
    interval.upper.push_back('\xff');
  } else {
    interval.upper = PrefixSuccessor(high_bytes);
  }
  return interval;
}

std::vector<KeyByteInterval> EncodeRanges(const TableAccess& access, uint32_t index, const std::vector<IndexRange>& ranges,
                                      const TimeZone* zone) {
  std::vector<KeyByteInterval> result;
  const KeyCodec* codec = access.KeyCodecOf(index);
  if (ranges.empty() || codec == nullptr) {
    KeyByteInterval all;
    all.lower = IndexPrefix(access.IndexIdOf(index));
    all.upper = PrefixSuccessor(all.lower);
    result.push_back(std::move(all));
    return result;
  }
  const Index& definition = access.IsRowIndex(index) ? access.table->indexes[0] : access.table->indexes[index];
  for (const IndexRange& range : ranges) {
    KeyByteInterval interval = EncodeRange(*access.table, definition, *codec, range, zone);
    if (interval.upper.empty() || interval.lower < interval.upper) result.push_back(std::move(interval));
  }
  if (result.size() < 2) return result;
  std::sort(result.begin(), result.end(),
            [](const KeyByteInterval& a, const KeyByteInterval& b) { return a.lower < b.lower; });
  size_t last = 0;
  for (size_t i = 1; i < result.size(); ++i) {
    KeyByteInterval& previous = result[last];
    const bool overlaps = previous.upper.empty() || result[i].lower < previous.upper;
    if (!overlaps) {
      ++last;
      if (last != i) result[last] = std::move(result[i]);
      continue;
    }
    const bool is_same = previous.is_point && result[i].is_point && previous.lower == result[i].lower;
    if (!previous.upper.empty() && (result[i].upper.empty() || result[i].upper > previous.upper)) {
      previous.upper = std::move(result[i].upper);
    }
    previous.is_point = is_same;
  }
  result.resize(last + 1);
  return result;
}

std::string KeyText(const TableDefinition& table, const Index& index, std::span<const Datum> row) {
  std::string text;
  for (const IndexPart& part : index.parts) {
    if (&part != &index.parts.front()) text.push_back('-');
    const Datum& value = row[part.column];
    const SqlType& type = table.columns[part.column].type;
    if (value.is_null) {
      text.append("NULL");
      continue;
    }
    std::string_view bytes;
    std::string scratch;
    if (type.IsString()) {
      bytes = value.string();
      const Charset& charset = type.charset();
      if (part.prefix_length != 0) bytes = bytes.substr(0, charset.ByteOffset(bytes, part.prefix_length));
      if (charset.id != CharsetId::kBinary && charset.id != CharsetId::kUtf8mb4) {
        (void)ConvertCharset(bytes, charset, GetCharset(CharsetId::kUtf8mb4), &scratch);
        bytes = scratch;
      }
    } else {
      bytes = DatumTextView(value, type, &scratch);
    }
    text.append(bytes);
  }
  return text;
}

}  // namespace mahi
