// The binary form of JSON: reading (JsonView), checking, building, and the mutable tree. docs/formats/json.md.
//
//   document := kind:u8 payload          the length is known from outside
//   payload of
//     null, false, true   -
//     int, uint, double   8 bytes little endian
//     decimal             Decimal::EncodeCompact
//     string              UTF-8 bytes
//     date..timestamp     packed value, 8 bytes little endian
//     opaque              TypeId:u8 bytes
//     array               count:le32 end:le32[count] element*
//     object              count:le32 key_end:le32[count] value_end:le32[count] key* value*
//
// Ends are offsets from the first element, key or value.
#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "types/json.h"

namespace mahi {

namespace {

// Shorter keys first, then by bytes.
bool KeyLess(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

uint32_t LoadOffset(std::string_view bytes, size_t at) {
  return at + 4 <= bytes.size() ? LoadLittle<uint32_t>(bytes.data() + at) : 0;
}

// The part [begin, end) of area, empty when it does not lie within.
std::string_view Part(std::string_view area, uint32_t begin, uint32_t end) {
  return begin <= end && end <= area.size() ? area.substr(begin, end - begin) : std::string_view();
}

std::string_view Area(std::string_view bytes, size_t from) {
  return from <= bytes.size() ? bytes.substr(from) : std::string_view();
}

template <typename T>
std::string MakeFixed(JsonKind kind, T value) {
  std::string document(1, static_cast<char>(kind));
  AppendLittle(&document, value);
  return document;
}

uint64_t LoadPayload(std::string_view bytes) { return bytes.size() >= 9 ? LoadLittle<uint64_t>(bytes.data() + 1) : 0; }

bool IsValidAt(std::string_view d, int depth) {
  if (d.empty() || depth > kMaxJsonDepth) return false;
  JsonKind kind = static_cast<JsonKind>(d[0]);
  switch (kind) {
    case JsonKind::kNull:
    case JsonKind::kFalse:
    case JsonKind::kTrue: return d.size() == 1;
    case JsonKind::kInt:
    case JsonKind::kUInt:
    case JsonKind::kDouble:
    case JsonKind::kDate:
    case JsonKind::kTime:
    case JsonKind::kDateTime:
    case JsonKind::kTimestamp: return d.size() == 9;
    case JsonKind::kDecimal: {
      Decimal decimal;
      return Decimal::DecodeCompact(d.substr(1), &decimal);
    }
    case JsonKind::kString: return WellFormedUtf8Bytes(d.substr(1)) == d.size() - 1;
    case JsonKind::kOpaque: return d.size() >= 2;
    case JsonKind::kArray:
    case JsonKind::kObject: break;
    default: return false;
  }
  if (d.size() < 5) return false;
  uint64_t count = LoadLittle<uint32_t>(d.data() + 1);
  bool is_object = kind == JsonKind::kObject;
  uint64_t header = 5 + count * (is_object ? 8 : 4);
  if (header > d.size()) return false;
  std::string_view area = d.substr(header);
  size_t ends = 5;
  if (is_object) {
    uint32_t begin = 0;
    std::string_view previous;
    for (uint64_t i = 0; i < count; ++i) {
      uint32_t end = LoadOffset(d, 5 + i * 4);
      if (end < begin || end > area.size()) return false;
      std::string_view key = area.substr(begin, end - begin);
      if (WellFormedUtf8Bytes(key) != key.size() || (i > 0 && !KeyLess(previous, key))) return false;
      previous = key;
      begin = end;
    }
    area = area.substr(begin);
    ends = 5 + count * 4;
  }
  uint32_t begin = 0;
  for (uint64_t i = 0; i < count; ++i) {
    uint32_t end = LoadOffset(d, ends + i * 4);
    if (end < begin || end > area.size() || !IsValidAt(area.substr(begin, end - begin), depth + 1)) return false;
    begin = end;
  }
  return begin == area.size();
}

}  // namespace

int64_t JsonView::Int() const { return static_cast<int64_t>(LoadPayload(bytes_)); }
uint64_t JsonView::UInt() const { return LoadPayload(bytes_); }
double JsonView::Double() const {
  uint64_t bits = LoadPayload(bytes_);
  double value;
  std::memcpy(&value, &bits, 8);
  return value;
}
Decimal JsonView::DecimalValue() const {
  Decimal value;
  Decimal::DecodeCompact(Area(bytes_, 1), &value);
  return value;
}
std::string_view JsonView::String() const { return Area(bytes_, kind() == JsonKind::kOpaque ? 2 : 1); }
int64_t JsonView::Temporal() const { return Int(); }
TypeId JsonView::OpaqueType() const {
  return bytes_.size() >= 2 ? static_cast<TypeId>(bytes_[1]) : TypeId::kVarchar;
}

uint32_t JsonView::size() const { return IsContainer() ? LoadOffset(bytes_, 1) : 1; }

JsonView JsonView::Element(uint32_t index) const {
  size_t count = size();
  if (index >= count) return {};
  if (IsArray()) {
    std::string_view area = Area(bytes_, 5 + count * 4);
    uint32_t begin = index == 0 ? 0 : LoadOffset(bytes_, 5 + (index - 1) * size_t{4});
    return JsonView(Part(area, begin, LoadOffset(bytes_, 5 + index * size_t{4})));
  }
  size_t key_bytes = LoadOffset(bytes_, 5 + (count - 1) * 4);
  std::string_view area = Area(bytes_, 5 + count * 8 + key_bytes);
  size_t ends = 5 + count * 4;
  uint32_t begin = index == 0 ? 0 : LoadOffset(bytes_, ends + (index - 1) * size_t{4});
  return JsonView(Part(area, begin, LoadOffset(bytes_, ends + index * size_t{4})));
}

std::string_view JsonView::Key(uint32_t index) const {
  size_t count = size();
  if (!IsObject() || index >= count) return {};
  std::string_view area = Area(bytes_, 5 + count * 8);
  uint32_t begin = index == 0 ? 0 : LoadOffset(bytes_, 5 + (index - 1) * size_t{4});
  return Part(area, begin, LoadOffset(bytes_, 5 + index * size_t{4}));
}

std::optional<JsonView> JsonView::Find(std::string_view key) const {
  if (!IsObject()) return std::nullopt;
  uint32_t low = 0, high = size();
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    std::string_view at = Key(middle);
    if (at == key) return Element(middle);
    if (KeyLess(at, key)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

bool JsonIsValid(std::string_view document) { return IsValidAt(document, 0); }

// --- The tree.

JsonNode JsonNode::FromView(JsonView view) {
  JsonNode node;
  node.kind = view.kind();
  switch (node.kind) {
    case JsonKind::kNull:
    case JsonKind::kFalse:
    case JsonKind::kTrue: break;
    case JsonKind::kInt:
    case JsonKind::kUInt:
    case JsonKind::kDate:
    case JsonKind::kTime:
    case JsonKind::kDateTime:
    case JsonKind::kTimestamp: node.int64 = view.Int(); break;
    case JsonKind::kDouble: node.real = view.Double(); break;
    case JsonKind::kDecimal: node.decimal = view.DecimalValue(); break;
    case JsonKind::kOpaque: node.opaque_type = view.OpaqueType(); [[fallthrough]];
    case JsonKind::kString: node.string = view.String(); break;
    case JsonKind::kArray:
    case JsonKind::kObject: {
      uint32_t count = view.size();
      node.elements.reserve(count);
      for (uint32_t i = 0; i < count; ++i) {
        if (node.kind == JsonKind::kObject) node.keys.emplace_back(view.Key(i));
        node.elements.push_back(FromView(view.Element(i)));
      }
      break;
    }
  }
  return node;
}

void JsonNode::AppendTo(std::string* out) const {
  out->push_back(static_cast<char>(kind));
  switch (kind) {
    case JsonKind::kNull:
    case JsonKind::kFalse:
    case JsonKind::kTrue: return;
    case JsonKind::kInt:
    case JsonKind::kUInt:
    case JsonKind::kDate:
    case JsonKind::kTime:
    case JsonKind::kDateTime:
    case JsonKind::kTimestamp: AppendLittle(out, int64); return;
    case JsonKind::kDouble: AppendLittle(out, real); return;
    case JsonKind::kDecimal: decimal.EncodeCompact(out); return;
    case JsonKind::kOpaque: out->push_back(static_cast<char>(opaque_type)); [[fallthrough]];
    case JsonKind::kString: out->append(string); return;
    case JsonKind::kArray:
    case JsonKind::kObject: break;
  }
  uint32_t count = static_cast<uint32_t>(elements.size());
  AppendLittle(out, count);
  if (kind == JsonKind::kObject) {
    uint32_t end = 0;
    for (const std::string& key : keys) AppendLittle(out, end += static_cast<uint32_t>(key.size()));
  }
  size_t ends = out->size();
  out->append(size_t{count} * 4, '\0');
  if (kind == JsonKind::kObject) {
    for (const std::string& key : keys) out->append(key);
  }
  size_t start = out->size();
  for (uint32_t i = 0; i < count; ++i) {
    elements[i].AppendTo(out);
    uint32_t end = static_cast<uint32_t>(out->size() - start);
    std::memcpy(out->data() + ends + size_t{i} * 4, &end, 4);
  }
}

std::string JsonNode::ToDocument() const {
  std::string document;
  AppendTo(&document);
  return document;
}

int JsonNode::Depth() const {
  int deepest = 0;
  for (const JsonNode& element : elements) deepest = std::max(deepest, element.Depth());
  return deepest + 1;
}

JsonNode* JsonNode::Find(std::string_view key) {
  auto at = std::lower_bound(keys.begin(), keys.end(), key,
                             [](const std::string& a, std::string_view b) { return KeyLess(a, b); });
  if (at == keys.end() || *at != key) return nullptr;
  return &elements[static_cast<size_t>(at - keys.begin())];
}

void JsonNode::SetMember(std::string_view key, JsonNode value) {
  auto at = std::lower_bound(keys.begin(), keys.end(), key,
                             [](const std::string& a, std::string_view b) { return KeyLess(a, b); });
  auto element = elements.begin() + (at - keys.begin());
  if (at != keys.end() && *at == key) {
    *element = std::move(value);
    return;
  }
  keys.insert(at, std::string(key));
  elements.insert(element, std::move(value));
}

// --- Builders.

std::string JsonMakeNull() { return std::string(1, static_cast<char>(JsonKind::kNull)); }
std::string JsonMakeBool(bool value) {
  return std::string(1, static_cast<char>(value ? JsonKind::kTrue : JsonKind::kFalse));
}
std::string JsonMakeInt(int64_t value) { return MakeFixed(JsonKind::kInt, value); }
std::string JsonMakeUInt(uint64_t value) { return MakeFixed(JsonKind::kUInt, value); }
std::string JsonMakeDouble(double value) { return MakeFixed(JsonKind::kDouble, value); }
std::string JsonMakeDecimal(const Decimal& value) {
  std::string document(1, static_cast<char>(JsonKind::kDecimal));
  value.EncodeCompact(&document);
  return document;
}
std::string JsonMakeString(std::string_view utf8) {
  std::string document(1, static_cast<char>(JsonKind::kString));
  document.append(utf8);
  return document;
}
std::string JsonMakeTemporal(int64_t packed, TypeId type) {
  JsonKind kind = type == TypeId::kDate        ? JsonKind::kDate
                  : type == TypeId::kTime      ? JsonKind::kTime
                  : type == TypeId::kTimestamp ? JsonKind::kTimestamp
                                               : JsonKind::kDateTime;
  return MakeFixed(kind, packed);
}
std::string JsonMakeOpaque(std::string_view bytes, TypeId type) {
  std::string document(1, static_cast<char>(JsonKind::kOpaque));
  document.push_back(static_cast<char>(type));
  document.append(bytes);
  return document;
}

std::string JsonMakeArray(const std::vector<JsonView>& elements) {
  std::string document(1, static_cast<char>(JsonKind::kArray));
  AppendLittle(&document, static_cast<uint32_t>(elements.size()));
  uint32_t end = 0;
  for (const JsonView& element : elements) {
    AppendLittle(&document, end += static_cast<uint32_t>(element.bytes().size()));
  }
  for (const JsonView& element : elements) document.append(element.bytes());
  return document;
}

std::string JsonMakeObject(const std::vector<std::pair<std::string, JsonView>>& members) {
  std::vector<size_t> order(members.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return KeyLess(members[a].first, members[b].first); });
  // Of equal keys the last stays.
  std::vector<size_t> kept;
  for (size_t i : order) {
    if (!kept.empty() && members[kept.back()].first == members[i].first) {
      kept.back() = i;
    } else {
      kept.push_back(i);
    }
  }
  std::string document(1, static_cast<char>(JsonKind::kObject));
  AppendLittle(&document, static_cast<uint32_t>(kept.size()));
  uint32_t end = 0;
  for (size_t i : kept) AppendLittle(&document, end += static_cast<uint32_t>(members[i].first.size()));
  end = 0;
  for (size_t i : kept) AppendLittle(&document, end += static_cast<uint32_t>(members[i].second.bytes().size()));
  for (size_t i : kept) document.append(members[i].first);
  for (size_t i : kept) document.append(members[i].second.bytes());
  return document;
}

Result<std::string> JsonFromDatum(const Datum& value, const SqlType& type, bool is_boolean) {
  if (value.is_null) return JsonMakeNull();
  switch (value.kind) {
    case PhysicalType::kInt64:
      if (is_boolean) return JsonMakeBool(value.int64 != 0);
      return JsonMakeInt(value.int64);
    case PhysicalType::kUInt64:
      if (is_boolean) return JsonMakeBool(value.uint64 != 0);
      if (type.id == TypeId::kEnum || type.id == TypeId::kSet) {
        std::string text;
        if (type.members != nullptr) {
          std::string joined;
          bool is_enum = type.id == TypeId::kEnum;
          for (size_t i = 0; i < type.members->size(); ++i) {
            if (is_enum ? value.uint64 != i + 1 : i >= 64 || (value.uint64 >> i & 1) == 0) continue;
            if (!text.empty()) text += ',';
            ConvertCharset((*type.members)[i], type.charset(), GetCharset(CharsetId::kUtf8mb4), &text);
          }
        }
        return JsonMakeString(text);
      }
      if (type.id == TypeId::kBit) {
        std::string bytes;
        for (int shift = static_cast<int>((type.length + 7) / 8 - 1) * 8; shift >= 0; shift -= 8) {
          bytes.push_back(static_cast<char>(value.uint64 >> shift));
        }
        return JsonMakeOpaque(bytes, TypeId::kBit);
      }
      return JsonMakeUInt(value.uint64);
    case PhysicalType::kDouble: return JsonMakeDouble(value.real);
    case PhysicalType::kDecimal: return JsonMakeDecimal(value.decimal());
    case PhysicalType::kTemporal: return JsonMakeTemporal(value.int64, type.id);
    case PhysicalType::kJson: return std::string(value.string());
    case PhysicalType::kString: break;
  }
  const Charset& charset = type.charset();
  if (charset.is_binary()) return JsonMakeOpaque(value.string(), type.IsString() ? type.id : TypeId::kVarchar);
  std::string text;
  ConvertCharset(value.string(), charset, GetCharset(CharsetId::kUtf8mb4), &text);
  if (charset.id == CharsetId::kUtf8mb4 && WellFormedUtf8Bytes(text) != text.size()) {
    return Error(ER_INVALID_JSON_CHARSET, "binary");
  }
  return JsonMakeString(text);
}

}  // namespace mahi
