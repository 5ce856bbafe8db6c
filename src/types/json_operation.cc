// Operations on whole JSON values: order, containment, merging, and their values in SQL.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/bytes.h"
#include "types/conversion.h"
#include "types/json.h"
#include "types/temporal.h"

namespace mahi {

namespace {

// Precedence, low to high. Source: manual, "Comparison and Ordering of JSON Values".
int Rank(JsonView view) {
  switch (view.kind()) {
    case JsonKind::kNull: return 0;
    case JsonKind::kInt:
    case JsonKind::kUInt:
    case JsonKind::kDouble:
    case JsonKind::kDecimal: return 1;
    case JsonKind::kString: return 2;
    case JsonKind::kObject: return 3;
    case JsonKind::kArray: return 4;
    case JsonKind::kFalse:
    case JsonKind::kTrue: return 5;
    case JsonKind::kDate: return 6;
    case JsonKind::kTime: return 7;
    case JsonKind::kDateTime:
    case JsonKind::kTimestamp: return 8;
    case JsonKind::kOpaque:
      switch (view.OpaqueType()) {
        case TypeId::kBit: return 10;
        case TypeId::kTinyText:
        case TypeId::kText:
        case TypeId::kMediumText:
        case TypeId::kLongText: return 11;
        default: return 9;
      }
  }
  return 12;
}

// Exact for every 64-bit integer: long double has a 64-bit mantissa on x86-64; elsewhere close enough for an order.
long double Real(JsonView view) {
  switch (view.kind()) {
    case JsonKind::kInt: return static_cast<long double>(view.Int());
    case JsonKind::kUInt: return static_cast<long double>(view.UInt());
    case JsonKind::kDouble: return view.Double();
    default: return view.DecimalValue().ToDouble();
  }
}

Decimal Exact(JsonView view) {
  switch (view.kind()) {
    case JsonKind::kInt: return Decimal::FromInt64(view.Int());
    case JsonKind::kUInt: return Decimal::FromUInt64(view.UInt());
    default: return view.DecimalValue();
  }
}

int CompareNumbers(JsonView a, JsonView b) {
  if (a.kind() != JsonKind::kDouble && b.kind() != JsonKind::kDouble) {
    if (a.kind() == JsonKind::kInt && b.kind() == JsonKind::kInt) return a.Int() < b.Int() ? -1 : a.Int() > b.Int();
    return Exact(a).Compare(Exact(b));
  }
  long double x = Real(a), y = Real(b);
  return x < y ? -1 : x > y;
}

int Sign(int order) { return order < 0 ? -1 : order > 0; }

int CompareAt(JsonView a, JsonView b, int depth) {
  int rank_a = Rank(a), rank_b = Rank(b);
  if (rank_a != rank_b) return rank_a < rank_b ? -1 : 1;
  if (depth > kMaxJsonDepth) return 0;
  switch (a.kind()) {
    case JsonKind::kNull: return 0;
    case JsonKind::kInt:
    case JsonKind::kUInt:
    case JsonKind::kDouble:
    case JsonKind::kDecimal: return CompareNumbers(a, b);
    case JsonKind::kString:
    case JsonKind::kOpaque: return Sign(a.String().compare(b.String()));
    case JsonKind::kFalse:
    case JsonKind::kTrue: return static_cast<int>(a.kind()) - static_cast<int>(b.kind());
    case JsonKind::kDate:
    case JsonKind::kTime:
    case JsonKind::kDateTime:
    case JsonKind::kTimestamp: return a.Temporal() < b.Temporal() ? -1 : a.Temporal() > b.Temporal();
    case JsonKind::kArray: {
      uint32_t common = std::min(a.size(), b.size());
      for (uint32_t i = 0; i < common; ++i) {
        if (int order = CompareAt(a.Element(i), b.Element(i), depth + 1)) return order;
      }
      return a.size() < b.size() ? -1 : a.size() > b.size();
    }
    case JsonKind::kObject: {
      if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
      for (uint32_t i = 0; i < a.size(); ++i) {
        if (int order = Sign(a.Key(i).compare(b.Key(i)))) return order;
        if (int order = CompareAt(a.Element(i), b.Element(i), depth + 1)) return order;
      }
      return 0;
    }
  }
  return 0;
}

uint64_t Mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9ddfea08eb382d69ull;
  return hash ^ hash >> 47;
}

uint64_t HashBytes(uint64_t hash, std::string_view bytes) {
  hash = Mix(hash, bytes.size());
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) hash = Mix(hash, LoadLittle<uint64_t>(bytes.data() + i));
  uint64_t tail = 0;
  std::memcpy(&tail, bytes.data() + i, bytes.size() - i);
  return Mix(hash, tail);
}

