#include "optimizer/cardinality.h"

#include <algorithm>
#include <cmath>

#include "catalog/schema_reader.h"
#include "catalog/virtual_table.h"
#include "optimizer/logical_util.h"
#include "types/conversion.h"

namespace mahi {

namespace {

constexpr double kEqualSelectivity = 0.1;
constexpr double kUnindexedEqualSelectivity = 0.05;
constexpr double kRangeSelectivity = 0.3333;
constexpr double kBetweenSelectivity = 0.1111;
constexpr double kLikeSelectivity = 0.1;
constexpr double kIsNullSelectivity = 0.05;
constexpr double kSubquerySelectivity = 0.5;
constexpr double kOtherSelectivity = 0.5;

// The column that an expression depends on, through functions of one column; 0: none or several.
ColumnId OnlyColumn(Expression* expression) {
  std::vector<ColumnId> columns = ColumnsOf(expression).ToVector();
  return columns.size() == 1 ? columns[0] : 0;
}

double RowsOfSource(Planner& planner, ColumnId column) {
  const ColumnInfo& info = planner.column(column);
  return info.get == nullptr ? 1000 : TableRows(planner, *info.get);
}

double EqualSelectivity(Planner& planner, Expression* side) {
  ColumnId column = OnlyColumn(side);
  if (column == 0) return kEqualSelectivity;
  double rows = RowsOfSource(planner, column);
  if (rows <= 0) return 1;
  return 1.0 / std::max(1.0, DistinctValues(planner, column, rows));
}

// Is the number of different values of the column more than a guess?
bool IsIndexed(Planner& planner, ColumnId column) {
  const ColumnInfo& info = planner.column(column);
  if (info.get == nullptr || info.ordinal < 0) return false;
  for (const Index& index : info.get->table->indexes) {
    if (!index.parts.empty() && index.parts[0].column == static_cast<uint32_t>(info.ordinal)) return true;
  }
  return false;
}

// Of side = constant. Without an index a guess of many values would promise too few rows.
double EqualConstantSelectivity(Planner& planner, Expression* side) {
  double selectivity = EqualSelectivity(planner, side);
  ColumnId column = OnlyColumn(side);
  bool is_plain = side->kind == ExpressionKind::kColumn;
  if (column != 0 && is_plain && IsIndexed(planner, column)) return selectivity;
  return std::max(selectivity, kUnindexedEqualSelectivity);
}

}  // namespace

double TableRows(Planner& planner, const GetNode& get) {
  if (get.estimated_rows >= 0) return get.estimated_rows;
  double rows = 1000;
  if (planner.context.schema != nullptr) {
    rows = static_cast<double>(planner.context.schema->statistics().RowCount(*get.table));
  }
  // An empty table may be filled before a cached plan runs again.
  rows = std::max(rows, 1.0);
  const_cast<GetNode&>(get).estimated_rows = rows;
  return rows;
}

double DistinctValues(Planner& planner, ColumnId column, double rows) {
  const ColumnInfo& info = planner.column(column);
  if (info.get == nullptr || info.ordinal < 0) return std::max(1.0, std::min(rows, rows / 10));
  const TableDefinition& table = *info.get->table;
  double table_rows = TableRows(planner, *info.get);
  StatisticsRef statistics;
  double found = -1;
  for (const Index& index : table.indexes) {
    if (index.parts.empty() || index.parts[0].column != static_cast<uint32_t>(info.ordinal)) continue;
    if (index.kind == IndexKind::kFulltext || index.kind == IndexKind::kSpatial) continue;
    if (index.parts.size() == 1 && index.is_unique()) {
      found = table_rows;
      break;
    }
    if (planner.context.schema == nullptr) continue;
    if (!statistics) statistics = planner.context.schema->statistics().Statistics(table);
    for (const IndexStatistics& each : statistics->indexes) {
      if (each.index_id != index.id || each.distinct.empty() || each.distinct[0] == 0) continue;
      found = std::max(found, static_cast<double>(each.distinct[0]) *
                                  (statistics->row_count == 0 ? 1.0 : std::max(1.0, table_rows / static_cast<double>(statistics->row_count))));
    }
    if (found < 0) found = index.kind == IndexKind::kPrimary ? table_rows / 4 : table_rows / 10;
  }
  if (found < 0) {
    // Not indexed. Small types have few values; others: a tenth of the rows, at most a few thousand.
    found = std::min(std::max(10.0, table_rows / 10), 2000.0);
    if (info.type->id == TypeId::kEnum && info.type->members) found = static_cast<double>(info.type->members->size());
    if (info.type->id == TypeId::kTinyInt) found = std::min(found, 100.0);
    if (info.type->id == TypeId::kChar && info.type->length <= 1) found = std::min(found, 5.0);
  }
  return std::max(1.0, std::min({found, table_rows, std::max(rows, 1.0)}));
}

double Selectivity(Planner& planner, const std::vector<Expression*>& conjuncts) {
  double result = 1;
  for (Expression* conjunct : conjuncts) result *= Selectivity(planner, conjunct);
  return result;
}

double Selectivity(Planner& planner, Expression* conjunct) {
  switch (conjunct->kind) {
    case ExpressionKind::kConstant: {
      const Value& value = As<ConstantExpression>(conjunct)->value;
      if (value.is_null()) return 0;
      return DatumIsTrue(value.datum(), conjunct->type) ? 1 : 0;
    }
    case ExpressionKind::kLogical: {
      auto* logical = As<LogicalExpression>(conjunct);
      if (logical->op == LogicalOperator::kAnd) return Selectivity(planner, logical->operands);
      if (logical->op == LogicalOperator::kOr) {
        double none = 1;
        for (Expression* operand : logical->operands) none *= 1 - Selectivity(planner, operand);
        return 1 - none;
      }
      return kOtherSelectivity;
    }
    case ExpressionKind::kInList: {
      auto* in = As<InListExpression>(conjunct);
      double one = EqualConstantSelectivity(planner, in->value);
      double matching = std::min(0.9, one * static_cast<double>(in->list.size()));
      return in->is_negated ? 1 - matching : matching;
    }
    case ExpressionKind::kSubquery:
      return kSubquerySelectivity;
    case ExpressionKind::kFunction: {
      auto* call = As<FunctionExpression>(conjunct);
      if (call->function == nullptr) return kOtherSelectivity;
      std::string_view name = call->function->name;
      if (name == "=" || name == "<=>") {
        bool left_has = !ColumnsOf(call->arguments[0]).empty();
        bool right_has = !ColumnsOf(call->arguments[1]).empty();
        if (left_has && right_has) {
          return std::min(EqualSelectivity(planner, call->arguments[0]), EqualSelectivity(planner, call->arguments[1]));
        }
        return EqualConstantSelectivity(planner, call->arguments[left_has ? 0 : 1]);
      }
      if (name == "<>" || name == "!=") return 0.9;
      if (name == "<" || name == "<=" || name == ">" || name == ">=") return kRangeSelectivity;
      if (name == "between") return kBetweenSelectivity;
      if (name == "like") return kLikeSelectivity;
      if (name == "is_null" || name == "isnull" || name == "is_unknown") return kIsNullSelectivity;
      if ((name == "is_not_null" || name == "is_not_unknown")) return 1 - kIsNullSelectivity;
      if (name == "not" && call->arguments.size() == 1) return 1 - Selectivity(planner, call->arguments[0]);
      return kOtherSelectivity;
    }
    default:
      return kOtherSelectivity;
  }
}

double GroupCount(Planner& planner, const std::vector<Expression*>& keys, double rows) {
  double groups = 1;
  for (Expression* key : keys) {
    ColumnId column = OnlyColumn(key);
    double distinct = column == 0 ? std::max(1.0, rows / 10) : DistinctValues(planner, column, rows);
    groups *= distinct;
    if (groups >= rows) return std::max(1.0, rows * (keys.size() > 1 ? 0.8 : 1.0));
  }
  return std::max(1.0, std::min(groups, rows));
}

namespace {

double EstimateJoin(Planner& planner, JoinNode* join) {
  double left = EstimateRows(planner, join->children[0]);
  double right = EstimateRows(planner, join->children[1]);
  double selectivity = join->condition == nullptr ? 1 : Selectivity(planner, Conjuncts(join->condition));
  double matches = left * right * selectivity;
  switch (join->type) {
    case JoinType::kInner: return matches;
    case JoinType::kLeft: return std::max(left, matches);
    case JoinType::kRight: return std::max(right, matches);
    case JoinType::kFull: return std::max({left, right, matches});
    case JoinType::kSemi: return std::min(left, std::max(matches, left * 0.1));
    case JoinType::kAnti: return std::max(left - std::min(left, matches), left * 0.1);
  }
  return matches;
}

double Compute(Planner& planner, LogicalNode* node) {
  auto child = [&](size_t i) { return EstimateRows(planner, node->children[i]); };
  switch (node->kind) {
    case LogicalKind::kSingleRow: return 1;
    case LogicalKind::kEmpty: return 0;
    case LogicalKind::kGet: return TableRows(planner, *As<GetNode>(node));
    case LogicalKind::kVirtualGet: return As<VirtualGetNode>(node)->table->estimated_rows();
    case LogicalKind::kJsonTable: return 10;
    case LogicalKind::kLoadFile: return 1000;
    case LogicalKind::kValues: return static_cast<double>(As<ValuesNode>(node)->rows.size());
    case LogicalKind::kFilter: return child(0) * Selectivity(planner, Conjuncts(As<FilterNode>(node)->condition));
    case LogicalKind::kProject:
    case LogicalKind::kWindow:
    case LogicalKind::kSort:
      return child(0);
    case LogicalKind::kJoin: return EstimateJoin(planner, As<JoinNode>(node));
    case LogicalKind::kAggregate:
      return As<AggregateNode>(node)->keys.empty() ? 1 : GroupCount(planner, As<AggregateNode>(node)->keys, child(0));
    case LogicalKind::kDistinct: {
      std::vector<Expression*> keys;
      for (ColumnId column : node->output) keys.push_back(planner.Column(column));
      return GroupCount(planner, keys, child(0));
    }
    case LogicalKind::kLimit: {
      const auto* count = TryAs<ConstantExpression>(As<LimitNode>(node)->count);
      double limit = 100;
      if (count != nullptr && count->value.kind() == PhysicalType::kUInt64) limit = static_cast<double>(count->value.uint64());
      if (count != nullptr && count->value.kind() == PhysicalType::kInt64) limit = static_cast<double>(count->value.int64());
      return std::min(child(0), limit);
    }
    case LogicalKind::kSetOperation: {
      double rows = child(0);
      for (size_t i = 1; i < node->children.size(); ++i) {
        if (As<SetOperationNode>(node)->op == SetOperator::kUnion) rows += child(i);
      }
      return rows;
    }
    case LogicalKind::kCte: return child(1);
    case LogicalKind::kCteReference: return 1000;
    case LogicalKind::kRecursiveCte: return child(0) * 10;
    case LogicalKind::kWorkingTable: return 100;
    default: return node->children.empty() ? 1 : child(0);
  }
}

}  // namespace

double EstimateRows(Planner& planner, LogicalNode* node) {
  if (node->estimated_rows < 0) node->estimated_rows = std::max(0.0, Compute(planner, node));
  return node->estimated_rows;
}

}  // namespace mahi
