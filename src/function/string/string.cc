// Lengths, parts, case, padding and assembly of strings.
// Source: MySQL 8.4 manual, "String Functions and Operators".
#include <algorithm>
#include <cstring>
#include <string>

#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"
#include "function/string/packet_limit.h"

namespace mahi {

namespace {

const Charset& CharsetOf(const FunctionCall& call, size_t argument = 0) {
  return call.arguments[argument]->type().charset();
}

// --- Lengths --------------------------------------------------------------------------------------

Status EvalLength(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, static_cast<int64_t>(Text(call, 0, row).size())); });
}
Status EvalBitLength(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, static_cast<int64_t>(Text(call, 0, row).size() * 8)); });
}
Status EvalCharLength(FunctionCall& call) {
  const Charset& charset = CharsetOf(call);
  return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, static_cast<int64_t>(charset.CharLength(Text(call, 0, row)))); });
}

// --- Concatenation --------------------------------------------------------------------------------

Status EvalConcat(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    size_t bytes = 0;
    for (const Vector* argument : call.arguments) bytes += argument->String(row).size();
    if (ExceedsPacket(call, row, bytes, "concat")) return;
    char* text = call.result->heap().Allocate(bytes + 1);
    size_t at = 0;
    for (const Vector* argument : call.arguments) {
      std::string_view piece = argument->String(row);
      if (!piece.empty()) std::memcpy(text + at, piece.data(), piece.size());
      at += piece.size();
    }
    call.result->SetStringView(row, {text, bytes});
  });
}

// NULL arguments are left out; only a NULL separator makes the result NULL.
Status EvalConcatWs(FunctionCall& call) {
  std::string text;
  return ForRows(call, [&](uint32_t row) {
    if (IsNull(call, 0, row)) return call.result->SetNull(row);
    text.clear();
    bool is_first = true;
    for (size_t i = 1; i < call.arguments.size(); ++i) {
      if (IsNull(call, i, row)) continue;
      if (!is_first) text += Text(call, 0, row);
      is_first = false;
      text += Text(call, i, row);
    }
    if (ExceedsPacket(call, row, text.size(), "concat_ws")) return;
    call.result->SetString(row, text);
  });
}

// --- Parts ----------------------------------------------------------------------------------------

// SUBSTRING(text, position[, length]): positions count from 1, negative ones from the end.
Status EvalSubstring(FunctionCall& call) {
  const Charset& charset = CharsetOf(call);
  bool has_length = call.arguments.size() > 2;
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    int64_t position = Count(call, 1, row);
    int64_t length = has_length ? Count(call, 2, row) : INT64_MAX;
    if (position == 0 || length <= 0) return call.result->SetString(row, {});
    size_t first;
    if (position > 0) {
      first = static_cast<size_t>(position - 1);
    } else {
      int64_t characters = static_cast<int64_t>(charset.CharLength(text));
      if (position < -characters) return call.result->SetString(row, {});
      first = static_cast<size_t>(characters + position);
    }
    std::string_view rest = text.substr(charset.ByteOffset(text, first));
    call.result->SetString(row, rest.substr(0, charset.ByteOffset(rest, static_cast<size_t>(length))));
  });
}

Status EvalLeft(FunctionCall& call) {
  const Charset& charset = CharsetOf(call);
  return MapRows(call, [&](uint32_t row) {
    int64_t count = Count(call, 1, row);
    std::string_view text = Text(call, 0, row);
    call.result->SetString(row, count <= 0 ? std::string_view() : text.substr(0, charset.ByteOffset(text, static_cast<size_t>(count))));
  });
}

Status EvalRight(FunctionCall& call) {
  const Charset& charset = CharsetOf(call);
  return MapRows(call, [&](uint32_t row) {
    int64_t count = Count(call, 1, row);
    std::string_view text = Text(call, 0, row);
    if (count <= 0) return call.result->SetString(row, {});
    size_t characters = charset.CharLength(text);
    size_t wanted = static_cast<size_t>(count);
    call.result->SetString(row, wanted >= characters ? text : text.substr(charset.ByteOffset(text, characters - wanted)));
  });
}

// Finds `pattern` in `text` from byte `from` on, at character boundaries only.
size_t FindAtBoundary(const Charset& charset, std::string_view text, std::string_view pattern, size_t from) {
  // A character of UTF-8 never begins within another one.
  if (charset.is_single_byte() || charset.id == CharsetId::kUtf8mb4 || charset.id == CharsetId::kUtf8mb3) return text.find(pattern, from);
  for (size_t at = from; at + pattern.size() <= text.size(); at += charset.FirstCharBytes(text.substr(at))) {
    if (std::memcmp(text.data() + at, pattern.data(), pattern.size()) == 0) return at;
  }
  return std::string_view::npos;
}

