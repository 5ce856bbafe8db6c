// Aggregates that keep values: MIN, MAX, ANY_VALUE, GROUP_CONCAT, JSON_ARRAYAGG, JSON_OBJECTAGG.
// Source: MySQL 8.4 manual, "Aggregate Function Descriptions".
#include <algorithm>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "function/collation_agreement.h"
#include "function/family.h"
#include "function/resolve.h"
#include "types/conversion.h"
#include "types/json.h"

namespace mahi {

namespace {

template <typename State>
void Initialize(void* state) {
  new (state) State();
}
template <typename State>
void Destroy(void* state) {
  static_cast<State*>(state)->~State();
}
template <typename State>
State& StateOf(AggregateCall& call, uint32_t row) {
  return *static_cast<State*>(call.states[row]);
}
template <typename State>
void Use(AggregateSignature* s) {
  s->state_bytes = sizeof(State);
  s->initialize = Initialize<State>;
  if constexpr (!std::is_trivially_destructible_v<State>) s->destroy = Destroy<State>;
}

enum class Keep { kLeast, kGreatest, kFirst };

// --- Plain elements -------------------------------------------------------------------------------

template <typename T>
struct ScalarState {
  T value{};
  bool has_value = false;
};

template <Keep keep, typename T>
void Take(ScalarState<T>* state, const T& value) {
  if (!state->has_value || (keep == Keep::kLeast && value < state->value) || (keep == Keep::kGreatest && value > state->value)) {
    state->value = value;
    state->has_value = true;
  }
}
template <Keep keep, typename T>
Status UpdateScalar(AggregateCall& call) {
  const Vector& argument = *call.arguments[0];
  const T* values = argument.Data<T>();
  call.rows.ForEach([&](uint32_t row) {
    if (!argument.IsNull(row)) Take<keep, T>(&StateOf<ScalarState<T>>(call, row), values[argument.Index(row)]);
  });
  return {};
}
template <Keep keep, typename T>
Status MergeScalar(EvalContext&, void* into, void* from, const AggregateOptions&) {
  auto* other = static_cast<ScalarState<T>*>(from);
  if (other->has_value) Take<keep, T>(static_cast<ScalarState<T>*>(into), other->value);
  return {};
}
template <typename T>
Status FinalizeScalar(EvalContext&, void* const* states, uint32_t count, const AggregateOptions&, Vector* result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *static_cast<const ScalarState<T>*>(states[i]);
    if (state.has_value) {
      result->MutableData<T>()[i] = state.value;
    } else {
      result->SetNull(i);
    }
  }
  return {};
}
template <Keep keep, typename T>
void UseScalar(AggregateSignature* s) {
  Use<ScalarState<T>>(s);
  s->update = UpdateScalar<keep, T>;
  s->merge = MergeScalar<keep, T>;
  s->finalize = FinalizeScalar<T>;
}

// --- Strings and JSON -----------------------------------------------------------------------------

struct TextState {
  std::string value;
  CollationId collation = kCollationBinary;
  bool has_value = false;
};

template <Keep keep, bool is_json>
void TakeText(TextState* state, std::string_view value, CollationId collation) {
  if (state->has_value) {
    if (keep == Keep::kFirst) return;
    int order = is_json ? JsonCompare(JsonView(value), JsonView(state->value)) : CollationOrBinary(collation).Compare(value, state->value);
    if (keep == Keep::kLeast ? order >= 0 : order <= 0) return;
  }
  state->value.assign(value);
  state->collation = collation;
  state->has_value = true;
}
template <Keep keep, bool is_json>
Status UpdateText(AggregateCall& call) {
  const Vector& argument = *call.arguments[0];
  CollationId collation = argument.type().collation;
  call.rows.ForEach([&](uint32_t row) {
    if (!argument.IsNull(row)) TakeText<keep, is_json>(&StateOf<TextState>(call, row), argument.String(row), collation);
  });
  return {};
}
template <Keep keep, bool is_json>
Status MergeText(EvalContext&, void* into, void* from, const AggregateOptions&) {
  auto* other = static_cast<TextState*>(from);
  if (other->has_value) TakeText<keep, is_json>(static_cast<TextState*>(into), other->value, other->collation);
  return {};
}
Status FinalizeText(EvalContext&, void* const* states, uint32_t count, const AggregateOptions&, Vector* result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *static_cast<const TextState*>(states[i]);
    if (state.has_value) {
      result->SetString(i, state.value);
    } else {
      result->SetNull(i);
    }
  }
  return {};
}
size_t TextBytes(const void* state) { return static_cast<const TextState*>(state)->value.capacity(); }

template <Keep keep, bool is_json>
void UseText(AggregateSignature* s) {
  Use<TextState>(s);
  s->update = UpdateText<keep, is_json>;
  s->merge = MergeText<keep, is_json>;
  s->finalize = FinalizeText;
  s->memory_bytes = TextBytes;
}

