// Searching in strings and lists of strings.
// Source: MySQL 8.4 manual, "String Functions and Operators".
#include <algorithm>
#include <string>

#include "function/collation_agreement.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/registry.h"
#include "function/resolve.h"
#include "function/string/soundex.h"
#include "types/conversion.h"

namespace mahi {

namespace {

// --- LOCATE, INSTR --------------------------------------------------------------------------------

// Where `needle` is in `text`, as a character number from 1; 0: nowhere. `start` counts characters from 1.
int64_t Locate(const Collation& collation, std::string_view text, std::string_view needle, int64_t start) {
  if (start < 1) return 0;
  const Charset& charset = collation.charset();
  size_t skip = static_cast<size_t>(start - 1);
  if (skip > 0 && charset.CharLength(text) < skip) return 0;
  size_t from = charset.ByteOffset(text, skip);
  if (needle.empty()) return start;
  size_t at = collation.Locate(text, needle, from);
  if (at == std::string_view::npos) return 0;
  return static_cast<int64_t>(charset.CharLength(text.substr(0, at))) + 1;
}

template <size_t needle, size_t text>
Status EvalLocate(FunctionCall& call) {
  const Collation& collation = call.arguments[text]->type().collation_ref();
  return MapRows(call, [&](uint32_t row) {
    int64_t start = call.arguments.size() > 2 ? Int(call, 2, row) : 1;
    call.result->SetInt64(row, Locate(collation, Text(call, text, row), Text(call, needle, row), start));
  });
}

// Text arguments first .. first+count-1 in one collation, which they carry.
Status AgreedTexts(ResolveContext& c, Arguments a, Signature* s, size_t first, size_t count, std::string_view operation) {
  Coercibility coercibility;
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnCollation(a.subspan(first, count), operation, c.connection_collation, false, &coercibility));
  Coercibility kept = s->coercibility;
  MAHI_RETURN_IF_ERROR(AgreeOnText(c, a, s, first, count).TakeStatus());
  s->coercibility = kept;
  for (size_t i = first; i < first + count; ++i) s->arguments[i].collation = collation;
  return {};
}

template <size_t needle, size_t text>
Status ResolveLocate(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "bbi", BigintOf(11), EvalLocate<needle, text>));
  return AgreedTexts(c, a, s, 0, 2, c.function_text);
}

// --- FIELD, ELT, FIND_IN_SET, STRCMP --------------------------------------------------------------

Status EvalField(FunctionCall& call) {
  const Vector& value = *call.arguments[0];
  const SqlType& type = value.type();
  return ForRows(call, [&](uint32_t row) {
    int64_t found = 0;
    for (size_t i = 1; i < call.arguments.size() && found == 0 && !value.IsNull(row); ++i) {
      const Vector& other = *call.arguments[i];
      if (!other.IsNull(row) && CompareDatum(value.GetDatum(value.Index(row)), other.GetDatum(other.Index(row)), type) == 0) {
        found = static_cast<int64_t>(i);
      }
    }
    call.result->SetInt64(row, found);
  });
}
// All strings: as strings; all integers: as integers; anything else as DOUBLE.
Status ResolveField(ResolveContext& c, Arguments a, Signature* s) {
  bool all_text = std::all_of(a.begin(), a.end(), [](const ArgumentInfo& x) { return IsStringType(x.type) || x.type.IsNull(); });
  bool all_integers = std::all_of(a.begin(), a.end(), [](const ArgumentInfo& x) { return x.type.IsIntegral() || x.type.IsNull(); });
  MAHI_RETURN_IF_ERROR(Call(c, a, s, all_text ? "b*" : all_integers ? "i*" : "d*", BigintOf(3), EvalField));
  s->is_nullable = false;
  if (all_text) return AgreedTexts(c, a, s, 0, a.size(), "field");
  for (SqlType& type : s->arguments) type = all_integers ? SqlType::BigInt() : SqlType::Double();
  return {};
}

