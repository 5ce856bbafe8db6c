#include "execution/point_select.h"

#include "execution/operator/scan/table_read.h"
#include "table/point_lookup.h"

namespace mahi {

namespace {

// A part of the key: a constant, or a parameter, of the column's type.
struct KeyPart {
  const Value* constant = nullptr;
  uint32_t parameter = 0;
  SqlType type;
};

}  // namespace

struct PointSelect::State {
  State(const PhysicalPointLookup& lookup_node) : node(lookup_node), lookup(node.table, node.index, node.ordinals) {}
  const PhysicalPointLookup& node;
  PointLookup lookup;
  TableContext tables;
  std::vector<KeyPart> key;
  std::vector<Datum> key_values;
  std::vector<uint32_t> columns;  // of the lookup's output, in result order
  std::vector<SqlType> types;
};

PointSelect::PointSelect(std::unique_ptr<State> state) : state_(std::move(state)) {}
PointSelect::~PointSelect() = default;
size_t PointSelect::column_count() const { return state_->columns.size(); }
const std::vector<SqlType>& PointSelect::types() const { return state_->types; }

std::unique_ptr<PointSelect> PointSelect::Prepare(const Plan& plan) {
  const PhysicalNode* root = plan.physical;
  if (root == nullptr || plan.outer_slot_count > 0) return nullptr;
  const PhysicalProject* project = nullptr;
  if (root->kind == PhysicalKind::kProject) {
    project = As<PhysicalProject>(root);
    root = root->children[0];
  }
  if (root->kind != PhysicalKind::kPointLookup) return nullptr;
  const auto& lookup = *As<PhysicalPointLookup>(root);
  if (lookup.filter != nullptr || lookup.outputs_locator) return nullptr;
  auto state = std::make_unique<State>(lookup);
  const std::vector<IndexPart>& parts = lookup.table->indexes[lookup.index].parts;
  if (parts.size() != lookup.key.size()) return nullptr;
  for (size_t i = 0; i < lookup.key.size(); ++i) {
    const Expression* expression = lookup.key[i];
    KeyPart part;
    part.type = lookup.table->columns[parts[i].column].type;
    // A cast to the column's type is done by Run's checks, or makes it unsuitable.
    if (const auto* cast = TryAs<FunctionExpression>(expression);
        cast != nullptr && cast->is_implicit_cast() && cast->type.physical() == part.type.physical()) {
      expression = cast->arguments[0];
    }
    if (const auto* constant = TryAs<ConstantExpression>(expression)) {
      part.constant = &constant->value;
    } else if (const auto* parameter = TryAs<ParameterExpression>(expression)) {
      part.parameter = parameter->index;
    } else {
      return nullptr;
    }
    state->key.push_back(std::move(part));
  }
  state->key_values.resize(state->key.size());
  if (project == nullptr) {
    for (uint32_t i = 0; i < lookup.ordinals.size(); ++i) state->columns.push_back(i);
  } else {
    for (const Expression* expression : project->expressions) {
      const auto* column = TryAs<ColumnExpression>(expression);
      if (column == nullptr || column->slot < 0) return nullptr;
      state->columns.push_back(static_cast<uint32_t>(column->slot));
    }
  }
  for (uint32_t column : state->columns) {
    state->types.push_back(lookup.table->columns[lookup.ordinals[column]].type);
  }
  return std::unique_ptr<PointSelect>(new PointSelect(std::move(state)));
}

Result<PointSelect::Outcome> PointSelect::Run(ExecutionContext& context, Datum* values) {
  State& state = *state_;
  for (size_t i = 0; i < state.key.size(); ++i) {
    const KeyPart& part = state.key[i];
    if (part.constant == nullptr && part.parameter >= context.parameters.size()) return Outcome::kUnsuitable;
    const Value& value = part.constant != nullptr ? *part.constant : context.parameters[part.parameter];
    if (value.is_null()) return Outcome::kNoRow;
    PhysicalType wanted = part.type.physical();
    if (part.type.IsInteger()) {
      // Integers of either sign compare by value; one that the column cannot hold equals none of its values.
      if (value.kind() == PhysicalType::kInt64) {
        int64_t number = value.int64();
        if (wanted == PhysicalType::kInt64) {
          if (number < MinSigned(part.type.id) || number > MaxSigned(part.type.id)) return Outcome::kNoRow;
          state.key_values[i] = Datum::Int64(number);
        } else {
          if (number < 0 || static_cast<uint64_t>(number) > MaxUnsigned(part.type.id)) return Outcome::kNoRow;
          state.key_values[i] = Datum::UInt64(static_cast<uint64_t>(number));
        }
      } else if (value.kind() == PhysicalType::kUInt64) {
        uint64_t number = value.uint64();
        if (wanted == PhysicalType::kUInt64) {
          if (number > MaxUnsigned(part.type.id)) return Outcome::kNoRow;
          state.key_values[i] = Datum::UInt64(number);
        } else {
          if (number > static_cast<uint64_t>(MaxSigned(part.type.id))) return Outcome::kNoRow;
          state.key_values[i] = Datum::Int64(static_cast<int64_t>(number));
        }
      } else {
        return Outcome::kUnsuitable;
      }
      continue;
    }
    // Text of utf8mb4 as it is; anything else goes the general way.
    if (!part.type.IsString() || value.kind() != PhysicalType::kString ||
        (!part.type.IsBinaryString() && part.type.charset().id != CharsetId::kUtf8mb4)) {
      return Outcome::kUnsuitable;
    }
    state.key_values[i] = value.datum();
  }
  TableContext& tables = state.tables;
  const EvalContext& evaluation = context.evaluation;
  tables.catalog = context.catalog;
  tables.transaction = context.transaction;
  tables.time_zone = evaluation.time_zone;
  tables.diagnostics = evaluation.diagnostics;
  tables.kill_flag = evaluation.kill_flag;
  LockMode lock = LockModeOf(state.node.lock_mode, tables);
  MAHI_ASSIGN_OR_RETURN(bool found,
                        state.lookup.Find(&tables, state.key_values, lock, WaitPolicyOf(state.node.wait_policy)));
  if (!found) return Outcome::kNoRow;
  for (size_t i = 0; i < state.columns.size(); ++i) {
    MAHI_RETURN_IF_ERROR(state.lookup.Get(state.columns[i], &values[i]));
  }
  return Outcome::kRow;
}

}  // namespace mahi