// ENUM and SET compare as text.
template <Keep keep>
Status ResolveKeep(ResolveContext& c, Arguments a, const AggregateOptions&, AggregateSignature* s) {
  s->result = a[0].type.IsEnumOrSet() && keep != Keep::kFirst ? TextTypeOf(c, a[0]) : a[0].type;
  s->is_nullable = true;
  s->coercibility = a[0].coercibility;
  s->arguments = {s->result};
  switch (s->result.physical()) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal: UseScalar<keep, int64_t>(s); break;
    case PhysicalType::kUInt64: UseScalar<keep, uint64_t>(s); break;
    case PhysicalType::kDouble: UseScalar<keep, double>(s); break;
    case PhysicalType::kDecimal: UseScalar<keep, Decimal>(s); break;
    case PhysicalType::kString: UseText<keep, false>(s); break;
    case PhysicalType::kJson: UseText<keep, true>(s); break;
  }
  return {};
}

// --- GROUP_CONCAT ---------------------------------------------------------------------------------

struct ConcatState {
  std::string text;
  uint64_t row_count = 0;
  bool is_cut = false;
  bool has_value = false;
};

void CutConcat(EvalContext& context, const Charset& charset, ConcatState* state) {
  uint64_t limit = std::min(context.group_concat_max_len, context.max_allowed_packet);
  if (state->text.size() <= limit) return;
  size_t bytes = charset.WellFormedBytes(std::string_view(state->text).substr(0, limit));
  state->text.resize(bytes);
  state->is_cut = true;
  if (context.diagnostics != nullptr) context.diagnostics->Warn(Error(ER_CUT_VALUE_GROUP_CONCAT, state->row_count, "GROUP_CONCAT()"));
}

Status UpdateConcat(AggregateCall& call) {
  const Charset& charset = call.arguments[0]->type().charset();
  call.rows.ForEach([&](uint32_t row) {
    auto& state = StateOf<ConcatState>(call, row);
    ++state.row_count;
    if (state.is_cut) return;
    for (const Vector* argument : call.arguments) {
      if (argument->IsNull(row)) return;
    }
    if (state.has_value) state.text += call.options.separator;
    state.has_value = true;
    for (const Vector* argument : call.arguments) state.text += argument->String(row);
    CutConcat(call.context, charset, &state);
  });
  return {};
}
Status MergeConcat(EvalContext& context, void* into, void* from, const AggregateOptions& options) {
  auto* a = static_cast<ConcatState*>(into);
  auto* b = static_cast<ConcatState*>(from);
  a->row_count += b->row_count;
  if (!b->has_value || a->is_cut) return {};
  if (a->has_value) a->text += options.separator;
  a->has_value = true;
  a->text += b->text;
  CutConcat(context, GetCharset(CharsetId::kUtf8mb4), a);
  return {};
}
Status FinalizeConcat(EvalContext&, void* const* states, uint32_t count, const AggregateOptions&, Vector* result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *static_cast<const ConcatState*>(states[i]);
    if (state.has_value) {
      result->SetString(i, state.text);
    } else {
      result->SetNull(i);
    }
  }
  return {};
}
size_t ConcatBytes(const void* state) { return static_cast<const ConcatState*>(state)->text.capacity(); }

Status ResolveConcat(ResolveContext& c, Arguments a, const AggregateOptions&, AggregateSignature* s) {
  Signature agreed;
  MAHI_RETURN_IF_ERROR(Call(c, a, &agreed, "b*", TextOf(1, c.connection_collation), nullptr));
  if (c.function_text.empty()) c.function_text = "group_concat";
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnText(c, a, &agreed, 0, a.size()));
  s->result = SqlType::Text(collation);
  s->is_nullable = true;
  s->coercibility = agreed.coercibility;
  s->arguments = agreed.arguments;
  Use<ConcatState>(s);
  s->update = UpdateConcat;
  s->merge = MergeConcat;
  s->finalize = FinalizeConcat;
  s->memory_bytes = ConcatBytes;
  return {};
}

// --- JSON -----------------------------------------------------------------------------------------

