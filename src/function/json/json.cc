// The JSON functions.
//
// Documents come as JSON or as utf8mb4 text, which is parsed; values come in any type. Paths and parsed text are kept
// from row to row as long as they stay the same.
// Source: MySQL 8.4 manual, "JSON Functions".
#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "function/conversion_warning.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/registry.h"
#include "function/resolve.h"
#include "types/conversion.h"
#include "types/json.h"

namespace mahi {

namespace {

// --- Arguments ------------------------------------------------------------------------------------

class JsonState : public FunctionState {
 public:
  static std::unique_ptr<FunctionState> Make() { return std::make_unique<JsonState>(); }

  Result<const JsonPath*> Path(size_t argument, std::string_view text) {
    Slot& slot = SlotOf(argument);
    if (!slot.is_filled || slot.text != text) {
      slot.is_filled = false;
      MAHI_ASSIGN_OR_RETURN(slot.path, JsonPath::Parse(text));
      slot.text = text;
      slot.is_filled = true;
    }
    return &slot.path;
  }
  Result<std::string_view> Document(size_t argument, std::string_view text, std::string_view function) {
    Slot& slot = SlotOf(argument);
    if (!slot.is_filled || slot.text != text) {
      slot.is_filled = false;
      MAHI_ASSIGN_OR_RETURN(slot.document, JsonFromText(text, static_cast<int>(argument) + 1, function));
      slot.text = text;
      slot.is_filled = true;
    }
    return std::string_view(slot.document);
  }

 private:
  struct Slot {
    bool is_filled = false;
    std::string text;
    JsonPath path;
    std::string document;
  };
  Slot& SlotOf(size_t argument) {
    if (slots_.size() <= argument) slots_.resize(argument + 1);
    return slots_[argument];
  }
  std::deque<Slot> slots_;  // slots keep their place as more come
};

JsonState& StateOf(FunctionCall& call) { return *static_cast<JsonState*>(call.state); }

// The document in an argument that is not NULL; valid until the next row.
Result<JsonView> Document(FunctionCall& call, size_t argument, uint32_t row, std::string_view function) {
  const Vector& vector = *call.arguments[argument];
  if (vector.physical() == PhysicalType::kJson) return JsonView(vector.String(row));
  MAHI_ASSIGN_OR_RETURN(std::string_view bytes, StateOf(call).Document(argument, vector.String(row), function));
  return JsonView(bytes);
}
Result<const JsonPath*> Path(FunctionCall& call, size_t argument, uint32_t row) {
  return StateOf(call).Path(argument, Text(call, argument, row));
}
Result<const JsonPath*> PlainPath(FunctionCall& call, size_t argument, uint32_t row) {
  MAHI_ASSIGN_OR_RETURN(const JsonPath* path, Path(call, argument, row));
  if (path->has_wildcard()) return Error(ER_INVALID_JSON_PATH_WILDCARD);
  return path;
}

// Any value as a document; NULL is JSON's null.
Result<std::string> ValueDocument(FunctionCall& call, size_t argument, uint32_t row) {
  const Vector& vector = *call.arguments[argument];
  if (vector.IsNull(row)) return JsonMakeNull();
  return JsonFromDatum(vector.GetDatum(vector.Index(row)), vector.type());
}
Result<JsonNode> ValueNode(FunctionCall& call, size_t argument, uint32_t row) {
  MAHI_ASSIGN_OR_RETURN(std::string document, ValueDocument(call, argument, row));
  return JsonNode::FromView(JsonView(document));
}

Status StoreNode(FunctionCall& call, uint32_t row, const JsonNode& node) {
  if (node.Depth() > kMaxJsonDepth) return Error(ER_JSON_DOCUMENT_TOO_DEEP);
  call.result->SetString(row, node.ToDocument());
  return {};
}
void StoreText(FunctionCall& call, uint32_t row, JsonView view) { call.result->SetString(row, view.bytes()); }

// --- Making ---------------------------------------------------------------------------------------

Status EvalArray(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    std::vector<std::string> documents;
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(std::string document, ValueDocument(call, i, row));
      documents.push_back(std::move(document));
    }
    std::vector<JsonView> views;
    for (const std::string& document : documents) views.emplace_back(document);
    std::string array = JsonMakeArray(views);
    if (JsonDepth(JsonView(array)) > kMaxJsonDepth) return Error(ER_JSON_DOCUMENT_TOO_DEEP);
    call.result->SetString(row, array);
    return {};
  });
}