// The text before the nth delimiter, or after the nth from the end when the count is negative.
std::string_view SubstringIndex(const Charset& charset, std::string_view text, std::string_view delimiter, int64_t count) {
  if (text.empty() || delimiter.empty() || count == 0) return {};
  if (count > 0) {
    for (size_t from = 0;; ) {
      size_t at = FindAtBoundary(charset, text, delimiter, from);
      if (at == std::string_view::npos) return text;
      if (--count == 0) return text.substr(0, at);
      from = at + delimiter.size();
    }
  }
  if (!charset.is_single_byte()) {
    // Occurrences are found from the left here too.
    int64_t total = 0;
    for (size_t from = 0; (from = FindAtBoundary(charset, text, delimiter, from)) != std::string_view::npos; from += delimiter.size()) ++total;
    if (total + count < 0) return text;
    size_t from = 0;
    for (int64_t i = 0; i <= total + count; ++i) from = FindAtBoundary(charset, text, delimiter, from) + delimiter.size();
    return text.substr(from);
  }
  for (size_t end = text.size();;) {
    if (end < delimiter.size()) return text;
    size_t at = text.rfind(delimiter, end - delimiter.size());
    if (at == std::string_view::npos) return text;
    if (++count == 0) return text.substr(at + delimiter.size());
    end = at;
  }
}

Status EvalSubstringIndex(FunctionCall& call) {
  const Charset& charset = CharsetOf(call);
  return MapRows(call, [&](uint32_t row) {
    call.result->SetString(row, SubstringIndex(charset, Text(call, 0, row), Text(call, 1, row), Int(call, 2, row)));
  });
}

// --- Trimming, padding, repeating -----------------------------------------------------------------

enum TrimSides { kTrimLeading = 1, kTrimTrailing = 2, kTrimBoth = 3 };

template <int sides>
Status EvalTrim(FunctionCall& call) {
  bool has_remove = call.arguments.size() > 1;
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    std::string_view remove = has_remove ? Text(call, 1, row) : " ";
    if (!remove.empty()) {
      if (sides & kTrimLeading) {
        while (text.starts_with(remove)) text.remove_prefix(remove.size());
      }
      if (sides & kTrimTrailing) {
        while (text.ends_with(remove)) text.remove_suffix(remove.size());
      }
    }
    call.result->SetString(row, text);
  });
}

template <bool is_left>
Status EvalPad(FunctionCall& call) {
  constexpr const char* kName = is_left ? "lpad" : "rpad";
  const Charset& charset = CharsetOf(call);
  std::string whole;
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    int64_t length = Count(call, 1, row);
    std::string_view pad = call.arguments.size() > 2 ? Text(call, 2, row) : " ";
    if (length < 0) return call.result->SetNull(row);
    size_t characters = charset.CharLength(text);
    size_t wanted = static_cast<size_t>(length);
    if (wanted <= characters) return call.result->SetString(row, text.substr(0, charset.ByteOffset(text, wanted)));
    if (ExceedsPacket(call, row, wanted, kName)) return;
    size_t pad_characters = charset.CharLength(pad);
    if (pad_characters == 0) return call.result->SetString(row, {});
    size_t missing = wanted - characters;
    size_t times = missing / pad_characters;
    std::string_view last = pad.substr(0, charset.ByteOffset(pad, missing % pad_characters));
    if (ExceedsPacket(call, row, text.size() + times * pad.size() + last.size(), kName)) return;
    whole.clear();
    if (!is_left) whole += text;
    for (size_t i = 0; i < times; ++i) whole += pad;
    whole += last;
    if (is_left) whole += text;
    call.result->SetString(row, whole);
  });
}

Status EvalRepeat(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    int64_t times = Count(call, 1, row);
    if (times <= 0 || text.empty()) return call.result->SetString(row, {});
    if (static_cast<uint64_t>(times) > call.context.max_allowed_packet / text.size()) {
      ExceedsPacket(call, row, SIZE_MAX, "repeat");
      return;
    }
    size_t bytes = text.size() * static_cast<size_t>(times);
    char* to = call.result->heap().Allocate(bytes);
    for (size_t at = 0; at < bytes; at += text.size()) std::memcpy(to + at, text.data(), text.size());
    call.result->SetStringView(row, {to, bytes});
  });
}

