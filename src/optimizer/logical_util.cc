#include "optimizer/logical_util.h"

#include "optimizer/planner.h"

namespace mahi {

namespace {

// Columns used and produced by a tree, with its subqueries.
void CollectTree(LogicalNode* node, ColumnSet* used, ColumnSet* produced) {
  for (LogicalNode* child : node->children) CollectTree(child, used, produced);
  produced->AddAll(node->output);
  ForEachNodeExpression(node, [&](Expression*& expression) { CollectColumns(expression, used); });
  switch (node->kind) {
    case LogicalKind::kGet:
      if (ColumnId locator = As<GetNode>(node)->row_locator; locator != 0) produced->Add(locator);
      return;
    case LogicalKind::kInsert:
      produced->AddAll(As<InsertNode>(node)->expressions.row);
      produced->AddAll(As<InsertNode>(node)->new_row);
      return;
    case LogicalKind::kUpdate:
      for (const UpdateTarget& target : As<UpdateNode>(node)->targets) produced->AddAll(target.expressions.row);
      return;
    default:
      return;
  }
}

}  // namespace

void CollectColumns(Expression* expression, ColumnSet* columns) {
  if (const auto* column = TryAs<ColumnExpression>(expression)) {
    columns->Add(column->column);
    return;
  }
  if (const auto* column = TryAs<OuterColumnExpression>(expression)) {
    columns->Add(column->column);
    return;
  }
  if (auto* subquery = TryAs<SubqueryExpression>(expression)) {
    // outer_arguments only repeat what the plan reads.
    for (Expression* left : subquery->left) CollectColumns(left, columns);
    ColumnSet inner = FreeColumns(subquery->logical);
    ColumnSet right;
    for (Expression* each : subquery->right) CollectColumns(each, &right);
    right.RemoveAll(ColumnSet(subquery->output));
    right.RemoveAll(ColumnSet(subquery->logical->output));
    columns->AddAll(inner);
    columns->AddAll(right);
    return;
  }
  ForEachChild(expression, [&](Expression*& child) { CollectColumns(child, columns); });
}

ColumnSet ColumnsOf(Expression* expression) {
  ColumnSet columns;
  if (expression != nullptr) CollectColumns(expression, &columns);
  return columns;
}

ColumnSet FreeColumns(LogicalNode* node) {
  ColumnSet used, produced;
  CollectTree(node, &used, &produced);
  used.RemoveAll(produced);
  return used;
}

namespace {

template <typename T>
Expression* CopyAs(Planner& planner, Expression* expression) {
  return planner.New<T>(*As<T>(expression));
}

}  // namespace

Expression* ShallowCopy(Planner& planner, Expression* expression) {
  switch (expression->kind) {
    case ExpressionKind::kConstant: return CopyAs<ConstantExpression>(planner, expression);
    case ExpressionKind::kColumn: return CopyAs<ColumnExpression>(planner, expression);
    case ExpressionKind::kOuterColumn: return CopyAs<OuterColumnExpression>(planner, expression);
    case ExpressionKind::kParameter: return CopyAs<ParameterExpression>(planner, expression);
    case ExpressionKind::kFunction: return CopyAs<FunctionExpression>(planner, expression);
    case ExpressionKind::kLogical: return CopyAs<LogicalExpression>(planner, expression);
    case ExpressionKind::kCase: return CopyAs<CaseExpression>(planner, expression);
    case ExpressionKind::kCoalesce: return CopyAs<CoalesceExpression>(planner, expression);
    case ExpressionKind::kInList: return CopyAs<InListExpression>(planner, expression);
    case ExpressionKind::kRow: return CopyAs<RowExpression>(planner, expression);
    case ExpressionKind::kSubquery: return CopyAs<SubqueryExpression>(planner, expression);
    case ExpressionKind::kAggregate: return CopyAs<AggregateExpression>(planner, expression);
    case ExpressionKind::kWindow: {
      auto* copy = planner.New<WindowExpression>(*As<WindowExpression>(expression));
      if (copy->window != nullptr) copy->window = planner.New<WindowSpecification>(*copy->window);
      return copy;
    }
    case ExpressionKind::kUserVariable: return CopyAs<UserVariableExpression>(planner, expression);
    case ExpressionKind::kUserVariableAssignment:
      return CopyAs<UserVariableAssignmentExpression>(planner, expression);
    case ExpressionKind::kSystemVariable: return CopyAs<SystemVariableExpression>(planner, expression);
  }
  MAHI_ASSERT(false);
  return expression;
}

Expression* CopyExpression(Planner& planner, Expression* expression, const ColumnReplacements& replacements) {
  if (expression == nullptr) return nullptr;
  ColumnId id = 0;
  if (const auto* column = TryAs<ColumnExpression>(expression)) id = column->column;
  if (const auto* column = TryAs<OuterColumnExpression>(expression)) id = column->column;
  if (id != 0) {
    auto found = replacements.find(id);
    if (found != replacements.end()) return found->second;
  }
  Expression* copy = ShallowCopy(planner, expression);
  if (auto* subquery = TryAs<SubqueryExpression>(copy)) {
    ColumnReplacements inner = replacements;
    subquery->logical = CopyTree(planner, subquery->logical, &inner);
    for (ColumnId& output : subquery->output) {
      auto found = inner.find(output);
      if (found == inner.end()) continue;
      if (const auto* column = TryAs<ColumnExpression>(found->second)) output = column->column;
    }
    for (Expression*& left : subquery->left) left = CopyExpression(planner, left, replacements);
    for (Expression*& right : subquery->right) right = CopyExpression(planner, right, inner);
    subquery->outer_arguments.clear();
    subquery->outer_columns.clear();
    return copy;
  }
  ForEachChild(copy, [&](Expression*& child) { child = CopyExpression(planner, child, replacements); });
  return copy;
}

Expression* CopyExpression(Planner& planner, Expression* expression) {
  static const ColumnReplacements kNone;
  return CopyExpression(planner, expression, kNone);
}

namespace {

template <typename T>
LogicalNode* CopyNodeAs(Planner& planner, LogicalNode* node) {
  return planner.New<T>(*As<T>(node));
}

LogicalNode* ShallowCopyNode(Planner& planner, LogicalNode* node) {
  switch (node->kind) {
    case LogicalKind::kSingleRow: return CopyNodeAs<SingleRowNode>(planner, node);
    case LogicalKind::kEmpty: return CopyNodeAs<EmptyNode>(planner, node);
    case LogicalKind::kLoadFile: return CopyNodeAs<LoadFileNode>(planner, node);
    case LogicalKind::kGet: return CopyNodeAs<GetNode>(planner, node);
    case LogicalKind::kVirtualGet: return CopyNodeAs<VirtualGetNode>(planner, node);
    case LogicalKind::kJsonTable: return CopyNodeAs<JsonTableNode>(planner, node);
    case LogicalKind::kValues: return CopyNodeAs<ValuesNode>(planner, node);
    case LogicalKind::kFilter: return CopyNodeAs<FilterNode>(planner, node);
    case LogicalKind::kProject: return CopyNodeAs<ProjectNode>(planner, node);
    case LogicalKind::kJoin: return CopyNodeAs<JoinNode>(planner, node);
    case LogicalKind::kAggregate: return CopyNodeAs<AggregateNode>(planner, node);
    case LogicalKind::kWindow: return CopyNodeAs<WindowNode>(planner, node);
    case LogicalKind::kDistinct: return CopyNodeAs<DistinctNode>(planner, node);
    case LogicalKind::kSort: return CopyNodeAs<SortNode>(planner, node);
    case LogicalKind::kLimit: return CopyNodeAs<LimitNode>(planner, node);
    case LogicalKind::kSetOperation: return CopyNodeAs<SetOperationNode>(planner, node);
    case LogicalKind::kCte: return CopyNodeAs<CteNode>(planner, node);
    case LogicalKind::kCteReference: return CopyNodeAs<CteReferenceNode>(planner, node);
    case LogicalKind::kRecursiveCte: return CopyNodeAs<RecursiveCteNode>(planner, node);
    case LogicalKind::kWorkingTable: return CopyNodeAs<WorkingTableNode>(planner, node);
    case LogicalKind::kInsert: return CopyNodeAs<InsertNode>(planner, node);
    case LogicalKind::kUpdate: return CopyNodeAs<UpdateNode>(planner, node);
    case LogicalKind::kDelete: return CopyNodeAs<DeleteNode>(planner, node);
  }
  MAHI_ASSERT(false);
  return node;
}

using CteNumbers = std::unordered_map<uint32_t, uint32_t>;

// The id that `id` has in the copy.
ColumnId Renamed(const ColumnReplacements& renamed, ColumnId id) {
  auto found = renamed.find(id);
  if (found == renamed.end()) return id;
  const auto* column = TryAs<ColumnExpression>(found->second);
  MAHI_ASSERT(column != nullptr);
  return column->column;
}

ColumnId Rename(Planner& planner, ColumnId id, ColumnReplacements* renamed) {
  if (id == 0) return 0;
  if (renamed->contains(id)) return Renamed(*renamed, id);
  ColumnId fresh = planner.NewColumn(planner.column(id));
  (*renamed)[id] = planner.Column(fresh);
  return fresh;
}

void RenameJsonColumns(Planner& planner, std::vector<JsonTableColumn>& columns, ColumnReplacements* renamed) {
  for (JsonTableColumn& column : columns) {
    column.column = Rename(planner, column.column, renamed);
    RenameJsonColumns(planner, column.nested, renamed);
  }
}

LogicalNode* CopyTreeInner(Planner& planner, LogicalNode* node, ColumnReplacements* renamed, CteNumbers* ctes) {
  // Columns of a lateral join's left side must be renamed before the right side is copied: children in order.
  LogicalNode* copy = ShallowCopyNode(planner, node);
  if (auto* cte = node->kind == LogicalKind::kCte ? As<CteNode>(copy) : nullptr) {
    uint32_t fresh = planner.plan->next_cte++;
    (*ctes)[cte->cte] = fresh;
    cte->cte = fresh;
  }
  auto renumber = [&](uint32_t& number) {
    auto found = ctes->find(number);
    if (found != ctes->end()) number = found->second;
  };
  if (copy->kind == LogicalKind::kCteReference) renumber(As<CteReferenceNode>(copy)->cte);
  if (copy->kind == LogicalKind::kRecursiveCte) renumber(As<RecursiveCteNode>(copy)->cte);
  if (copy->kind == LogicalKind::kWorkingTable) renumber(As<WorkingTableNode>(copy)->cte);
  for (LogicalNode*& child : copy->children) child = CopyTreeInner(planner, child, renamed, ctes);
  ForEachNodeExpression(copy, [&](Expression*& expression) {
    expression = CopyExpression(planner, expression, *renamed);
  });
  for (ColumnId& id : copy->output) id = Rename(planner, id, renamed);
  if (copy->kind == LogicalKind::kGet) {
    auto* get = As<GetNode>(copy);
    get->row_locator = Rename(planner, get->row_locator, renamed);
    for (ColumnId id : get->output) planner.columns[id].get = get;
    if (get->row_locator != 0) planner.columns[get->row_locator].get = get;
  } else if (copy->kind == LogicalKind::kJsonTable) {
    RenameJsonColumns(planner, As<JsonTableNode>(copy)->columns, renamed);
  }
  return copy;
}

}  // namespace

LogicalNode* CopyTree(Planner& planner, LogicalNode* node, ColumnReplacements* renamed) {
  CteNumbers ctes;
  return CopyTreeInner(planner, node, renamed, &ctes);
}

void ReplaceInTree(Planner& planner, LogicalNode* node, const ColumnReplacements& replacements) {
  for (LogicalNode* child : node->children) ReplaceInTree(planner, child, replacements);
  ForEachNodeExpression(node, [&](Expression*& expression) {
    // Copying a subquery gives it new ids for its inner columns; nothing outside knows them.
    ColumnSet columns = ColumnsOf(expression);
    for (const auto& [id, replacement] : replacements) {
      if (columns.Contains(id)) {
        expression = CopyExpression(planner, expression, replacements);
        return;
      }
    }
  });
}

void InlineOuterArguments(Planner& planner, Expression* expression) {
  ForEachChild(expression, [&](Expression*& child) { InlineOuterArguments(planner, child); });
  auto* subquery = TryAs<SubqueryExpression>(expression);
  if (subquery == nullptr) return;
  InlineOuterArguments(planner, subquery->logical);
  ColumnReplacements replacements;
  for (size_t i = 0; i < subquery->outer_columns.size() && i < subquery->outer_arguments.size(); ++i) {
    Expression* argument = subquery->outer_arguments[i];
    ColumnId id = 0;
    if (const auto* column = TryAs<ColumnExpression>(argument)) id = column->column;
    if (const auto* column = TryAs<OuterColumnExpression>(argument)) id = column->column;
    if (id != subquery->outer_columns[i]) replacements[subquery->outer_columns[i]] = argument;
  }
  if (!replacements.empty()) {
    ReplaceInTree(planner, subquery->logical, replacements);
    for (Expression*& right : subquery->right) right = CopyExpression(planner, right, replacements);
  }
  subquery->outer_columns.clear();
  subquery->outer_arguments.clear();
}

void InlineOuterArguments(Planner& planner, LogicalNode* node) {
  for (LogicalNode* child : node->children) InlineOuterArguments(planner, child);
  ForEachNodeExpression(node, [&](Expression*& expression) { InlineOuterArguments(planner, expression); });
}

LogicalNode* KeepOutput(Planner& planner, LogicalNode* node, const std::vector<ColumnId>& output,
                        const ColumnReplacements& replacements) {
  bool is_same = node->output == output;
  for (ColumnId id : output) is_same = is_same && !replacements.contains(id);
  if (is_same) return node;
  auto* project = planner.New<ProjectNode>();
  project->children = {node};
  project->output = output;
  for (ColumnId id : output) {
    auto found = replacements.find(id);
    project->expressions.push_back(found != replacements.end() ? found->second : planner.Column(id));
  }
  return project;
}

void FixOutput(Planner& planner, LogicalNode* node, const std::vector<std::vector<ColumnId>>& before) {
  switch (node->kind) {
    case LogicalKind::kFilter:
    case LogicalKind::kSort:
    case LogicalKind::kLimit:
      node->output = node->children[0]->output;
      return;
    case LogicalKind::kJoin: {
      auto* join = As<JoinNode>(node);
      node->output = node->children[0]->output;
      if (join->type == JoinType::kSemi || join->type == JoinType::kAnti) return;
      node->output.insert(node->output.end(), node->children[1]->output.begin(), node->children[1]->output.end());
      return;
    }
    case LogicalKind::kWindow: {
      size_t functions = As<WindowNode>(node)->functions.size();
      std::vector<ColumnId> own(node->output.end() - static_cast<std::ptrdiff_t>(functions), node->output.end());
      node->output = node->children[0]->output;
      node->output.insert(node->output.end(), own.begin(), own.end());
      return;
    }
    // These name what they read.
    case LogicalKind::kProject:
    case LogicalKind::kAggregate:
    case LogicalKind::kUpdate:
    case LogicalKind::kDelete:
      return;
    case LogicalKind::kCte:
      node->children[0] = KeepOutput(planner, node->children[0], before[0], {});
      node->output = node->children[1]->output;
      return;
    default:
      for (size_t i = 0; i < node->children.size(); ++i) {
        node->children[i] = KeepOutput(planner, node->children[i], before[i], {});
      }
  }
}

void SplitConjuncts(Expression* condition, std::vector<Expression*>* conjuncts) {
  if (condition == nullptr) return;
  auto* logical = TryAs<LogicalExpression>(condition);
  if (logical != nullptr && logical->op == LogicalOperator::kAnd) {
    for (Expression* operand : logical->operands) SplitConjuncts(operand, conjuncts);
    return;
  }
  conjuncts->push_back(condition);
}

std::vector<Expression*> Conjuncts(Expression* condition) {
  std::vector<Expression*> conjuncts;
  SplitConjuncts(condition, &conjuncts);
  return conjuncts;
}

namespace {


}  // namespace

Expression* Conjunction(Planner& planner, const std::vector<Expression*>& conjuncts) {
  if (conjuncts.empty()) return nullptr;
  if (conjuncts.size() == 1) return conjuncts[0];
  auto* result = planner.New<LogicalExpression>();
  result->op = LogicalOperator::kAnd;
  result->operands = conjuncts;
  result->type = SqlType::Boolean();
  result->is_nullable = false;
  for (Expression* conjunct : conjuncts) result->is_nullable = result->is_nullable || conjunct->is_nullable;
  result->coercibility = Coercibility::kNumeric;
  return result;
}

namespace {

bool SameList(const std::vector<Expression*>& a, const std::vector<Expression*>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!SameExpression(a[i], b[i])) return false;
  }
  return true;
}

}  // namespace