Status EvalObject(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    std::vector<std::string> documents;
    documents.reserve(call.arguments.size() / 2);
    std::vector<std::pair<std::string, JsonView>> members;
    for (size_t i = 0; i + 1 < call.arguments.size(); i += 2) {
      if (IsNull(call, i, row)) return Error(ER_JSON_DOCUMENT_NULL_KEY);
      MAHI_ASSIGN_OR_RETURN(std::string document, ValueDocument(call, i + 1, row));
      documents.push_back(std::move(document));
      members.emplace_back(std::string(Text(call, i, row)), JsonView(documents.back()));
    }
    std::string object = JsonMakeObject(members);
    if (JsonDepth(JsonView(object)) > kMaxJsonDepth) return Error(ER_JSON_DOCUMENT_TOO_DEEP);
    call.result->SetString(row, object);
    return {};
  });
}

Status EvalQuote(FunctionCall& call) {
  std::string text;
  return MapRows(call, [&](uint32_t row) {
    text.clear();
    JsonAppendQuoted(Text(call, 0, row), &text);
    call.result->SetString(row, text);
  });
}

Status EvalUnquote(FunctionCall& call) {
  std::string text;
  bool is_json = call.arguments[0]->physical() == PhysicalType::kJson;
  return MapRows(call, [&](uint32_t row) -> Status {
    text.clear();
    std::string_view input = Text(call, 0, row);
    if (is_json) {
      JsonUnquote(JsonView(input), &text);
    } else if (!JsonUnquoteText(input, &text)) {
      // A malformed quoted string: say where.
      return JsonFromText(input, 1, "json_unquote").TakeStatus();
    }
    call.result->SetString(row, text);
    return {};
  });
}

// --- Reading --------------------------------------------------------------------------------------

// The matches of the paths from argument 1 on: one value for one plain path, else an array. False: none.
Result<bool> Extract(FunctionCall& call, uint32_t row, std::string* owned, JsonView* found) {
  MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_extract"));
  std::vector<JsonView> matches;
  bool is_single = call.arguments.size() == 2;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    MAHI_ASSIGN_OR_RETURN(const JsonPath* path, Path(call, i, row));
    if (path->has_wildcard()) is_single = false;
    JsonSeek(document, *path, false, &matches);
  }
  if (matches.empty()) return false;
  if (is_single) {
    *found = matches[0];
    return true;
  }
  *owned = JsonMakeArray(matches);
  *found = JsonView(*owned);
  return true;
}

template <bool unquotes>
Status EvalExtract(FunctionCall& call) {
  std::string owned;
  std::string text;
  return MapRows(call, [&](uint32_t row) -> Status {
    JsonView found;
    MAHI_ASSIGN_OR_RETURN(bool is_found, Extract(call, row, &owned, &found));
    if (!is_found) {
      call.result->SetNull(row);
    } else if (unquotes) {
      text.clear();
      JsonUnquote(found, &text);
      call.result->SetString(row, text);
    } else {
      StoreText(call, row, found);
    }
    return {};
  });
}

// An optional path in argument `argument` leads to a part; nullopt: to nothing.
Result<std::optional<JsonView>> PartOf(FunctionCall& call, uint32_t row, size_t argument, JsonView document) {
  if (call.arguments.size() <= argument) return std::optional<JsonView>(document);
  MAHI_ASSIGN_OR_RETURN(const JsonPath* path, PlainPath(call, argument, row));
  return JsonSeekOne(document, *path);
}