uint64_t HashAt(JsonView view, uint64_t hash) {
  hash = Mix(hash, static_cast<uint64_t>(Rank(view)));
  switch (view.kind()) {
    case JsonKind::kNull: return hash;
    case JsonKind::kInt:
    case JsonKind::kUInt:
    case JsonKind::kDouble:
    case JsonKind::kDecimal: {
      double real = static_cast<double>(Real(view));
      if (real == 0) real = 0;  // -0
      uint64_t bits;
      std::memcpy(&bits, &real, 8);
      return Mix(hash, bits);
    }
    case JsonKind::kString:
    case JsonKind::kOpaque: return HashBytes(hash, view.String());
    case JsonKind::kFalse:
    case JsonKind::kTrue: return Mix(hash, static_cast<uint64_t>(view.kind()));
    case JsonKind::kDate:
    case JsonKind::kTime:
    case JsonKind::kDateTime:
    case JsonKind::kTimestamp: return Mix(hash, static_cast<uint64_t>(view.Temporal()));
    case JsonKind::kArray:
    case JsonKind::kObject:
      hash = Mix(hash, view.size());
      for (uint32_t i = 0; i < view.size(); ++i) {
        if (view.IsObject()) hash = HashBytes(hash, view.Key(i));
        hash = HashAt(view.Element(i), hash);
      }
      return hash;
  }
  return hash;
}

void AppendOrderedDouble(double value, std::string* out) {
  if (value == 0) value = 0;
  uint64_t bits;
  std::memcpy(&bits, &value, 8);
  bits = bits >> 63 ? ~bits : bits | uint64_t{1} << 63;
  AppendBig(out, bits);
}

// Bytes that end, so that they can stand before other bytes: 0 becomes 0 FF, the end 0 0.
void AppendTerminated(std::string_view bytes, std::string* out) {
  for (char c : bytes) {
    out->push_back(c);
    if (c == '\0') out->push_back(static_cast<char>(0xFF));
  }
  out->append(2, '\0');
}

void AppendKeyAt(JsonView view, std::string* out) {
  out->push_back(static_cast<char>(Rank(view) + 1));
  switch (view.kind()) {
    case JsonKind::kNull: return;
    case JsonKind::kInt:
    case JsonKind::kUInt:
    case JsonKind::kDouble:
    case JsonKind::kDecimal: {
      double real = static_cast<double>(Real(view));
      AppendOrderedDouble(real, out);
      // What the double does not show, as an ordered double again.
      double rest = 0;
      if (view.kind() != JsonKind::kDouble && std::fabs(real) < 1e60) {
        // Whole numbers against the double's exact value; a fraction equals the double that it reads as.
        Decimal exact = Exact(view);
        Decimal shown = Decimal::FromDouble(real);
        if (exact.IsInteger()) {
          char text[128];
          int length = std::snprintf(text, sizeof text, "%.30f", real);
          size_t consumed;
          DecimalStatus status;
          shown = Decimal::Parse({text, static_cast<size_t>(length)}, &consumed, &status);
        }
        Decimal difference;
        Decimal::Subtract(exact, shown, &difference);
        rest = difference.ToDouble();
      }
      AppendOrderedDouble(rest, out);
      return;
    }
    case JsonKind::kString:
    case JsonKind::kOpaque: AppendTerminated(view.String(), out); return;
    case JsonKind::kFalse:
    case JsonKind::kTrue: out->push_back(static_cast<char>(view.kind())); return;
    case JsonKind::kDate:
    case JsonKind::kTime:
    case JsonKind::kDateTime:
    case JsonKind::kTimestamp:
      AppendBig(out, static_cast<uint64_t>(view.Temporal()) ^ uint64_t{1} << 63);
      return;
    case JsonKind::kArray:
      for (uint32_t i = 0; i < view.size(); ++i) AppendKeyAt(view.Element(i), out);
      out->push_back('\0');
      return;
    case JsonKind::kObject:
      AppendBig(out, view.size());
      for (uint32_t i = 0; i < view.size(); ++i) {
        AppendTerminated(view.Key(i), out);
        AppendKeyAt(view.Element(i), out);
      }
      return;
  }
}

}  // namespace