bool SameExpression(Expression* a, Expression* b) {
  if (a == nullptr || b == nullptr) return a == b;
  auto column_of = [](Expression* e) -> ColumnId {
    if (const auto* column = TryAs<ColumnExpression>(e)) return column->column;
    if (const auto* column = TryAs<OuterColumnExpression>(e)) return column->column;
    return 0;
  };
  if (column_of(a) != 0 || column_of(b) != 0) return column_of(a) == column_of(b);
  if (a->kind != b->kind || !(a->type == b->type)) return false;
  switch (a->kind) {
    case ExpressionKind::kConstant:
      return As<ConstantExpression>(a)->value == As<ConstantExpression>(b)->value;
    case ExpressionKind::kParameter:
      return As<ParameterExpression>(a)->index == As<ParameterExpression>(b)->index;
    case ExpressionKind::kFunction: {
      auto* left = As<FunctionExpression>(a);
      auto* right = As<FunctionExpression>(b);
      if (left->function != right->function) return false;
      if (left->function != nullptr && (left->function->flags & (kFunctionPerRow | kFunctionSideEffect)) != 0) {
        return false;
      }
      return SameList(left->arguments, right->arguments);
    }
    case ExpressionKind::kLogical:
      return As<LogicalExpression>(a)->op == As<LogicalExpression>(b)->op &&
             SameList(As<LogicalExpression>(a)->operands, As<LogicalExpression>(b)->operands);
    case ExpressionKind::kCase: {
      auto* left = As<CaseExpression>(a);
      auto* right = As<CaseExpression>(b);
      return SameList(left->conditions, right->conditions) && SameList(left->results, right->results) &&
             SameExpression(left->otherwise, right->otherwise);
    }
    case ExpressionKind::kCoalesce:
      return SameList(As<CoalesceExpression>(a)->operands, As<CoalesceExpression>(b)->operands);
    case ExpressionKind::kInList:
      return As<InListExpression>(a)->is_negated == As<InListExpression>(b)->is_negated &&
             SameExpression(As<InListExpression>(a)->value, As<InListExpression>(b)->value) &&
             SameList(As<InListExpression>(a)->list, As<InListExpression>(b)->list);
    case ExpressionKind::kRow:
      return SameList(As<RowExpression>(a)->elements, As<RowExpression>(b)->elements);
    default:
      return false;
  }
}