Status EvalElt(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) {
    if (IsNull(call, 0, row)) return call.result->SetNull(row);
    int64_t index = Int(call, 0, row);
    if (index < 1 || index >= static_cast<int64_t>(call.arguments.size()) || IsNull(call, static_cast<size_t>(index), row)) {
      return call.result->SetNull(row);
    }
    call.result->SetString(row, Text(call, static_cast<size_t>(index), row));
  });
}
Status ResolveElt(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(NullableCall(c, a, s, "ib*", TextOf(1, c.connection_collation), EvalElt));
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnText(c, a, s, 1, a.size() - 1));
  uint64_t characters = 0;
  for (size_t i = 1; i < a.size(); ++i) characters = std::max(characters, MaxCharacters(a[i]));
  s->result = TextOf(characters, collation);
  return {};
}

// The number of `text` in a list separated by commas.
Status EvalFindInSet(FunctionCall& call) {
  const Collation& collation = call.arguments[0]->type().collation_ref();
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    std::string_view list = Text(call, 1, row);
    if (list.empty() || text.find(',') != std::string_view::npos) return call.result->SetInt64(row, 0);
    int64_t number = 1;
    for (size_t from = 0;; ++number) {
      size_t comma = list.find(',', from);
      if (collation.Equal(text, list.substr(from, comma == std::string_view::npos ? comma : comma - from))) return call.result->SetInt64(row, number);
      if (comma == std::string_view::npos) return call.result->SetInt64(row, 0);
      from = comma + 1;
    }
  });
}
Status ResolveFindInSet(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "bb", BigintOf(3), EvalFindInSet));
  return AgreedTexts(c, a, s, 0, 2, "find_in_set");
}

Status EvalStrcmp(FunctionCall& call) {
  const Collation& collation = call.arguments[0]->type().collation_ref();
  return MapRows(call, [&](uint32_t row) {
    int order = collation.Compare(Text(call, 0, row), Text(call, 1, row));
    call.result->SetInt64(row, order < 0 ? -1 : order > 0 ? 1 : 0);
  });
}
Status ResolveStrcmp(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "bb", BigintOf(2), EvalStrcmp));
  return AgreedTexts(c, a, s, 0, 2, "strcmp");
}

// --- MAKE_SET, EXPORT_SET -------------------------------------------------------------------------

Status EvalMakeSet(FunctionCall& call) {
  std::string text;
  return ForRows(call, [&](uint32_t row) {
    if (IsNull(call, 0, row)) return call.result->SetNull(row);
    uint64_t bits = call.arguments[0]->UInt64(row);
    text.clear();
    bool is_first = true;
    for (size_t i = 1; i < call.arguments.size() && i <= 64; ++i) {
      if ((bits >> (i - 1) & 1) == 0 || IsNull(call, i, row)) continue;
      if (!is_first) text += ',';
      is_first = false;
      text += Text(call, i, row);
    }
    call.result->SetString(row, text);
  });
}
Status ResolveMakeSet(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "Ub*", TextOf(1, c.connection_collation), EvalMakeSet));
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnText(c, a, s, 1, a.size() - 1));
  uint64_t characters = a.size() - 2;
  for (size_t i = 1; i < a.size(); ++i) characters += MaxCharacters(a[i]);
  s->result = TextOf(characters, collation);
  s->is_nullable = a[0].is_nullable;
  return {};
}

// EXPORT_SET(bits, on, off[, separator[, count]]).
Status EvalExportSet(FunctionCall& call) {
  std::string text;
  return MapRows(call, [&](uint32_t row) {
    uint64_t bits = call.arguments[0]->UInt64(row);
    std::string_view separator = call.arguments.size() > 3 ? Text(call, 3, row) : ",";
    int64_t count = call.arguments.size() > 4 ? Int(call, 4, row) : 64;
    if (count < 0 || count > 64) count = 64;
    text.clear();
    for (int64_t i = 0; i < count; ++i) {
      if (i > 0) text += separator;
      text += Text(call, bits >> i & 1 ? 1 : 2, row);
    }
    call.result->SetString(row, text);
  });
}
Status ResolveExportSet(ResolveContext& c, Arguments a, Signature* s) {
  size_t texts = std::min<size_t>(a.size() - 1, 3);
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "Ubbbi", TextOf(1, c.connection_collation), EvalExportSet));
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnText(c, a, s, 1, texts));
  uint64_t longest = std::max(MaxCharacters(a[1]), MaxCharacters(a[2]));
  uint64_t separator = a.size() > 3 ? MaxCharacters(a[3]) : 1;
  s->result = TextOf(longest * 64 + separator * 63, collation);
  return {};
}