Status EvalSpace(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    int64_t count = Count(call, 0, row);
    if (count <= 0) return call.result->SetString(row, {});
    size_t bytes = static_cast<size_t>(count);
    if (ExceedsPacket(call, row, bytes, "space")) return;
    char* to = call.result->heap().Allocate(bytes);
    std::memset(to, ' ', bytes);
    call.result->SetStringView(row, {to, bytes});
  });
}

Status EvalReverse(FunctionCall& call) {
  const Charset& charset = CharsetOf(call);
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    char* to = call.result->heap().Allocate(text.size() + 1);
    char* end = to + text.size();
    for (size_t at = 0; at < text.size();) {
      size_t bytes = charset.FirstCharBytes(text.substr(at));
      end -= bytes;
      std::memcpy(end, text.data() + at, bytes);
      at += bytes;
    }
    call.result->SetStringView(row, {to, text.size()});
  });
}

// --- Replacing ------------------------------------------------------------------------------------

// Case matters to REPLACE, whatever the collation.
Status EvalReplace(FunctionCall& call) {
  const Charset& charset = CharsetOf(call);
  std::string output;
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    std::string_view from = Text(call, 1, row);
    std::string_view to = Text(call, 2, row);
    if (from.empty()) return call.result->SetString(row, text);
    output.clear();
    size_t copied = 0;
    while (output.size() <= call.context.max_allowed_packet) {
      size_t at = FindAtBoundary(charset, text, from, copied);
      if (at == std::string_view::npos) break;
      output.append(text, copied, at - copied);
      output += to;
      copied = at + from.size();
    }
    output.append(text, copied);
    if (ExceedsPacket(call, row, output.size(), "replace")) return;
    call.result->SetString(row, output);
  });
}

// INSERT(text, position, length, replacement).
Status EvalInsert(FunctionCall& call) {
  const Charset& charset = CharsetOf(call);
  std::string output;
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    int64_t position = Count(call, 1, row);
    int64_t length = Count(call, 2, row);
    int64_t characters = static_cast<int64_t>(charset.CharLength(text));
    if (position < 1 || position > characters) return call.result->SetString(row, text);
    if (length < 0 || length > characters - position + 1) length = characters - position + 1;
    size_t begin = charset.ByteOffset(text, static_cast<size_t>(position - 1));
    size_t end = charset.ByteOffset(text, static_cast<size_t>(position - 1 + length));
    output.assign(text, 0, begin);
    output += Text(call, 3, row);
    output += text.substr(end);
    if (ExceedsPacket(call, row, output.size(), "insert")) return;
    call.result->SetString(row, output);
  });
}

// --- Case -----------------------------------------------------------------------------------------

template <bool is_upper>
Status EvalCase(FunctionCall& call) {
  const Collation& collation = call.arguments[0]->type().collation_ref();
  bool takes_ascii_path = collation.charset().is_ascii_compatible;
  constexpr char kFirst = is_upper ? 'a' : 'A';
  std::string output;
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    char* to = call.result->heap().Allocate(text.size() + 1);
    bool is_ascii = takes_ascii_path;
    for (size_t i = 0; i < text.size() && is_ascii; ++i) {
      char c = text[i];
      is_ascii = static_cast<unsigned char>(c) < 0x80;
      to[i] = c >= kFirst && c < kFirst + 26 ? static_cast<char>(c ^ 0x20) : c;
    }
    if (is_ascii) return call.result->SetStringView(row, {to, text.size()});
    output.clear();
    if (is_upper) {
      collation.CaseUp(text, &output);
    } else {
      collation.CaseDown(text, &output);
    }
    call.result->SetString(row, output);
  });
}
Status EvalSame(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetString(row, Text(call, 0, row)); });
}

// --- Resolution -----------------------------------------------------------------------------------

// Text of the collation of the first `texts` arguments, at most `characters` long.
Status TextCall(ResolveContext& c, Arguments a, Signature* s, std::string_view wanted, size_t texts,
                uint64_t characters, EvalFunction eval, bool is_nullable = false) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, wanted, TextOf(characters, c.connection_collation), eval));
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnText(c, a, s, 0, std::min(texts, a.size())));
  s->result = TextOf(characters, collation);
  s->is_nullable = s->is_nullable || is_nullable;
  return {};
}

// The value of a constant count, when it is one, within 0 .. 2^32.
uint64_t ConstantCount(const ArgumentInfo& argument, uint64_t otherwise) {
  if (argument.constant == nullptr || argument.constant->is_null()) return otherwise;
  constexpr uint64_t kMost = uint64_t{1} << 32;
  if (argument.constant->kind() == PhysicalType::kUInt64) return std::min(argument.constant->uint64(), kMost);
  if (argument.constant->kind() != PhysicalType::kInt64) return otherwise;
  int64_t value = argument.constant->int64();
  return value < 0 ? 0 : std::min(static_cast<uint64_t>(value), kMost);
}

