// JSON: a compact binary document, its text, paths and operations.
//
//   MAHI_ASSIGN_OR_RETURN(std::string doc, JsonFromText(text));
//   JsonView view(doc);  view.Find("a");  JsonToText(view, &out);
//
// Documents are byte strings (docs/formats/json.md): objects have sorted unique keys (by length, then bytes), elements
// are found by offset without a scan. A JsonView is a cursor into such bytes; a JsonNode a tree for changes.
// Bytes from disk are checked with JsonIsValid before they are trusted.
// Source: MySQL 8.4 manual, "The JSON Data Type", "JSON Functions". Thread safety: values and stateless functions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "types/decimal.h"
#include "types/sql_type.h"
#include "types/value.h"

namespace mahi {

inline constexpr int kMaxJsonDepth = 100;

enum class JsonKind : uint8_t {
  kNull = 0, kFalse = 1, kTrue = 2, kInt = 3, kUInt = 4, kDouble = 5, kDecimal = 6, kString = 7,
  kArray = 8, kObject = 9, kDate = 10, kTime = 11, kDateTime = 12, kTimestamp = 13, kOpaque = 14,
};

class JsonView {
 public:
  JsonView() = default;  // the literal null
  explicit JsonView(std::string_view document) : bytes_(document) {}

  JsonKind kind() const { return bytes_.empty() ? JsonKind::kNull : static_cast<JsonKind>(bytes_[0]); }
  bool IsArray() const { return kind() == JsonKind::kArray; }
  bool IsObject() const { return kind() == JsonKind::kObject; }
  bool IsContainer() const { return IsArray() || IsObject(); }
  bool IsBoolean() const { return kind() == JsonKind::kTrue || kind() == JsonKind::kFalse; }
  bool IsNumber() const { return kind() >= JsonKind::kInt && kind() <= JsonKind::kDecimal; }
  bool IsString() const { return kind() == JsonKind::kString; }
  bool IsTemporal() const { return kind() >= JsonKind::kDate && kind() <= JsonKind::kTimestamp; }

  // REQUIRES: the kind fits.
  int64_t Int() const;
  uint64_t UInt() const;
  double Double() const;
  Decimal DecimalValue() const;
  std::string_view String() const;  // utf8mb4; for kOpaque its bytes
  int64_t Temporal() const;         // packed; microseconds kept
  TypeId OpaqueType() const;        // kOpaque: kBit, kVarchar/kText.. (binary), kGeometry

  // Elements or members; 1 for scalars (as JSON_LENGTH counts).
  uint32_t size() const;
  JsonView Element(uint32_t index) const;       // array element or member value
  std::string_view Key(uint32_t index) const;   // object
  std::optional<JsonView> Find(std::string_view key) const;  // object

  // The bytes of this value: a document of its own.
  std::string_view bytes() const { return bytes_.empty() ? std::string_view("\0", 1) : bytes_; }

 private:
  std::string_view bytes_;
};

// Is it a well-formed document of at most kMaxJsonDepth levels? For bytes that come from outside.
bool JsonIsValid(std::string_view document);

// A mutable tree. Objects keep their members sorted.
struct JsonNode {
  JsonKind kind = JsonKind::kNull;
  TypeId opaque_type = TypeId::kNull;
  int64_t int64 = 0;  // kInt, kUInt (as bits), temporal
  double real = 0;
  Decimal decimal;
  std::string string;                 // kString, kOpaque
  std::vector<std::string> keys;      // kObject, sorted
  std::vector<JsonNode> elements;     // kArray, kObject (values)