namespace {

void AddTraits(Expression* expression, ExpressionTraits* traits);

void AddTreeTraits(LogicalNode* node, ExpressionTraits* traits) {
  for (LogicalNode* child : node->children) AddTreeTraits(child, traits);
  ForEachNodeExpression(node, [&](Expression*& expression) {
    ExpressionTraits inner;
    AddTraits(expression, &inner);
    traits->is_volatile = traits->is_volatile || inner.is_volatile;
    traits->has_side_effect = traits->has_side_effect || inner.has_side_effect;
    traits->is_per_statement = traits->is_per_statement || inner.is_per_statement;
  });
}

void AddTraits(Expression* expression, ExpressionTraits* traits) {
  switch (expression->kind) {
    case ExpressionKind::kColumn:
    case ExpressionKind::kOuterColumn:
      traits->has_column = true;
      return;
    case ExpressionKind::kParameter:
    case ExpressionKind::kSystemVariable:
      traits->is_per_statement = true;
      return;
    case ExpressionKind::kUserVariable:
      traits->is_volatile = true;
      return;
    case ExpressionKind::kUserVariableAssignment:
      traits->has_side_effect = true;
      traits->is_volatile = true;
      break;
    case ExpressionKind::kFunction:
      if (const FunctionDescriptor* function = As<FunctionExpression>(expression)->function) {
        if ((function->flags & kFunctionPerRow) != 0) traits->is_volatile = true;
        if ((function->flags & kFunctionSideEffect) != 0) traits->has_side_effect = true;
        if ((function->flags & kFunctionPerStatement) != 0) traits->is_per_statement = true;
      }
      break;
    case ExpressionKind::kAggregate:
    case ExpressionKind::kWindow:
      traits->has_aggregate = true;
      break;
    case ExpressionKind::kSubquery: {
      auto* subquery = As<SubqueryExpression>(expression);
      traits->has_subquery = true;
      AddTreeTraits(subquery->logical, traits);
      if (!FreeColumns(subquery->logical).empty()) {
        traits->has_correlated_subquery = true;
        traits->has_column = true;
      }
      for (Expression* left : subquery->left) AddTraits(left, traits);
      return;
    }
    default:
      break;
  }
  ForEachChild(expression, [&](Expression*& child) { AddTraits(child, traits); });
}

}  // namespace

ExpressionTraits TraitsOf(Expression* expression) {
  ExpressionTraits traits;
  if (expression != nullptr) AddTraits(expression, &traits);
  return traits;
}

bool IsCall(const Expression* expression, std::string_view name) {
  const auto* call = TryAs<FunctionExpression>(expression);
  return call != nullptr && call->function != nullptr && call->function->name == name;
}

bool IsComparison(const Expression* expression) {
  const auto* call = TryAs<FunctionExpression>(expression);
  if (call == nullptr || call->function == nullptr || call->arguments.size() != 2) return false;
  std::string_view name = call->function->name;
  return name == "=" || name == "<=>" || name == "<" || name == "<=" || name == ">" || name == ">=" || name == "<>";
}

}  // namespace mahi