Status EvalContains(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView target, Document(call, 0, row, "json_contains"));
    MAHI_ASSIGN_OR_RETURN(JsonView candidate, Document(call, 1, row, "json_contains"));
    MAHI_ASSIGN_OR_RETURN(std::optional<JsonView> part, PartOf(call, row, 2, target));
    if (!part) {
      call.result->SetNull(row);
    } else {
      call.result->SetInt64(row, JsonContains(*part, candidate));
    }
    return {};
  });
}

// 'one' or 'all'.
Result<bool> WantsAll(FunctionCall& call, size_t argument, uint32_t row, std::string_view function) {
  std::string_view text = Text(call, argument, row);
  if (EqualIgnoreAsciiCase(text, "all")) return true;
  if (EqualIgnoreAsciiCase(text, "one")) return false;
  return Error(ER_JSON_BAD_ONE_OR_ALL_ARG, function);
}

Status EvalContainsPath(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_contains_path"));
    MAHI_ASSIGN_OR_RETURN(bool wants_all, WantsAll(call, 1, row, "json_contains_path"));
    bool answer = wants_all;
    for (size_t i = 2; i < call.arguments.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(const JsonPath* path, Path(call, i, row));
      bool is_found = JsonSeekOne(document, *path).has_value();
      if (is_found != wants_all) {
        answer = is_found;
        break;
      }
    }
    call.result->SetInt64(row, answer);
    return {};
  });
}

Status EvalKeys(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_keys"));
    MAHI_ASSIGN_OR_RETURN(std::optional<JsonView> part, PartOf(call, row, 1, document));
    if (!part || !part->IsObject()) {
      call.result->SetNull(row);
      return {};
    }
    std::vector<std::string> names;
    for (uint32_t i = 0; i < part->size(); ++i) names.push_back(JsonMakeString(part->Key(i)));
    std::vector<JsonView> views(names.begin(), names.end());
    call.result->SetString(row, JsonMakeArray(views));
    return {};
  });
}

Status EvalLength(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_length"));
    MAHI_ASSIGN_OR_RETURN(std::optional<JsonView> part, PartOf(call, row, 1, document));
    if (!part) {
      call.result->SetNull(row);
    } else {
      call.result->SetInt64(row, part->size());
    }
    return {};
  });
}

Status EvalDepth(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_depth"));
    call.result->SetInt64(row, JsonDepth(document));
    return {};
  });
}

Status EvalType(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_type"));
    call.result->SetString(row, JsonTypeName(document));
    return {};
  });
}

// Text is valid when it parses, JSON always, anything else never.
Status EvalValid(FunctionCall& call) {
  const Vector& argument = *call.arguments[0];
  return MapRows(call, [&](uint32_t row) {
    bool is_valid = argument.physical() == PhysicalType::kJson ||
                    (argument.type().IsString() && JsonTextIsValid(argument.String(row)));
    call.result->SetInt64(row, is_valid);
  });
}

Status EvalPretty(FunctionCall& call) {
  std::string text;
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_pretty"));
    text.clear();
    JsonToPrettyText(document, &text);
    call.result->SetString(row, text);
    return {};
  });
}

Status EvalStorageSize(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_storage_size"));
    call.result->SetInt64(row, static_cast<int64_t>(document.bytes().size()));
    return {};
  });
}
Status EvalStorageFree(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_RETURN_IF_ERROR(Document(call, 0, row, "json_storage_free").TakeStatus());
    call.result->SetInt64(row, 0);
    return {};
  });
}

Status EvalOverlaps(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView a, Document(call, 0, row, "json_overlaps"));
    MAHI_ASSIGN_OR_RETURN(JsonView b, Document(call, 1, row, "json_overlaps"));
    call.result->SetInt64(row, JsonOverlaps(a, b));
    return {};
  });
}

