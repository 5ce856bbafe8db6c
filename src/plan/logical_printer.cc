#include "plan/logical_printer.h"

namespace mahi {

namespace {

std::string Id(ColumnId id) { return "#" + std::to_string(id); }

template <typename List, typename Print>
std::string Join(const List& list, Print&& print, const char* separator = ", ") {
  std::string text;
  for (const auto& element : list) {
    if (!text.empty()) text += separator;
    text += print(element);
  }
  return text;
}

std::string Keys(const std::vector<SortKey>& keys) {
  return Join(keys, [](const SortKey& key) {
    return PrintExpression(key.expression) + (key.is_descending ? " desc" : "");
  });
}

std::string Bound(const FrameBound& bound) {
  switch (bound.kind) {
    case FrameBoundKind::kUnboundedPreceding: return "unbounded preceding";
    case FrameBoundKind::kPreceding: return PrintExpression(bound.offset) + " preceding";
    case FrameBoundKind::kCurrentRow: return "current row";
    case FrameBoundKind::kFollowing: return PrintExpression(bound.offset) + " following";
    case FrameBoundKind::kUnboundedFollowing: return "unbounded following";
  }
  return {};
}

std::string Named(const std::vector<ColumnId>& output, const std::vector<Expression*>& expressions) {
  std::string text;
  for (size_t i = 0; i < output.size(); ++i) {
    if (i > 0) text += ", ";
    std::string printed = PrintExpression(expressions[i]);
    text += printed == Id(output[i]) ? printed : Id(output[i]) + " := " + printed;
  }
  return text;
}

std::string Ids(const std::vector<ColumnId>& ids) { return Join(ids, Id); }

std::string Assignments(const std::vector<ColumnAssignment>& list, const TableDefinition& table) {
  return Join(list, [&](const ColumnAssignment& assignment) {
    return table.columns[assignment.ordinal].name + " = " +
           (assignment.value == nullptr ? "DEFAULT" : PrintExpression(assignment.value));
  });
}

const char* JoinName(JoinType type) {
  switch (type) {
    case JoinType::kInner: return "Inner";
    case JoinType::kLeft: return "Left";
    case JoinType::kRight: return "Right";
    case JoinType::kFull: return "Full";
    case JoinType::kSemi: return "Semi";
    case JoinType::kAnti: return "Anti";
  }
  return "";
}

std::string RowExpressionsText(const RowExpressions& row, const TableDefinition& table) {
  std::string text;
  if (!row.generated.empty()) text += " generated(" + Assignments(row.generated, table) + ")";
  if (!row.defaults.empty()) text += " defaults(" + Assignments(row.defaults, table) + ")";
  if (!row.checks.empty()) {
    text += " checks(" + Join(row.checks, [](Expression* check) { return PrintExpression(check); }) + ")";
  }
  if (row.view_check != nullptr) text += " view_check(" + PrintExpression(row.view_check) + ")";
  return text;
}

std::string Line(const LogicalNode* base) {
  auto* node = const_cast<LogicalNode*>(base);
  switch (node->kind) {
    case LogicalKind::kSingleRow: return "SingleRow";
    case LogicalKind::kGet: {
      auto* get = As<GetNode>(node);
      std::string text = "Get " + get->table->QualifiedName();
      if (get->alias != get->table->name) text += " as " + std::string(get->alias);
      text += " [";
      for (size_t i = 0; i < get->ordinals.size(); ++i) {
        if (i > 0) text += ", ";
        text += Id(get->output[i]) + " " + get->table->columns[get->ordinals[i]].name;
      }
      text += "]";
      if (get->lock_mode != RowLockMode::kNone) text += get->lock_mode == RowLockMode::kShared ? " share" : " update";
      if (get->row_locator != 0) text += " locator " + Id(get->row_locator);
      return text;
    }
    case LogicalKind::kVirtualGet: return "VirtualGet " + std::string(As<VirtualGetNode>(node)->alias);
    case LogicalKind::kJsonTable:
      return "JsonTable " + PrintExpression(As<JsonTableNode>(node)->document) + " [" + Ids(node->output) + "]";
    case LogicalKind::kValues: {
      auto* values = As<ValuesNode>(node);
      return "Values [" + Ids(node->output) + "] " + Join(values->rows, [](const std::vector<Expression*>& row) {
               return "(" + Join(row, [](Expression* value) { return PrintExpression(value); }) + ")";
             });
    }
    case LogicalKind::kFilter: return "Filter " + PrintExpression(As<FilterNode>(node)->condition);
    case LogicalKind::kProject:
      return "Project " + Named(node->output, As<ProjectNode>(node)->expressions);
    case LogicalKind::kJoin: {
      auto* join = As<JoinNode>(node);
      std::string text = std::string(JoinName(join->type)) + (join->is_lateral ? " lateral" : "") + " join";
      if (join->condition != nullptr) text += " on " + PrintExpression(join->condition);
      return text;
    }
    case LogicalKind::kAggregate: {
      auto* aggregate = As<AggregateNode>(node);
      std::vector<Expression*> all = aggregate->keys;
      all.insert(all.end(), aggregate->aggregates.begin(), aggregate->aggregates.end());
      return std::string("Aggregate") + (aggregate->with_rollup ? " rollup" : "") + " keys " +
             std::to_string(aggregate->keys.size()) + ": " + Named(node->output, all);
    }
    case LogicalKind::kWindow: {
      auto* window = As<WindowNode>(node);
      std::vector<ColumnId> ids(node->output.end() - static_cast<ptrdiff_t>(window->functions.size()),
                                node->output.end());
      std::vector<Expression*> all(window->functions.begin(), window->functions.end());
      return "Window " + Named(ids, all);
    }
    case LogicalKind::kDistinct: return "Distinct";
    case LogicalKind::kSort: return "Sort " + Keys(As<SortNode>(node)->keys);
    case LogicalKind::kLimit: {
      auto* limit = As<LimitNode>(node);
      std::string text = "Limit";
      if (limit->count != nullptr) text += " " + PrintExpression(limit->count);
      if (limit->offset != nullptr) text += " offset " + PrintExpression(limit->offset);
      if (limit->counts_found_rows) text += " found_rows";
      return text;
    }
    case LogicalKind::kSetOperation: {
      auto* set = As<SetOperationNode>(node);
      const char* name = set->op == SetOperator::kUnion       ? "Union"
                         : set->op == SetOperator::kIntersect ? "Intersect"
                                                              : "Except";
      return std::string(name) + (set->is_distinct ? "" : " all") + " [" + Ids(node->output) + "]";
    }
    case LogicalKind::kCte: return "Cte " + std::string(As<CteNode>(node)->name);
    case LogicalKind::kCteReference:
      return "CteReference " + std::string(As<CteReferenceNode>(node)->alias) + " [" + Ids(node->output) + "]";
    case LogicalKind::kRecursiveCte:
      return std::string("RecursiveCte") + (As<RecursiveCteNode>(node)->is_distinct ? " distinct" : "") + " [" +
             Ids(node->output) + "]";
    case LogicalKind::kWorkingTable: return "WorkingTable [" + Ids(node->output) + "]";
    case LogicalKind::kLoadFile: return "LoadFile [" + Ids(node->output) + "]";
    case LogicalKind::kInsert: {
      auto* insert = As<InsertNode>(node);
      std::string text = insert->on_duplicate == DuplicateAction::kReplace ? "Replace " : "Insert ";
      text += insert->table->QualifiedName() + " (" +
              Join(insert->target, [&](uint32_t ordinal) { return insert->table->columns[ordinal].name; }) + ")";
      if (insert->ignore) text += " ignore";
      if (!insert->updates.empty()) text += " update(" + Assignments(insert->updates, *insert->table) + ")";
      if (!insert->extra.empty()) text += " extra[" + Ids(insert->extra) + "]";
      return text + RowExpressionsText(insert->expressions, *insert->table);
    }
    case LogicalKind::kUpdate:
      return "Update " + Join(As<UpdateNode>(node)->targets, [](const UpdateTarget& target) {
               return target.table->QualifiedName() + " set " + Assignments(target.assignments, *target.table) +
                      RowExpressionsText(target.expressions, *target.table);
             });
    case LogicalKind::kDelete:
      return "Delete " + Join(As<DeleteNode>(node)->targets,
                              [](const DeleteTarget& target) { return target.table->QualifiedName(); });
    default:
      return "?";
  }
}

void Print(const LogicalNode* node, size_t depth, std::string* out);

void PrintSubqueries(const LogicalNode* node, size_t depth, std::string* out) {
  // Plans of subqueries follow the node that evaluates them.
  std::vector<Expression*> roots;
  auto* mutable_node = const_cast<LogicalNode*>(node);
  switch (node->kind) {
    case LogicalKind::kFilter: roots = {As<FilterNode>(mutable_node)->condition}; break;
    case LogicalKind::kProject: roots = As<ProjectNode>(mutable_node)->expressions; break;
    case LogicalKind::kJoin:
      if (As<JoinNode>(mutable_node)->condition != nullptr) roots = {As<JoinNode>(mutable_node)->condition};
      break;
    default: return;
  }
  while (!roots.empty()) {
    Expression* expression = roots.back();
    roots.pop_back();
    if (const auto* subquery = TryAs<SubqueryExpression>(expression); subquery != nullptr) {
      out->append(depth * 2, ' ');
      *out += "subquery outer[" + Ids(subquery->outer_columns) + "]\n";
      Print(subquery->logical, depth + 1, out);
    }
    ForEachChild(expression, [&](Expression*& child) { roots.push_back(child); });
  }
}

void Print(const LogicalNode* node, size_t depth, std::string* out) {
  out->append(depth * 2, ' ');
  *out += Line(node) + "\n";
  PrintSubqueries(node, depth + 1, out);
  for (const LogicalNode* child : node->children) Print(child, depth + 1, out);
}

}  // namespace

std::string PrintExpression(const Expression* expression) {
  auto list = [](const std::vector<Expression*>& expressions, const char* separator = ", ") {
    return Join(expressions, [](Expression* e) { return PrintExpression(e); }, separator);
  };
  switch (expression->kind) {
    case ExpressionKind::kConstant: return As<ConstantExpression>(expression)->value.ToString();
    case ExpressionKind::kColumn: return Id(As<ColumnExpression>(expression)->column);
    case ExpressionKind::kOuterColumn: return "outer" + Id(As<OuterColumnExpression>(expression)->column);
    case ExpressionKind::kParameter: return "?" + std::to_string(As<ParameterExpression>(expression)->index);
    case ExpressionKind::kFunction: {
      const auto* call = As<FunctionExpression>(expression);
      if (call->is_implicit_cast()) return "cast(" + list(call->arguments) + " as " + call->type.ToSql() + ")";
      std::string name(call->function->name);
      bool is_operator = call->arguments.size() == 2 && !(name[0] >= 'a' && name[0] <= 'z');
      if (is_operator) return "(" + list(call->arguments, (" " + name + " ").c_str()) + ")";
      return name + "(" + list(call->arguments) + ")";
    }
    case ExpressionKind::kLogical: {
      const auto* logical = As<LogicalExpression>(expression);
      const char* op = logical->op == LogicalOperator::kAnd  ? " and "
                       : logical->op == LogicalOperator::kOr ? " or "
                                                             : " xor ";
      return "(" + list(logical->operands, op) + ")";
    }
    case ExpressionKind::kCase: {
      const auto* node = As<CaseExpression>(expression);
      std::string text = "case";
      for (size_t i = 0; i < node->conditions.size(); ++i) {
        text += " when " + PrintExpression(node->conditions[i]) + " then " + PrintExpression(node->results[i]);
      }
      if (node->otherwise != nullptr) text += " else " + PrintExpression(node->otherwise);
      return text + " end";
    }
    case ExpressionKind::kCoalesce: return "coalesce(" + list(As<CoalesceExpression>(expression)->operands) + ")";
    case ExpressionKind::kInList: {
      const auto* in = As<InListExpression>(expression);
      return PrintExpression(in->value) + (in->is_negated ? " not in (" : " in (") + list(in->list) + ")";
    }
    case ExpressionKind::kRow: return "row(" + list(As<RowExpression>(expression)->elements) + ")";
    case ExpressionKind::kSubquery: {
      const auto* subquery = As<SubqueryExpression>(expression);
      std::string left = subquery->left.size() > 1 ? "(" + list(subquery->left) + ")" : list(subquery->left);
      std::string text = subquery->is_negated ? "not " : "";
      switch (subquery->subquery_kind) {
        case SubqueryKind::kScalar: return "scalar(...)";
        case SubqueryKind::kExists: return text + "exists(...)";
        case SubqueryKind::kIn: return left + " " + text + "in(...)";
        case SubqueryKind::kQuantified:
          return left + " " + std::string(subquery->comparison->name) +
                 (subquery->is_single_row ? " row(...)" : subquery->is_all ? " all(...)" : " any(...)");
      }
      return {};
    }
    case ExpressionKind::kAggregate: {
      const auto* aggregate = As<AggregateExpression>(expression);
      if (aggregate->is_grouping) {
        return "grouping(" + Join(aggregate->grouping_keys, [](uint32_t key) { return std::to_string(key); }) + ")";
      }
      return std::string(aggregate->aggregate->name) + "(" + (aggregate->options.is_distinct ? "distinct " : "") +
             list(aggregate->arguments) +
             (aggregate->order_by.empty() ? "" : " order by " + Keys(aggregate->order_by)) + ")";
    }
    case ExpressionKind::kWindow: {
      const auto* window = As<WindowExpression>(expression);
      std::string text = std::string(window->function_name) + "(" + list(window->arguments) + ") over (";
      const WindowSpecification& over = *window->window;
      if (!over.partition_by.empty()) text += "partition by " + list(over.partition_by) + " ";
      if (!over.order_by.empty()) text += "order by " + Keys(over.order_by) + " ";
      text += over.unit == FrameUnit::kRows ? "rows " : "range ";
      return text + Bound(over.start) + " to " + Bound(over.end) + ")";
    }
    case ExpressionKind::kUserVariable: return "@" + std::string(As<UserVariableExpression>(expression)->name);
    case ExpressionKind::kUserVariableAssignment: {
      const auto* assignment = As<UserVariableAssignmentExpression>(expression);
      return "(@" + std::string(assignment->name) + " := " + PrintExpression(assignment->value) + ")";
    }
    case ExpressionKind::kSystemVariable:
      return "@@" + std::string(As<SystemVariableExpression>(expression)->name);
  }
  return {};
}

std::string PrintLogicalPlan(const LogicalNode* node) {
  std::string text;
  Print(node, 0, &text);
  return text;
}

}  // namespace mahi