int JsonCompare(JsonView a, JsonView b) { return CompareAt(a, b, 0); }
uint64_t JsonHash(JsonView view) { return HashAt(view, 0x2545f4914f6cdd1dull); }
void JsonAppendSortKey(JsonView view, std::string* out) { AppendKeyAt(view, out); }

int JsonDepth(JsonView view) {
  int deepest = 0;
  if (view.IsContainer()) {
    for (uint32_t i = 0; i < view.size(); ++i) deepest = std::max(deepest, JsonDepth(view.Element(i)));
  }
  return deepest + 1;
}

bool JsonContains(JsonView target, JsonView candidate) {
  if (target.IsArray()) {
    if (candidate.IsArray()) {
      for (uint32_t i = 0; i < candidate.size(); ++i) {
        if (!JsonContains(target, candidate.Element(i))) {
          // An array among the candidates must be an element of the target, or contained in one.
          return false;
        }
      }
      return true;
    }
    for (uint32_t i = 0; i < target.size(); ++i) {
      if (JsonContains(target.Element(i), candidate)) return true;
    }
    return false;
  }
  if (target.IsObject()) {
    if (!candidate.IsObject()) return false;
    for (uint32_t i = 0; i < candidate.size(); ++i) {
      std::optional<JsonView> member = target.Find(candidate.Key(i));
      if (!member || !JsonContains(*member, candidate.Element(i))) return false;
    }
    return true;
  }
  return !candidate.IsContainer() && JsonCompare(target, candidate) == 0;
}

bool JsonOverlaps(JsonView a, JsonView b) {
  if (a.IsObject() && b.IsObject()) {
    for (uint32_t i = 0; i < a.size(); ++i) {
      std::optional<JsonView> member = b.Find(a.Key(i));
      if (member && JsonCompare(*member, a.Element(i)) == 0) return true;
    }
    return false;
  }
  uint32_t count_a = a.IsArray() ? a.size() : 1, count_b = b.IsArray() ? b.size() : 1;
  for (uint32_t i = 0; i < count_a; ++i) {
    for (uint32_t k = 0; k < count_b; ++k) {
      if (JsonCompare(a.IsArray() ? a.Element(i) : a, b.IsArray() ? b.Element(k) : b) == 0) return true;
    }
  }
  return false;
}

std::string_view JsonTypeName(JsonView view) {
  switch (view.kind()) {
    case JsonKind::kNull: return "NULL";
    case JsonKind::kFalse:
    case JsonKind::kTrue: return "BOOLEAN";
    case JsonKind::kInt: return "INTEGER";
    case JsonKind::kUInt: return "UNSIGNED INTEGER";
    case JsonKind::kDouble: return "DOUBLE";
    case JsonKind::kDecimal: return "DECIMAL";
    case JsonKind::kString: return "STRING";
    case JsonKind::kArray: return "ARRAY";
    case JsonKind::kObject: return "OBJECT";
    case JsonKind::kDate: return "DATE";
    case JsonKind::kTime: return "TIME";
    case JsonKind::kDateTime:
    case JsonKind::kTimestamp: return "DATETIME";
    case JsonKind::kOpaque:
      switch (view.OpaqueType()) {
        case TypeId::kBit: return "BIT";
        case TypeId::kGeometry: return "OPAQUE";
        default: return "BLOB";
      }
  }
  return "";
}

namespace {
JsonNode AsArray(JsonNode node) {
  if (node.kind == JsonKind::kArray) return node;
  JsonNode array;
  array.kind = JsonKind::kArray;
  array.elements.push_back(std::move(node));
  return array;
}
}  // namespace