// value MEMBER OF (array); a document that is no array counts as its own only element.
Status EvalMemberOf(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(std::string value, ValueDocument(call, 0, row));
    MAHI_ASSIGN_OR_RETURN(JsonView array, Document(call, 1, row, "member of"));
    bool is_member = false;
    if (array.IsArray()) {
      for (uint32_t i = 0; i < array.size() && !is_member; ++i) is_member = JsonCompare(array.Element(i), JsonView(value)) == 0;
    } else {
      is_member = JsonCompare(array, JsonView(value)) == 0;
    }
    call.result->SetInt64(row, is_member);
    return {};
  });
}

// --- JSON_SEARCH ----------------------------------------------------------------------------------

struct Search {
  std::string_view pattern;
  char32_t escape;
  bool wants_all;
  std::vector<std::string> paths;
};
void SearchIn(JsonView view, std::string* path, Search* search) {
  if (!search->wants_all && !search->paths.empty()) return;
  size_t length = path->size();
  if (view.IsString()) {
    bool matches = CollationOrBinary(kCollationUtf8mb4Bin).Like(view.String(), search->pattern, search->escape);
    if (matches && std::find(search->paths.begin(), search->paths.end(), *path) == search->paths.end()) search->paths.push_back(*path);
  } else if (view.IsContainer()) {
    for (uint32_t i = 0; i < view.size(); ++i) {
      if (view.IsObject()) {
        JsonAppendPathMember(view.Key(i), path);
      } else {
        JsonAppendPathCell(i, path);
      }
      SearchIn(view.Element(i), path, search);
      path->resize(length);
    }
  }
}

// The path text of a match of `path`, which may have wildcards: every place that it leads to is searched.
void SearchFrom(JsonView document, JsonView wanted, JsonView at, std::string* path, Search* search) {
  if (at.bytes().data() == wanted.bytes().data() && at.bytes().size() == wanted.bytes().size()) {
    SearchIn(at, path, search);
    return;
  }
  size_t length = path->size();
  if (!at.IsContainer()) return;
  for (uint32_t i = 0; i < at.size(); ++i) {
    if (at.IsObject()) {
      JsonAppendPathMember(at.Key(i), path);
    } else {
      JsonAppendPathCell(i, path);
    }
    SearchFrom(document, wanted, at.Element(i), path, search);
    path->resize(length);
  }
}

// JSON_SEARCH(document, one_or_all, pattern[, escape[, path ...]]).
Status EvalSearch(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      if (i != 3 && IsNull(call, i, row)) {
        call.result->SetNull(row);
        return {};
      }
    }
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_search"));
    MAHI_ASSIGN_OR_RETURN(bool wants_all, WantsAll(call, 1, row, "json_search"));
    Search search{Text(call, 2, row), U'\\', wants_all, {}};
    if (call.arguments.size() > 3 && !IsNull(call, 3, row) && !Text(call, 3, row).empty()) {
      std::string_view escape = Text(call, 3, row);
      if (DecodeUtf8(escape.data(), escape.data() + escape.size(), &search.escape) != escape.size()) return Error(ER_WRONG_ARGUMENTS, "ESCAPE");
    }
    std::string path = "$";
    if (call.arguments.size() <= 4) SearchIn(document, &path, &search);
    for (size_t i = 4; i < call.arguments.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(const JsonPath* start, Path(call, i, row));
      std::vector<JsonView> places;
      JsonSeek(document, *start, false, &places);
      for (JsonView place : places) SearchFrom(document, place, document, &path, &search);
    }
    if (search.paths.empty()) {
      call.result->SetNull(row);
      return {};
    }
    if (search.paths.size() == 1) {
      call.result->SetString(row, JsonMakeString(search.paths[0]));
      return {};
    }
    std::vector<std::string> documents;
    for (const std::string& text : search.paths) documents.push_back(JsonMakeString(text));
    std::vector<JsonView> views(documents.begin(), documents.end());
    call.result->SetString(row, JsonMakeArray(views));
    return {};
  });
}

// --- Changing -------------------------------------------------------------------------------------

// A NULL document or path makes the result NULL; a NULL value is JSON's null.
bool IsUndefinedChange(const FunctionCall& call, uint32_t row, size_t step) {
  if (IsNull(call, 0, row)) return true;
  for (size_t i = 1; i < call.arguments.size(); i += step) {
    if (IsNull(call, i, row)) return true;
  }
  return false;
}