uint64_t SumOfCharacters(Arguments a, size_t first) {
  uint64_t sum = 0;
  for (size_t i = first; i < a.size(); ++i) sum += MaxCharacters(a[i]);
  return sum;
}

Status ResolveConcat(ResolveContext& c, Arguments a, Signature* s) {
  return TextCall(c, a, s, "b*", a.size(), SumOfCharacters(a, 0), EvalConcat);
}
Status ResolveConcatWs(ResolveContext& c, Arguments a, Signature* s) {
  uint64_t characters = SumOfCharacters(a, 1) + MaxCharacters(a[0]) * (a.size() - 2);
  MAHI_RETURN_IF_ERROR(TextCall(c, a, s, "b*", a.size(), characters, EvalConcatWs));
  s->is_nullable = a[0].is_nullable;
  return {};
}
Status ResolveSubstring(ResolveContext& c, Arguments a, Signature* s) {
  uint64_t length = MaxCharacters(a[0]);
  if (a.size() > 2) length = std::min(length, ConstantCount(a[2], length));
  return TextCall(c, a, s, "bnn", 1, length, EvalSubstring);
}
template <EvalFunction eval>
Status ResolveEnd(ResolveContext& c, Arguments a, Signature* s) {
  return TextCall(c, a, s, "bn", 1, std::min(MaxCharacters(a[0]), ConstantCount(a[1], UINT64_MAX)), eval);
}
template <EvalFunction eval>
Status ResolveSameText(ResolveContext& c, Arguments a, Signature* s) {
  return TextCall(c, a, s, "b*", a.size(), MaxCharacters(a[0]), eval);
}
template <EvalFunction eval>
Status ResolveCase(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(TextCall(c, a, s, "b", 1, MaxCharacters(a[0]), eval));
  if (s->result.collation == kCollationBinary) s->eval = EvalSame;
  return {};
}

// The first and the last argument share a collation; those between are numbers.
Status FramedTextCall(ResolveContext& c, Arguments a, Signature* s, uint64_t characters, EvalFunction eval) {
  const ArgumentInfo texts[] = {a.front(), a.back()};
  Signature agreed;
  MAHI_RETURN_IF_ERROR(Call(c, texts, &agreed, "b*", TextOf(1, c.connection_collation), eval));
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnText(c, texts, &agreed, 0, 2));
  MAHI_RETURN_IF_ERROR(NullableCall(c, a, s, "nnnn", TextOf(characters, collation), eval));
  s->arguments.front() = agreed.arguments[0];
  s->arguments.back() = agreed.arguments[1];
  s->coercibility = agreed.coercibility;
  return {};
}
template <EvalFunction eval>
Status ResolvePad(ResolveContext& c, Arguments a, Signature* s) {
  if (a.size() == 2) return TextCall(c, a, s, "bn", 1, ConstantCount(a[1], 16 << 20), eval, true);
  return FramedTextCall(c, a, s, ConstantCount(a[1], 16 << 20), eval);
}
Status ResolveInsert(ResolveContext& c, Arguments a, Signature* s) {
  return FramedTextCall(c, a, s, MaxCharacters(a[0]) + MaxCharacters(a[3]), EvalInsert);
}
Status ResolveRepeat(ResolveContext& c, Arguments a, Signature* s) {
  uint64_t times = ConstantCount(a[1], UINT32_MAX);
  uint64_t characters = MaxCharacters(a[0]);
  uint64_t length = characters == 0 || times <= UINT32_MAX / characters ? times * characters : UINT32_MAX;
  return TextCall(c, a, s, "bn", 1, length, EvalRepeat, true);
}
Status ResolveSpace(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, "n", ConstantCount(a[0], 16 << 20), EvalSpace));
  s->is_nullable = true;
  return {};
}
Status ResolveReplace(ResolveContext& c, Arguments a, Signature* s) {
  uint64_t characters = MaxCharacters(a[0]);
  uint64_t longer = MaxCharacters(a[2]);
  if (longer > 1) characters = std::min<uint64_t>(characters * longer, UINT32_MAX);
  return TextCall(c, a, s, "b*", 3, characters, EvalReplace);
}
Status ResolveSubstringIndex(ResolveContext& c, Arguments a, Signature* s) {
  return TextCall(c, a, s, "bbi", 2, MaxCharacters(a[0]), EvalSubstringIndex);
}
template <EvalFunction eval>
Status ResolveLengthOf(ResolveContext& c, Arguments a, Signature* s) {
  return Call(c, a, s, "b", BigintOf(10), eval);
}

