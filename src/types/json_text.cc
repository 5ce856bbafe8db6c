// JSON text: parsing (rapidjson's reader) and printing.
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cmath>

#include "types/conversion.h"
#include "types/json.h"
#include "types/temporal.h"

namespace mahi {

namespace {

// Builds the tree while the reader walks the text. Returns false to stop: too deep.
class TreeBuilder {
 public:
  bool Null() { return Scalar(JsonKind::kNull); }
  bool Bool(bool value) { return Scalar(value ? JsonKind::kTrue : JsonKind::kFalse); }
  bool Int(int value) { return Int64(value); }
  bool Uint(unsigned value) { return Int64(value); }
  bool Int64(int64_t value) {
    JsonNode node;
    node.kind = JsonKind::kInt;
    node.int64 = value;
    return Add(std::move(node));
  }
  bool Uint64(uint64_t value) {
    if (value <= static_cast<uint64_t>(INT64_MAX)) return Int64(static_cast<int64_t>(value));
    JsonNode node;
    node.kind = JsonKind::kUInt;
    node.int64 = static_cast<int64_t>(value);
    return Add(std::move(node));
  }
  bool Double(double value) {
    JsonNode node;
    node.kind = JsonKind::kDouble;
    node.real = value;
    return Add(std::move(node));
  }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    JsonNode node;
    node.kind = JsonKind::kString;
    node.string.assign(text, length);
    return Add(std::move(node));
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    stack_.back().key.assign(text, length);
    return true;
  }
  bool StartObject() { return Open(JsonKind::kObject); }
  bool EndObject(rapidjson::SizeType) { return Close(); }
  bool StartArray() { return Open(JsonKind::kArray); }
  bool EndArray(rapidjson::SizeType) { return Close(); }

  bool is_too_deep() const { return is_too_deep_; }
  const JsonNode& root() const { return root_; }

 private:
  struct Level {
    JsonNode node;
    std::string key;  // of the member being read
  };
  bool Scalar(JsonKind kind) {
    JsonNode node;
    node.kind = kind;
    return Add(std::move(node));
  }
  bool Open(JsonKind kind) {
    if (stack_.size() >= static_cast<size_t>(kMaxJsonDepth)) {
      is_too_deep_ = true;
      return false;
    }
    stack_.emplace_back();
    stack_.back().node.kind = kind;
    return true;
  }
  bool Close() {
    JsonNode node = std::move(stack_.back().node);
    stack_.pop_back();
    return Add(std::move(node));
  }
  bool Add(JsonNode node) {
    // A scalar inside the innermost allowed container makes one level more.
    if (stack_.size() >= static_cast<size_t>(kMaxJsonDepth)) {
      is_too_deep_ = true;
      return false;
    }
    if (stack_.empty()) {
      root_ = std::move(node);
    } else if (stack_.back().node.kind == JsonKind::kArray) {
      stack_.back().node.elements.push_back(std::move(node));
    } else {
      stack_.back().node.SetMember(stack_.back().key, std::move(node));
    }
    return true;
  }

  std::vector<Level> stack_;
  JsonNode root_;
  bool is_too_deep_ = false;
};

void AppendBase64(std::string_view bytes, std::string* out) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < bytes.size(); i += 3) {
    size_t n = bytes.size() - i < 3 ? bytes.size() - i : 3;
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (k < n ? static_cast<uint8_t>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) out->push_back(k <= n ? kDigits[group >> (18 - 6 * k) & 63] : '=');
  }
}

// Numbers of the column types in the protocol, as "base64:typeN:" shows them.
int ProtocolType(TypeId type) {
  switch (type) {
    case TypeId::kBit: return 16;
    case TypeId::kVarchar: return 15;
    case TypeId::kTinyText: return 249;
    case TypeId::kMediumText: return 250;
    case TypeId::kLongText: return 251;
    case TypeId::kText: return 252;
    case TypeId::kChar: return 254;
    case TypeId::kGeometry: return 255;
    default: return 253;
  }
}