// change(root, path, value) for each (path, value) pair.
template <typename F>
Status ChangeRows(FunctionCall& call, std::string_view function, F&& change) {
  return ForRows(call, [&](uint32_t row) -> Status {
    if (IsUndefinedChange(call, row, 2)) {
      call.result->SetNull(row);
      return {};
    }
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, function));
    JsonNode root = JsonNode::FromView(document);
    for (size_t i = 1; i + 1 < call.arguments.size(); i += 2) {
      MAHI_ASSIGN_OR_RETURN(const JsonPath* path, PlainPath(call, i, row));
      MAHI_ASSIGN_OR_RETURN(JsonNode value, ValueNode(call, i + 1, row));
      MAHI_RETURN_IF_ERROR(change(&root, *path, std::move(value)));
    }
    return StoreNode(call, row, root);
  });
}

template <JsonModify mode>
Status EvalModify(FunctionCall& call) {
  constexpr std::string_view kName = mode == JsonModify::kSet ? "json_set" : mode == JsonModify::kInsert ? "json_insert" : "json_replace";
  return ChangeRows(call, kName, [](JsonNode* root, const JsonPath& path, JsonNode value) -> Status {
    JsonModifyPath(root, path, mode, std::move(value));
    return {};
  });
}
Status EvalArrayAppend(FunctionCall& call) {
  return ChangeRows(call, "json_array_append", [](JsonNode* root, const JsonPath& path, JsonNode value) -> Status {
    JsonArrayAppend(root, path, std::move(value));
    return {};
  });
}
Status EvalArrayInsert(FunctionCall& call) {
  return ChangeRows(call, "json_array_insert", [](JsonNode* root, const JsonPath& path, JsonNode value) {
    return JsonArrayInsert(root, path, std::move(value));
  });
}
Status EvalRemove(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_remove"));
    JsonNode root = JsonNode::FromView(document);
    for (size_t i = 1; i < call.arguments.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(const JsonPath* path, PlainPath(call, i, row));
      if (path->is_root()) return Error(ER_JSON_VACUOUS_PATH);
      JsonRemovePath(&root, *path);
    }
    return StoreNode(call, row, root);
  });
}
Status EvalMergePreserve(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    JsonNode merged;
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, i, row, "json_merge_preserve"));
      JsonNode node = JsonNode::FromView(document);
      merged = i == 0 ? std::move(node) : JsonMergePreserve(std::move(merged), std::move(node));
    }
    return StoreNode(call, row, merged);
  });
}
// A NULL is forgotten once an argument after it is no object.
Status EvalMergePatch(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    std::optional<JsonNode> merged;
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      if (IsNull(call, i, row)) {
        merged.reset();
        continue;
      }
      MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, i, row, "json_merge_patch"));
      JsonNode node = JsonNode::FromView(document);
      if (i == 0 || document.kind() != JsonKind::kObject) {
        merged = std::move(node);
      } else if (merged) {
        merged = JsonMergePatch(std::move(*merged), node);
      }
    }
    if (merged) return StoreNode(call, row, *merged);
    call.result->SetNull(row);
    return {};
  });
}

// --- JSON_VALUE -----------------------------------------------------------------------------------