const FunctionDescriptor kFunctions[] = {
    {"length", 1, 1, 0, ResolveLengthOf<EvalLength>, "string", "LENGTH(text): bytes"},
    {"octet_length", 1, 1, 0, ResolveLengthOf<EvalLength>, "string", "OCTET_LENGTH(text): bytes"},
    {"bit_length", 1, 1, 0, ResolveLengthOf<EvalBitLength>, "string", "BIT_LENGTH(text): bits"},
    {"char_length", 1, 1, 0, ResolveLengthOf<EvalCharLength>, "string", "CHAR_LENGTH(text): characters"},
    {"character_length", 1, 1, 0, ResolveLengthOf<EvalCharLength>, "string", "CHARACTER_LENGTH(text): characters"},
    {"concat", 1, kManyArguments, 0, ResolveConcat, "string", "CONCAT(text, ...): joined"},
    {"concat_ws", 2, kManyArguments, 0, ResolveConcatWs, "string", "CONCAT_WS(separator, text, ...): joined, NULLs left out"},
    {"substring", 2, 3, 0, ResolveSubstring, "string", "SUBSTRING(text, position[, length]): a part"},
    {"substr", 2, 3, 0, ResolveSubstring, "string", "SUBSTR(text, position[, length]): a part"},
    {"mid", 3, 3, 0, ResolveSubstring, "string", "MID(text, position, length): a part"},
    {"left", 2, 2, 0, ResolveEnd<EvalLeft>, "string", "LEFT(text, count): its first characters"},
    {"right", 2, 2, 0, ResolveEnd<EvalRight>, "string", "RIGHT(text, count): its last characters"},
    {"substring_index", 3, 3, 0, ResolveSubstringIndex, "string", "SUBSTRING_INDEX(text, delimiter, count): what stands before the nth delimiter"},
    {"trim", 1, 1, 0, ResolveSameText<EvalTrim<kTrimBoth>>, "string", "TRIM(text): without spaces around"},
    {"ltrim", 1, 1, 0, ResolveSameText<EvalTrim<kTrimLeading>>, "string", "LTRIM(text): without leading spaces"},
    {"rtrim", 1, 1, 0, ResolveSameText<EvalTrim<kTrimTrailing>>, "string", "RTRIM(text): without trailing spaces"},
    {"trim_both", 2, 2, 0, ResolveSameText<EvalTrim<kTrimBoth>>, "string", "TRIM(BOTH remove FROM text)"},
    {"trim_leading", 2, 2, 0, ResolveSameText<EvalTrim<kTrimLeading>>, "string", "TRIM(LEADING remove FROM text)"},
    {"trim_trailing", 2, 2, 0, ResolveSameText<EvalTrim<kTrimTrailing>>, "string", "TRIM(TRAILING remove FROM text)"},
    {"lpad", 2, 3, 0, ResolvePad<EvalPad<true>>, "string", "LPAD(text, length[, pad]): padded on the left, or cut"},
    {"rpad", 2, 3, 0, ResolvePad<EvalPad<false>>, "string", "RPAD(text, length[, pad]): padded on the right, or cut"},
    {"repeat", 2, 2, 0, ResolveRepeat, "string", "REPEAT(text, count): several times"},
    {"space", 1, 1, 0, ResolveSpace, "string", "SPACE(count): spaces"},
    {"reverse", 1, 1, 0, ResolveSameText<EvalReverse>, "string", "REVERSE(text): back to front"},
    {"replace", 3, 3, 0, ResolveReplace, "string", "REPLACE(text, from, to): every occurrence replaced"},
    {"insert", 4, 4, 0, ResolveInsert, "string", "INSERT(text, position, length, new): a part replaced"},
    {"lower", 1, 1, 0, ResolveCase<EvalCase<false>>, "string", "LOWER(text): in lower case"},
    {"lcase", 1, 1, 0, ResolveCase<EvalCase<false>>, "string", "LCASE(text): in lower case"},
    {"upper", 1, 1, 0, ResolveCase<EvalCase<true>>, "string", "UPPER(text): in upper case"},
    {"ucase", 1, 1, 0, ResolveCase<EvalCase<true>>, "string", "UCASE(text): in upper case"},
};

}  // namespace

std::span<const FunctionDescriptor> StringFunctions() { return kFunctions; }

}  // namespace mahi