JsonNode JsonMergePreserve(JsonNode a, JsonNode b) {
  if (a.kind == JsonKind::kObject && b.kind == JsonKind::kObject) {
    for (size_t i = 0; i < b.keys.size(); ++i) {
      JsonNode* member = a.Find(b.keys[i]);
      if (member == nullptr) {
        a.SetMember(b.keys[i], std::move(b.elements[i]));
      } else {
        *member = JsonMergePreserve(std::move(*member), std::move(b.elements[i]));
      }
    }
    return a;
  }
  a = AsArray(std::move(a));
  b = AsArray(std::move(b));
  for (JsonNode& element : b.elements) a.elements.push_back(std::move(element));
  return a;
}

// RFC 7396.
JsonNode JsonMergePatch(JsonNode a, const JsonNode& b) {
  if (b.kind != JsonKind::kObject) return b;
  if (a.kind != JsonKind::kObject) {
    a = JsonNode();
    a.kind = JsonKind::kObject;
  }
  for (size_t i = 0; i < b.keys.size(); ++i) {
    JsonNode* member = a.Find(b.keys[i]);
    if (b.elements[i].kind == JsonKind::kNull) {
      if (member != nullptr) {
        auto index = member - a.elements.data();
        a.keys.erase(a.keys.begin() + index);
        a.elements.erase(a.elements.begin() + index);
      }
    } else {
      a.SetMember(b.keys[i], JsonMergePatch(member != nullptr ? std::move(*member) : JsonNode(), b.elements[i]));
    }
  }
  return a;
}

int64_t JsonToInt64(JsonView view, bool* is_bad) {
  switch (view.kind()) {
    case JsonKind::kInt: return view.Int();
    case JsonKind::kUInt: return static_cast<int64_t>(view.UInt());
    case JsonKind::kTrue: return 1;
    case JsonKind::kFalse: return 0;
    case JsonKind::kDouble:
    case JsonKind::kDecimal: {
      SqlType type = view.kind() == JsonKind::kDouble ? SqlType::Double() : SqlType::Decimal(65, 30);
      ConversionReport report;
      Decimal decimal = view.kind() == JsonKind::kDecimal ? view.DecimalValue() : Decimal();
      Datum datum = view.kind() == JsonKind::kDouble ? Datum::Double(view.Double()) : Datum::OfDecimal(&decimal);
      return DatumToInt64(datum, type, &report);
    }
    case JsonKind::kString: {
      ConversionReport report;
      int64_t value = TextToInt64(view.String(), &report);
      if (report.is_truncated) *is_bad = true;
      return value;
    }
    case JsonKind::kDate:
    case JsonKind::kTime:
    case JsonKind::kDateTime:
    case JsonKind::kTimestamp: {
      TypeId type = view.kind() == JsonKind::kDate   ? TypeId::kDate
                    : view.kind() == JsonKind::kTime ? TypeId::kTime
                                                     : TypeId::kDateTime;
      return TemporalToNumber(view.Temporal(), type);
    }
    default: *is_bad = true; return 0;
  }
}

double JsonToDouble(JsonView view, bool* is_bad) {
  switch (view.kind()) {
    case JsonKind::kDouble: return view.Double();
    case JsonKind::kUInt: return static_cast<double>(view.UInt());
    case JsonKind::kDecimal: return view.DecimalValue().ToDouble();
    case JsonKind::kString: {
      ConversionReport report;
      double value = TextToDouble(view.String(), &report);
      if (report.is_truncated) *is_bad = true;
      return value;
    }
    default: return static_cast<double>(JsonToInt64(view, is_bad));
  }
}

Decimal JsonToDecimal(JsonView view, bool* is_bad) {
  switch (view.kind()) {
    case JsonKind::kDouble: return Decimal::FromDouble(view.Double());
    case JsonKind::kUInt: return Decimal::FromUInt64(view.UInt());
    case JsonKind::kDecimal: return view.DecimalValue();
    case JsonKind::kString: {
      ConversionReport report;
      Decimal value = TextToDecimal(view.String(), &report);
      if (report.is_truncated) *is_bad = true;
      return value;
    }
    default: return Decimal::FromInt64(JsonToInt64(view, is_bad));
  }
}

}  // namespace mahi