// JSON_VALUE(document, path RETURNING type): NULL when there is nothing, no scalar, or no value of that type.
Status EvalValue(FunctionCall& call) {
  Vector text(SqlType::LongText(), 1);
  Vector converted(call.result->type(), 1);
  std::string scratch;
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(JsonView document, Document(call, 0, row, "json_value"));
    MAHI_ASSIGN_OR_RETURN(const JsonPath* path, PlainPath(call, 1, row));
    std::optional<JsonView> part = JsonSeekOne(document, *path);
    bool is_json = call.result->physical() == PhysicalType::kJson;
    if (!part || part->kind() == JsonKind::kNull || (part->IsContainer() && !is_json)) {
      call.result->SetNull(row);
      return {};
    }
    if (is_json) {
      StoreText(call, row, *part);
      return {};
    }
    scratch.clear();
    if (part->IsBoolean() && call.result->type().IsNumeric()) {
      scratch = part->kind() == JsonKind::kTrue ? "1" : "0";
    } else {
      JsonUnquote(*part, &scratch);
    }
    text.Reset();
    text.SetString(0, scratch);
    converted.Reset();
    // What cannot be converted is NULL without a warning (NULL ON ERROR).
    Diagnostics dropped;
    EvalContext quiet = call.context;
    quiet.diagnostics = &dropped;
    quiet.is_dml = false;
    MAHI_RETURN_IF_ERROR(CastVector(quiet, text, Selection::All(1), &converted));
    if (converted.IsNull(0) || dropped.total_count() > 0) {
      call.result->SetNull(row);
    } else {
      call.result->SetDatum(row, converted.GetDatum(0));
    }
    return {};
  });
}

// --- Resolution -----------------------------------------------------------------------------------

// d document, v value, p path or other utf8mb4 text; '*' repeats the two (or one) letters before it.
char LetterAt(std::string_view shape, size_t index) {
  size_t star = shape.find('*');
  if (star == std::string_view::npos || index < star) return index < shape.size() ? shape[index] : shape.back();
  size_t period = shape.size() - star - 1;  // letters after the star repeat
  return shape[star + 1 + (index - star) % period];
}

Status ShapeCall(ResolveContext& c, Arguments a, Signature* s, std::string_view shape, SqlType result, EvalFunction eval,
                 bool is_nullable) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "=", std::move(result), eval));
  for (size_t i = 0; i < a.size(); ++i) {
    const SqlType& type = a[i].type;
    switch (LetterAt(shape, i)) {
      case 'd':
        if (type.IsJson() || type.IsNull()) {
          s->arguments[i] = type.IsNull() ? SqlType::Json() : type;
        } else if (type.IsCharacterString()) {
          s->arguments[i] = WantedType(c, a[i], 'u');
        } else if (type.IsBinaryString()) {
          return Error(ER_INVALID_JSON_CHARSET, "binary");
        } else {
          return Error(ER_INVALID_TYPE_FOR_JSON, i + 1, c.function_text);
        }
        break;
      case 'p': s->arguments[i] = WantedType(c, a[i], 'u'); break;
      default:
        if (IsTruthArgument(a[i])) {
          s->arguments[i] = JsonOf();
        } else {
          s->arguments[i] = type.IsEnumOrSet() ? WantedType(c, a[i], 'u') : type;
        }
    }
  }
  s->make_state = JsonState::Make;
  if (is_nullable) s->is_nullable = true;
  return {};
}