  static JsonNode FromView(JsonView view);
  void AppendTo(std::string* document) const;
  std::string ToDocument() const;
  int Depth() const;
  // Object: the member's value or null.
  JsonNode* Find(std::string_view key);
  // Object: adds or replaces.
  void SetMember(std::string_view key, JsonNode value);
};

// Builds documents bottom up: element documents in, a container out.
std::string JsonMakeNull();
std::string JsonMakeBool(bool value);
std::string JsonMakeInt(int64_t value);
std::string JsonMakeUInt(uint64_t value);
std::string JsonMakeDouble(double value);
std::string JsonMakeDecimal(const Decimal& value);
std::string JsonMakeString(std::string_view utf8);
std::string JsonMakeTemporal(int64_t packed, TypeId type);
std::string JsonMakeOpaque(std::string_view bytes, TypeId type);
std::string JsonMakeArray(const std::vector<JsonView>& elements);
// Later members win over earlier ones of the same key.
std::string JsonMakeObject(const std::vector<std::pair<std::string, JsonView>>& members);
// A SQL value as JSON (not parsed: strings become JSON strings; JSON stays; NULL becomes null). `is_boolean` makes
// integers true/false. Errors: ER_INVALID_JSON_CHARSET (3144) never for character strings (they are converted);
// binary strings become opaque.
Result<std::string> JsonFromDatum(const Datum& value, const SqlType& type, bool is_boolean = false);

// Text.
struct JsonTextError {
  std::string message;  // "Invalid value.", "Missing a comma or } after an object member."
  size_t position = 0;  // byte offset
  bool is_too_deep = false;
};
// False: *error says why and where.
bool JsonParseText(std::string_view utf8, std::string* document, JsonTextError* error);
// The same as a Result; errors ER_INVALID_JSON_TEXT_IN_PARAM (3141) for argument `argument` of `function`,
// ER_JSON_DOCUMENT_TOO_DEEP (3157).
Result<std::string> JsonFromText(std::string_view utf8, int argument, std::string_view function);
bool JsonTextIsValid(std::string_view utf8);
// As MySQL prints it: {"a": 1, "bb": [1, 2]}.
void JsonToText(JsonView view, std::string* out);
void JsonToPrettyText(JsonView view, std::string* out);
// "text" with escapes, quotes included.
void JsonAppendQuoted(std::string_view utf8, std::string* out);
// JSON_UNQUOTE: a string's content, other values' text.
void JsonUnquote(JsonView view, std::string* out);
// JSON_UNQUOTE of text that may be a quoted JSON string; false when it is malformed.
bool JsonUnquoteText(std::string_view text, std::string* out);

// Paths.
struct JsonPathLeg {
  enum class Kind : uint8_t { kMember, kMemberWildcard, kCell, kCellRange, kCellWildcard, kEllipsis };
  Kind kind = Kind::kMember;
  std::string key;
  uint32_t index = 0, end = 0;                      // kCell; kCellRange: index..end
  bool is_from_last = false, is_end_from_last = false;  // last, last-N
};
class JsonPath {
 public:
  // $, $.a, $."a b", $[0], $[last-1], $[1 to 3], $[*], $.*, $**.a. Errors: ER_INVALID_JSON_PATH (3143).
  static Result<JsonPath> Parse(std::string_view text);
  bool has_wildcard() const { return has_wildcard_; }  // *, ** or a range
  bool is_root() const { return legs_.empty(); }
  const std::vector<JsonPathLeg>& legs() const { return legs_; }
  std::vector<JsonPathLeg>* mutable_legs() { return &legs_; }
  // $.a[0]."b c"
  std::string ToString() const;

 private:
  std::vector<JsonPathLeg> legs_;
  bool has_wildcard_ = false;
};
// Appends the leg in path syntax (JSON_SEARCH builds paths).
void JsonAppendPathMember(std::string_view key, std::string* path);
void JsonAppendPathCell(uint32_t index, std::string* path);

// Appends all matches, in document order, each once. `only_first` stops after one.
void JsonSeek(JsonView view, const JsonPath& path, bool only_first, std::vector<JsonView>* matches);
// The only or first match.
std::optional<JsonView> JsonSeekOne(JsonView view, const JsonPath& path);

// Operations. Paths have no wildcard (caller checks: 3149).
enum class JsonModify : uint8_t { kSet, kInsert, kReplace };
void JsonModifyPath(JsonNode* root, const JsonPath& path, JsonModify mode, JsonNode value);
void JsonRemovePath(JsonNode* root, const JsonPath& path);
void JsonArrayAppend(JsonNode* root, const JsonPath& path, JsonNode value);
// Errors: ER_INVALID_JSON_PATH_ARRAY_CELL (3165) when the last leg is no cell.
Status JsonArrayInsert(JsonNode* root, const JsonPath& path, JsonNode value);
JsonNode JsonMergePreserve(JsonNode a, JsonNode b);
JsonNode JsonMergePatch(JsonNode a, const JsonNode& b);

int JsonDepth(JsonView view);
bool JsonContains(JsonView target, JsonView candidate);
bool JsonOverlaps(JsonView a, JsonView b);
// JSON_TYPE: "OBJECT", "INTEGER", "BLOB", ...
std::string_view JsonTypeName(JsonView view);
// Order of the manual, "Comparison and Ordering of JSON Values".
int JsonCompare(JsonView a, JsonView b);
uint64_t JsonHash(JsonView view);
// Bytes whose memcmp order is close to JsonCompare's for scalars (containers sort by text); equal iff JsonCompare is 0.
void JsonAppendSortKey(JsonView view, std::string* out);

// A JSON value in SQL context; `*is_bad` when it has no such value (3156 / 1292 at the caller).
int64_t JsonToInt64(JsonView view, bool* is_bad);
double JsonToDouble(JsonView view, bool* is_bad);
Decimal JsonToDecimal(JsonView view, bool* is_bad);

}  // namespace mahi