void AppendScalar(JsonView view, bool quoted, std::string* out) {
  switch (view.kind()) {
    case JsonKind::kNull: out->append("null"); return;
    case JsonKind::kFalse: out->append("false"); return;
    case JsonKind::kTrue: out->append("true"); return;
    case JsonKind::kInt: AppendInt64(view.Int(), out); return;
    case JsonKind::kUInt: AppendUInt64(view.UInt(), out); return;
    case JsonKind::kDouble: {
      size_t start = out->size();
      AppendDouble(view.Double(), kNotFixedDecimals, out);
      if (out->find_first_of(".en", start) == std::string::npos) out->append(".0");
      return;
    }
    case JsonKind::kDecimal: view.DecimalValue().AppendTo(out); return;
    case JsonKind::kString:
      if (quoted) {
        JsonAppendQuoted(view.String(), out);
      } else {
        out->append(view.String());
      }
      return;
    default: break;
  }
  if (quoted) out->push_back('"');
  if (view.kind() == JsonKind::kOpaque) {
    out->append("base64:type");
    AppendInt64(ProtocolType(view.OpaqueType()), out);
    out->push_back(':');
    AppendBase64(view.String(), out);
  } else {
    TypeId type = view.kind() == JsonKind::kDate   ? TypeId::kDate
                  : view.kind() == JsonKind::kTime ? TypeId::kTime
                                                   : TypeId::kDateTime;
    AppendTemporal(view.Temporal(), type, 6, out);
  }
  if (quoted) out->push_back('"');
}

// indent < 0: on one line.
void Print(JsonView view, int indent, int depth, std::string* out) {
  if (!view.IsContainer() || depth > kMaxJsonDepth) return AppendScalar(view, true, out);
  bool is_object = view.IsObject();
  uint32_t count = view.size();
  auto new_line = [&](int level) {
    out->push_back('\n');
    out->append(static_cast<size_t>(level) * 2, ' ');
  };
  out->push_back(is_object ? '{' : '[');
  for (uint32_t i = 0; i < count; ++i) {
    if (i > 0) out->append(indent < 0 ? ", " : ",");
    if (indent >= 0) new_line(indent + 1);
    if (is_object) {
      JsonAppendQuoted(view.Key(i), out);
      out->append(": ");
    }
    Print(view.Element(i), indent < 0 ? indent : indent + 1, depth + 1, out);
  }
  if (indent >= 0 && count > 0) new_line(indent);
  out->push_back(is_object ? '}' : ']');
}

}  // namespace

bool JsonParseText(std::string_view utf8, std::string* document, JsonTextError* error) {
  rapidjson::MemoryStream stream(utf8.data(), utf8.size());
  rapidjson::Reader reader;
  TreeBuilder builder;
  rapidjson::ParseResult result = reader.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag>(
      stream, builder);
  if (result.IsError()) {
    error->is_too_deep = builder.is_too_deep();
    error->message = rapidjson::GetParseError_En(result.Code());
    error->position = result.Offset();
    return false;
  }
  if (stream.Tell() < utf8.size()) {  // A NUL byte ended the text early.
    error->message = rapidjson::GetParseError_En(rapidjson::kParseErrorDocumentRootNotSingular);
    error->position = stream.Tell();
    return false;
  }
  document->clear();
  builder.root().AppendTo(document);
  return true;
}

Result<std::string> JsonFromText(std::string_view utf8, int argument, std::string_view function) {
  std::string document;
  JsonTextError error;
  if (JsonParseText(utf8, &document, &error)) return document;
  if (error.is_too_deep) return Error(ER_JSON_DOCUMENT_TOO_DEEP);
  return Error(ER_INVALID_JSON_TEXT_IN_PARAM, argument, function, error.message, error.position);
}

bool JsonTextIsValid(std::string_view utf8) {
  std::string document;
  JsonTextError error;
  return JsonParseText(utf8, &document, &error);
}

void JsonToText(JsonView view, std::string* out) { Print(view, -1, 0, out); }
void JsonToPrettyText(JsonView view, std::string* out) { Print(view, 0, 0, out); }

void JsonAppendQuoted(std::string_view utf8, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  for (char c : utf8) {
    switch (c) {
      case '"': out->append("\\\""); break;
      case '\\': out->append("\\\\"); break;
      case '\b': out->append("\\b"); break;
      case '\t': out->append("\\t"); break;
      case '\n': out->append("\\n"); break;
      case '\f': out->append("\\f"); break;
      case '\r': out->append("\\r"); break;
      default:
        if (static_cast<uint8_t>(c) < 0x20) {
          out->append("\\u00");
          out->push_back(kHex[static_cast<uint8_t>(c) >> 4]);
          out->push_back(kHex[c & 15]);
        } else {
          out->push_back(c);
        }
    }
  }
  out->push_back('"');
}

void JsonUnquote(JsonView view, std::string* out) {
  if (view.IsContainer()) return JsonToText(view, out);
  AppendScalar(view, false, out);
}

bool JsonUnquoteText(std::string_view text, std::string* out) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
    out->append(text);
    return true;
  }
  std::string document;
  JsonTextError error;
  if (!JsonParseText(text, &document, &error)) return false;
  JsonUnquote(JsonView(document), out);
  return true;
}

}  // namespace mahi