Status ResolveArray(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(ShapeCall(c, a, s, "v", JsonOf(), EvalArray, false));
  s->is_nullable = false;
  return {};
}
Status ResolveObject(ResolveContext& c, Arguments a, Signature* s) {
  if (a.size() % 2 != 0) return Error(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT, "json_object");
  MAHI_RETURN_IF_ERROR(ShapeCall(c, a, s, "*pv", JsonOf(), EvalObject, false));
  s->is_nullable = false;
  return {};
}
Status ResolveQuote(ResolveContext& c, Arguments a, Signature* s) {
  if (!a[0].type.IsString() && !a[0].type.IsNull()) return Error(ER_WRONG_ARGUMENTS, "json_quote");
  return NullableCall(c, a, s, "u", TextOf(MaxCharacters(a[0]) * 6 + 2, kCollationDefault), EvalQuote);
}
Status ResolveUnquote(ResolveContext& c, Arguments a, Signature* s) {
  if (!a[0].type.IsString() && !a[0].type.IsJson() && !a[0].type.IsNull() && !a[0].type.IsEnumOrSet()) {
    return Error(ER_WRONG_ARGUMENTS, "json_unquote");
  }
  MAHI_RETURN_IF_ERROR(NullableCall(c, a, s, "u", a[0].type.IsJson() ? SqlType::LongText(kCollationUtf8mb4Bin) : TextOf(MaxCharacters(a[0]), kCollationUtf8mb4Bin), EvalUnquote));
  if (a[0].type.IsJson()) s->arguments[0] = a[0].type;
  return {};
}
template <bool unquotes>
Status ResolveExtract(ResolveContext& c, Arguments a, Signature* s) {
  if (c.function_text == "->" || c.function_text == "->>") c.function_text = "json_extract";
  return ShapeCall(c, a, s, "d*p", unquotes ? SqlType::LongText(kCollationUtf8mb4Bin) : JsonOf(), EvalExtract<unquotes>, true);
}
template <EvalFunction eval>
Status ResolvePredicate(ResolveContext& c, Arguments a, Signature* s) {
  return ShapeCall(c, a, s, eval == EvalContainsPath ? "d*p" : "ddp", BooleanOf(), eval, true);
}
Status ResolveMemberOf(ResolveContext& c, Arguments a, Signature* s) {
  return ShapeCall(c, a, s, "vd", BooleanOf(), EvalMemberOf, false);
}
template <EvalFunction eval>
Status ResolveCount(ResolveContext& c, Arguments a, Signature* s) {
  return ShapeCall(c, a, s, "dp", BigintOf(10), eval, true);
}
Status ResolveKeys(ResolveContext& c, Arguments a, Signature* s) { return ShapeCall(c, a, s, "dp", JsonOf(), EvalKeys, true); }
Status ResolveType(ResolveContext& c, Arguments a, Signature* s) {
  return ShapeCall(c, a, s, "d", TextOf(51, kCollationDefault), EvalType, true);
}
Status ResolveValid(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "=", BooleanOf(), EvalValid));
  if (a[0].type.IsCharacterString()) s->arguments[0] = WantedType(c, a[0], 'u');
  return {};
}
Status ResolvePretty(ResolveContext& c, Arguments a, Signature* s) {
  return ShapeCall(c, a, s, "d", SqlType::LongText(kCollationDefault), EvalPretty, false);
}
Status ResolveSearch(ResolveContext& c, Arguments a, Signature* s) { return ShapeCall(c, a, s, "d*p", JsonOf(), EvalSearch, true); }
template <EvalFunction eval>
Status ResolveChange(ResolveContext& c, Arguments a, Signature* s) {
  if (a.size() % 2 == 0) return Error(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT, c.function_text);
  return ShapeCall(c, a, s, "d*pv", JsonOf(), eval, true);
}
Status ResolveRemove(ResolveContext& c, Arguments a, Signature* s) { return ShapeCall(c, a, s, "d*p", JsonOf(), EvalRemove, true); }
template <EvalFunction eval>
Status ResolveMerge(ResolveContext& c, Arguments a, Signature* s) {
  return ShapeCall(c, a, s, "d", JsonOf(), eval, true);
}
Status ResolveValue(ResolveContext& c, Arguments a, Signature* s) {
  SqlType result = c.target_type != nullptr ? *c.target_type : SqlType::Varchar(512, kCollationDefault);
  if (result.IsString() && result.length == 0) result = SqlType::LongText(result.collation);
  return ShapeCall(c, a, s, "dp", result, EvalValue, true);
}