struct JsonArrayState {
  std::vector<std::string> elements;
  size_t bytes = 0;
};
Status UpdateJsonArray(AggregateCall& call) {
  const Vector& argument = *call.arguments[0];
  for (uint32_t i = 0; i < call.rows.count; ++i) {
    uint32_t row = call.rows[i];
    auto& state = StateOf<JsonArrayState>(call, row);
    std::string element;
    if (argument.IsNull(row)) {
      element = JsonMakeNull();
    } else {
      MAHI_ASSIGN_OR_RETURN(element, JsonFromDatum(argument.GetDatum(argument.Index(row)), argument.type()));
    }
    state.bytes += element.size();
    state.elements.push_back(std::move(element));
  }
  return {};
}
Status MergeJsonArray(EvalContext&, void* into, void* from, const AggregateOptions&) {
  auto* a = static_cast<JsonArrayState*>(into);
  auto* b = static_cast<JsonArrayState*>(from);
  for (std::string& element : b->elements) a->elements.push_back(std::move(element));
  a->bytes += b->bytes;
  return {};
}
Status FinalizeJsonArray(EvalContext&, void* const* states, uint32_t count, const AggregateOptions&, Vector* result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *static_cast<const JsonArrayState*>(states[i]);
    if (state.elements.empty()) {
      result->SetNull(i);
      continue;
    }
    std::vector<JsonView> views;
    for (const std::string& element : state.elements) views.emplace_back(element);
    result->SetString(i, JsonMakeArray(views));
  }
  return {};
}
size_t JsonArrayBytes(const void* state) { return static_cast<const JsonArrayState*>(state)->bytes; }

Status ResolveJsonArray(ResolveContext&, Arguments a, const AggregateOptions& options, AggregateSignature* s) {
  s->result = JsonOf();
  s->is_nullable = true;
  s->arguments = {a[0].type};
  Use<JsonArrayState>(s);
  s->update = UpdateJsonArray;
  s->merge = MergeJsonArray;
  s->finalize = FinalizeJsonArray;
  s->memory_bytes = JsonArrayBytes;
  return {};
}

struct JsonObjectState {
  std::vector<std::pair<std::string, std::string>> members;
  size_t bytes = 0;
};
Status UpdateJsonObject(AggregateCall& call) {
  const Vector& key = *call.arguments[0];
  const Vector& value = *call.arguments[1];
  for (uint32_t i = 0; i < call.rows.count; ++i) {
    uint32_t row = call.rows[i];
    if (key.IsNull(row)) return Error(ER_JSON_DOCUMENT_NULL_KEY);
    std::string element;
    if (value.IsNull(row)) {
      element = JsonMakeNull();
    } else {
      MAHI_ASSIGN_OR_RETURN(element, JsonFromDatum(value.GetDatum(value.Index(row)), value.type()));
    }
    auto& state = StateOf<JsonObjectState>(call, row);
    state.bytes += element.size() + key.String(row).size();
    state.members.emplace_back(std::string(key.String(row)), std::move(element));
  }
  return {};
}
Status MergeJsonObject(EvalContext&, void* into, void* from, const AggregateOptions&) {
  auto* a = static_cast<JsonObjectState*>(into);
  auto* b = static_cast<JsonObjectState*>(from);
  for (auto& member : b->members) a->members.push_back(std::move(member));
  a->bytes += b->bytes;
  return {};
}
Status FinalizeJsonObject(EvalContext&, void* const* states, uint32_t count, const AggregateOptions&, Vector* result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *static_cast<const JsonObjectState*>(states[i]);
    if (state.members.empty()) {
      result->SetNull(i);
      continue;
    }
    std::vector<std::pair<std::string, JsonView>> members;
    for (const auto& [name, element] : state.members) members.emplace_back(name, JsonView(element));
    result->SetString(i, JsonMakeObject(members));
  }
  return {};
}
size_t JsonObjectBytes(const void* state) { return static_cast<const JsonObjectState*>(state)->bytes; }

Status ResolveJsonObject(ResolveContext& c, Arguments a, const AggregateOptions&, AggregateSignature* s) {
  s->result = JsonOf();
  s->is_nullable = true;
  s->arguments = {WantedType(c, a[0], 'u'), a[1].type};
  Use<JsonObjectState>(s);
  s->update = UpdateJsonObject;
  s->merge = MergeJsonObject;
  s->finalize = FinalizeJsonObject;
  s->memory_bytes = JsonObjectBytes;
  return {};
}

const AggregateDescriptor kAggregates[] = {
    {"min", 1, 1, true, ResolveKeep<Keep::kLeast>, "MIN(value): the least"},
    {"max", 1, 1, true, ResolveKeep<Keep::kGreatest>, "MAX(value): the greatest"},
    {"any_value", 1, 1, false, ResolveKeep<Keep::kFirst>, "ANY_VALUE(value): any of the group"},
    {"group_concat", 1, kManyArguments, false, ResolveConcat, "GROUP_CONCAT(text, ... [ORDER BY ...] [SEPARATOR text]): joined"},
    {"json_arrayagg", 1, 1, false, ResolveJsonArray, "JSON_ARRAYAGG(value): an array of all"},
    {"json_objectagg", 2, 2, false, ResolveJsonObject, "JSON_OBJECTAGG(key, value): an object of all"},
};

}  // namespace

std::span<const AggregateDescriptor> ValueAggregates() { return kAggregates; }

}  // namespace mahi