// --- SOUNDEX --------------------------------------------------------------------------------------

Status EvalSoundex(FunctionCall& call) {
  const Charset& charset = call.arguments[0]->type().charset();
  return MapRows(call, [&](uint32_t row) { call.result->SetString(row, Soundex(charset, Text(call, 0, row))); });
}
Status ResolveSoundex(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "b", TextOf(1, c.connection_collation), EvalSoundex));
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnText(c, a, s, 0, 1));
  s->result = TextOf(std::max<uint64_t>(MaxCharacters(a[0]), 4), collation);
  return {};
}
Status EvalSoundsLike(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    call.result->SetInt64(row, Soundex(call.arguments[0]->type().charset(), Text(call, 0, row)) ==
                                   Soundex(call.arguments[1]->type().charset(), Text(call, 1, row)));
  });
}
Status ResolveSoundsLike(ResolveContext& c, Arguments a, Signature* s) { return Call(c, a, s, "bb", BooleanOf(), EvalSoundsLike); }

const FunctionDescriptor kFunctions[] = {
    {"locate", 2, 3, 0, ResolveLocate<0, 1>, "string", "LOCATE(needle, text[, start]): where it is, from 1; 0: nowhere"},
    {"position", 2, 2, 0, ResolveLocate<0, 1>, "string", "POSITION(needle IN text): where it is, from 1"},
    {"instr", 2, 2, 0, ResolveLocate<1, 0>, "string", "INSTR(text, needle): where it is, from 1; 0: nowhere"},
    {"field", 2, kManyArguments, 0, ResolveField, "string", "FIELD(value, a, b, ...): which one equals the value"},
    {"elt", 2, kManyArguments, 0, ResolveElt, "string", "ELT(n, a, b, ...): the nth"},
    {"find_in_set", 2, 2, 0, ResolveFindInSet, "string", "FIND_IN_SET(text, list): its number in 'a,b,c'"},
    {"strcmp", 2, 2, 0, ResolveStrcmp, "string", "STRCMP(a, b): -1, 0 or 1"},
    {"make_set", 2, kManyArguments, 0, ResolveMakeSet, "string", "MAKE_SET(bits, a, b, ...): those whose bits are set"},
    {"export_set", 3, 5, 0, ResolveExportSet, "string", "EXPORT_SET(bits, on, off[, separator[, count]]): each bit as text"},
    {"soundex", 1, 1, 0, ResolveSoundex, "string", "SOUNDEX(text): how it sounds"},
    {"sounds like", 2, 2, 0, ResolveSoundsLike, "string", "a SOUNDS LIKE b: equal SOUNDEX"},
};

}  // namespace

std::span<const FunctionDescriptor> StringSearchFunctions() { return kFunctions; }

// Letters of one group sound alike; vowels, H, W and Y have no code and do not keep equal codes apart. Non-ASCII
// letters count as vowels.
std::string Soundex(const Charset& charset, std::string_view text) {
  static constexpr char kCodes[] = "01230120022455012623010202";  // A .. Z
  std::string result;
  char last = 0;
  while (!text.empty()) {
    char32_t c = 0;
    size_t bytes = charset.Decode(text, &c);
    if (bytes == 0) {
      bytes = 1;
      c = static_cast<unsigned char>(text[0]);
    }
    std::string_view character = text.substr(0, bytes);
    text.remove_prefix(bytes);
    char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c >= 'A' && c <= 'Z' ? static_cast<char>(c) : 0;
    if (upper == 0 && c < 0xc0) continue;
    char code = upper != 0 ? kCodes[upper - 'A'] : '0';
    if (result.empty()) {
      if (upper != 0) {
        result += upper;
      } else {
        result += character;
      }
      last = code;
      continue;
    }
    if (code == '0' || code == last) continue;
    result += code;
    last = code;
  }
  if (result.empty()) return result;
  while (charset.CharLength(result) < 4) result += '0';
  return result;
}

}  // namespace mahi