const FunctionDescriptor kFunctions[] = {
    {"json_array", 0, kManyArguments, 0, ResolveArray, "json", "JSON_ARRAY(value, ...)"},
    {"json_object", 0, kManyArguments, 0, ResolveObject, "json", "JSON_OBJECT(key, value, ...)"},
    {"json_quote", 1, 1, 0, ResolveQuote, "json", "JSON_QUOTE(text): as a JSON string"},
    {"json_unquote", 1, 1, 0, ResolveUnquote, "json", "JSON_UNQUOTE(value): without quotes"},
    {"json_extract", 2, kManyArguments, 0, ResolveExtract<false>, "json", "JSON_EXTRACT(document, path, ...): what the paths lead to"},
    {"->", 2, 2, 0, ResolveExtract<false>, "json", "column -> path: JSON_EXTRACT"},
    {"->>", 2, 2, 0, ResolveExtract<true>, "json", "column ->> path: JSON_UNQUOTE(JSON_EXTRACT)"},
    {"json_contains", 2, 3, 0, ResolvePredicate<EvalContains>, "json", "JSON_CONTAINS(target, candidate[, path])"},
    {"json_contains_path", 3, kManyArguments, 0, ResolvePredicate<EvalContainsPath>, "json", "JSON_CONTAINS_PATH(document, one_or_all, path, ...)"},
    {"json_overlaps", 2, 2, 0, ResolvePredicate<EvalOverlaps>, "json", "JSON_OVERLAPS(a, b): whether they share something"},
    {"member of", 2, 2, 0, ResolveMemberOf, "json", "value MEMBER OF (array)"},
    {"json_keys", 1, 2, 0, ResolveKeys, "json", "JSON_KEYS(document[, path]): of an object"},
    {"json_length", 1, 2, 0, ResolveCount<EvalLength>, "json", "JSON_LENGTH(document[, path]): elements"},
    {"json_depth", 1, 1, 0, ResolveCount<EvalDepth>, "json", "JSON_DEPTH(document): levels"},
    {"json_storage_size", 1, 1, 0, ResolveCount<EvalStorageSize>, "json", "JSON_STORAGE_SIZE(document): bytes"},
    {"json_storage_free", 1, 1, 0, ResolveCount<EvalStorageFree>, "json", "JSON_STORAGE_FREE(document): 0"},
    {"json_type", 1, 1, 0, ResolveType, "json", "JSON_TYPE(document): OBJECT, ARRAY, INTEGER, ..."},
    {"json_valid", 1, 1, 0, ResolveValid, "json", "JSON_VALID(value): whether it is JSON"},
    {"json_pretty", 1, 1, 0, ResolvePretty, "json", "JSON_PRETTY(document): on several lines"},
    {"json_search", 3, kManyArguments, 0, ResolveSearch, "json", "JSON_SEARCH(document, one_or_all, pattern[, escape[, path ...]]): paths to strings"},
    {"json_set", 3, kManyArguments, 0, ResolveChange<EvalModify<JsonModify::kSet>>, "json", "JSON_SET(document, path, value, ...): replaces or adds"},
    {"json_insert", 3, kManyArguments, 0, ResolveChange<EvalModify<JsonModify::kInsert>>, "json", "JSON_INSERT(document, path, value, ...): adds"},
    {"json_replace", 3, kManyArguments, 0, ResolveChange<EvalModify<JsonModify::kReplace>>, "json", "JSON_REPLACE(document, path, value, ...): replaces"},
    {"json_array_append", 3, kManyArguments, 0, ResolveChange<EvalArrayAppend>, "json", "JSON_ARRAY_APPEND(document, path, value, ...)"},
    {"json_array_insert", 3, kManyArguments, 0, ResolveChange<EvalArrayInsert>, "json", "JSON_ARRAY_INSERT(document, path, value, ...)"},
    {"json_remove", 2, kManyArguments, 0, ResolveRemove, "json", "JSON_REMOVE(document, path, ...)"},
    {"json_merge", 2, kManyArguments, 0, ResolveMerge<EvalMergePreserve>, "json", "JSON_MERGE(document, ...): as JSON_MERGE_PRESERVE"},
    {"json_merge_preserve", 2, kManyArguments, 0, ResolveMerge<EvalMergePreserve>, "json", "JSON_MERGE_PRESERVE(document, ...): nothing is lost"},
    {"json_merge_patch", 2, kManyArguments, 0, ResolveMerge<EvalMergePatch>, "json", "JSON_MERGE_PATCH(document, ...): RFC 7396"},
    {"json_value", 2, 2, 0, ResolveValue, "json", "JSON_VALUE(document, path [RETURNING type]): a scalar"},
};

}  // namespace

std::span<const FunctionDescriptor> JsonFunctions() { return kFunctions; }

}  // namespace mahi
